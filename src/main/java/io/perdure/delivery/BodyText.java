package io.perdure.delivery;

import io.perdure.invocation.Utf8;
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
    byte[] kept = Utf8.beginning(body, bytesMax);
    return Utf8.decode(kept)
        .map(text -> new BodyText(text, false, whole))
        .orElseGet(() -> new BodyText(base64(kept, whole), true, whole));
  }

  /** Of a part a multiple of three bytes: what is cut later can still be read. */
  private static String base64(byte[] kept, boolean whole) {
    byte[] bytes = whole ? kept : Arrays.copyOf(kept, kept.length / 3 * 3);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The same, or as much of it as has {@code bytes} bytes as a string of JSON. */
  BodyText within(long bytes) {
    String cut = JsonLength.cut(text, Math.max(0, bytes));
    if (cut.length() == text.length()) {
      return this;
    }
    return new BodyText(base64 ? cut.substring(0, cut.length() / 4 * 4) : cut, base64, false);
  }
}
