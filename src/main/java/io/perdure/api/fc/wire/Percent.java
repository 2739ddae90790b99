package io.perdure.api.fc.wire;

import io.perdure.invocation.Utf8;
import java.io.ByteArrayOutputStream;

/** Percent-encoding (RFC 3986): a plus is a plus. */
public final class Percent {
  private Percent() {}

  /**
   * The text that {@code encoded} stands for.
   *
   * @param name of the value, for the message
   * @throws FcError when an escape is broken or the bytes are no UTF-8
   */
  public static String decode(String name, String encoded) {
    if (encoded.indexOf('%') < 0) {
      return encoded;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c != '%') {
        bytes.write(c); // the server has refused what is no ASCII
        continue;
      }
      int high = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 1), 16) : -1;
      int low = i + 2 < encoded.length() ? Character.digit(encoded.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw FcError.invalid(name, "two hexadecimal digits behind each %");
      }
      bytes.write(high << 4 | low);
      i += 2;
    }
    return Utf8.decode(bytes.toByteArray())
        .orElseThrow(() -> FcError.invalid(name, "UTF-8 behind its percent-encoding"));
  }
}
