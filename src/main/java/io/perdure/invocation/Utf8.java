package io.perdure.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.util.Arrays;
import java.util.Optional;

/** Bytes that may be text in UTF-8: bodies, and what else comes from outside. Pure. */
public final class Utf8 {
  /** No character has more bytes. */
  private static final int CHARACTER_BYTES_MAX = 4;

  private Utf8() {}

  /** The text that {@code bytes} are; empty when they are no UTF-8: nothing is replaced. */
  public static Optional<String> decode(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length); // each character has a byte or more
    CoderResult read = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), text, true);
    return read.isError() ? Optional.empty() : Optional.of(text.flip().toString());
  }

  /**
   * The whole characters that {@code bytes} begin with, if they are UTF-8.
   *
   * @param most bytes, 0 or more; {@code bytes} itself is returned when it has no more
   */
  public static byte[] beginning(byte[] bytes, int most) {
    if (bytes.length <= most) {
      return bytes;
    }
    int end = most;
    while (end > most - CHARACTER_BYTES_MAX && end > 0 && isWithinCharacter(bytes[end])) {
      end--;
    }
    return Arrays.copyOf(bytes, end);
  }

  private static boolean isWithinCharacter(byte unit) {
    return (unit & 0xC0) == 0x80;
  }
}
