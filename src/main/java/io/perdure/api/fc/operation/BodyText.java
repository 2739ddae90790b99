package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;

/** Bytes of payloads and results as text in JSON. Pure. */
final class BodyText {
  private BodyText() {}

  /** The text they are in UTF-8, or else their Base64. */
  static String of(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  /** The same of their beginning: as many characters as fit into {@code most} bytes. */
  static String of(byte[] bytes, int most) {
    if (bytes.length <= most) {
      String text = of(bytes);
      return text.length() <= most ? text : text.substring(0, most / 4 * 4);
    }
    int end = most;
    while (end > most - 4 && end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--; // not in the middle of a character
    }
    String text = of(Arrays.copyOf(bytes, end));
    return text.length() <= most ? text : text.substring(0, most / 4 * 4);
  }
}
