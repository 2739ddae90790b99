package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.perdure.api.fc.wire.FcError;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The digest of a body beside a signature that does not cover the body itself. Clients write it in
 * several ways: base64 of its 16 bytes (Java), base64 of its 32 hexadecimal digits (Node.js), or
 * those digits (Go). A text of another form is none, and only signed.
 */
final class ContentMd5 {
  static final String HEADER = "Content-MD5";

  private static final int BYTES = 16;
  private static final int DIGITS = 32;

  private ContentMd5() {}

  /**
   * Compares the header, if it is there, with the digest of {@code body}.
   *
   * @throws FcError if that is another one
   */
  static void check(Head head, byte[] body) {
    byte[] said = digest(head.orEmpty(HEADER));
    if (said != null && !MessageDigest.isEqual(said, md5(body))) {
      throw Denied.body(HEADER);
    }
  }

  /** The digest that {@code text} stands for, or null. */
  private static byte[] digest(String text) {
    if (text.length() == DIGITS) {
      return digits(text);
    }
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    return switch (decoded.length) {
      case BYTES -> decoded;
      case DIGITS -> digits(new String(decoded, US_ASCII));
      default -> null;
    };
  }

  private static byte[] digits(String text) {
    return text.chars().allMatch(HexFormat::isHexDigit) ? HexFormat.of().parseHex(text) : null;
  }

  private static byte[] md5(byte[] body) {
    try {
      return MessageDigest.getInstance("MD5").digest(body);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has MD5", e);
    }
  }
}
