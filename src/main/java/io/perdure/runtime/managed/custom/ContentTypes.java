package io.perdure.runtime.managed.custom;

/** What a payload is said to be to a program that is handed it by HTTP. */
final class ContentTypes {
  static final String OCTET_STREAM = "application/octet-stream";
  static final String JSON = "application/json";

  private ContentTypes() {}

  /**
   * JSON when it begins and ends like an object or an array, else just bytes. No more is looked at:
   * payloads may have megabytes, and whoever reads it checks it anyway.
   */
  static String of(byte[] payload) {
    int first = 0;
    int last = payload.length - 1;
    while (first < last && blank(payload[first])) {
      first++;
    }
    while (last > first && blank(payload[last])) {
      last--;
    }
    boolean json =
        first < last
            && ((payload[first] == '{' && payload[last] == '}')
                || (payload[first] == '[' && payload[last] == ']'));
    return json ? JSON : OCTET_STREAM;
  }

  private static boolean blank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
