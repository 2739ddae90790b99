package io.perdure.invocation;

/**
 * The header of W3C Trace Context, level 1
 * (https://www.w3.org/TR/trace-context/#traceparent-header).
 */
public final class Traceparent {
  private static final int LENGTH = 55;

  private Traceparent() {}

  /**
   * {@code text} when it is well formed, else null: a broken one is dropped, as the recommendation
   * says, and never a reason to refuse the request. Versions above 00 may be longer; only the part
   * that version 00 defines is kept, as version 00.
   */
  public static String orNull(String text) {
    if (text == null || text.length() < LENGTH) {
      return null;
    }
    boolean dashes = text.charAt(2) == '-' && text.charAt(35) == '-' && text.charAt(52) == '-';
    boolean hex = hex(text, 0, 2) && hex(text, 3, 35) && hex(text, 36, 52) && hex(text, 53, 55);
    if (!dashes || !hex || text.startsWith("ff") || zero(text, 3, 35) || zero(text, 36, 52)) {
      return null;
    }
    if (text.length() == LENGTH) {
      return text.startsWith("00") ? text : "00" + text.substring(2);
    }
    return text.startsWith("00") || text.charAt(LENGTH) != '-'
        ? null
        : "00" + text.substring(2, LENGTH);
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean zero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
