package io.perdure.invocation;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * First 128 bits of a payload's SHA-256: tells whether a repeated key carries the same payload.
 *
 * @param high first 8 bytes
 * @param low next 8 bytes
 */
public record Fingerprint(long high, long low) {
  /** The fingerprint of {@code payload}. */
  public static Fingerprint of(byte[] payload) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(payload);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    ByteBuffer bits = ByteBuffer.wrap(digest);
    return new Fingerprint(bits.getLong(), bits.getLong());
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
