package io.perdure.api.v1;

/** Entity tags of functions: the revision in quotes. */
final class Etags {
  private Etags() {}

  static String of(long revision) {
    return "\"" + revision + "\"";
  }

  /** Whether {@code header} (a list of tags, or {@code *}) names {@code revision}. */
  static boolean matches(String header, long revision) {
    if (header.strip().equals("*")) {
      return true;
    }
    String wanted = of(revision);
    for (String tag : header.split(",", -1)) {
      String strong = tag.strip();
      if (strong.equals(wanted) || strong.equals("W/" + wanted)) {
        return true;
      }
    }
    return false;
  }
}
