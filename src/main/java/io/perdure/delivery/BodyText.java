package io.perdure.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A body as an event has it.
 *
 * @param text UTF-8, or base64 of what is not
 * @param base64 which of the two it is
 * @param whole false when the body was cut
 */
record BodyText(String text, boolean base64, boolean whole) {
  /** Of no body. */
  static final BodyText NONE = new BodyText("", false, true);

  /** {@code body}, of which at most {@code bytesMax} are looked at. */
  static BodyText of(byte[] body, int bytesMax) {
    boolean whole = body.length <= bytesMax;
    byte[] kept = whole ? body : Arrays.copyOf(body, beginning(body, bytesMax));
    try {
      return new BodyText(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(kept)).toString(),
          false,
          whole);
    } catch (CharacterCodingException e) {
      // A multiple of three bytes: what is cut later can still be read.
      byte[] bytes = whole ? kept : Arrays.copyOf(kept, kept.length / 3 * 3);
      return new BodyText(Base64.getEncoder().encodeToString(bytes), true, whole);
    }
  }

  /** The same, or as much of it as has {@code bytes} bytes as a string of JSON. */
  BodyText within(long bytes) {
    String cut = JsonLength.cut(text, Math.max(0, bytes));
    if (cut.length() == text.length()) {
      return this;
    }
    return new BodyText(base64 ? cut.substring(0, cut.length() / 4 * 4) : cut, base64, false);
  }

  /** How many of the first {@code most} bytes are whole characters, if it is UTF-8. */
  private static int beginning(byte[] body, int most) {
    int end = most;
    while (end > most - 4 && end > 0 && (body[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }
}
