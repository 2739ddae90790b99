package io.perdure.invocation;

/** Shortens texts that come from outside, so that a record has a bound. */
final class Cut {
  private static final String MARK = "...";

  private Cut() {}

  /**
   * {@code text}, or its beginning and an ellipsis: at most {@code max} characters. Never ends
   * within a surrogate pair: half of one would not survive being stored as UTF-8.
   */
  static String to(int max, String text) {
    if (text.length() <= max) {
      return text;
    }
    int end = max - MARK.length();
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + MARK;
  }
}
