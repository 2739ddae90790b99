package io.perdure.delivery;

/** How many bytes a text has as a string of JSON in UTF-8, as Jackson writes it. Pure. */
final class JsonLength {
  private JsonLength() {}

  /** The longest beginning of {@code text} of at most {@code bytes} bytes, of whole characters. */
  static String cut(String text, long bytes) {
    long used = 0;
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      used += of(character);
      if (used > bytes) {
        return text.substring(0, i);
      }
      i += Character.charCount(character);
    }
    return text;
  }

  private static int of(int character) {
    if (character < ' ') {
      return switch (character) {
        case '\b', '\t', '\n', '\f', '\r' -> 2;
        default -> 6;
      };
    }
    if (character < 0x80) {
      return character == '"' || character == '\\' ? 2 : 1;
    }
    return character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  }
}
