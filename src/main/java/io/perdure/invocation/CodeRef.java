package io.perdure.invocation;

import java.util.Objects;

/**
 * A stored code package.
 *
 * @param sha256 of the zip's bytes, 64 lower-case hex digits: its name wherever it is kept
 * @param bytes size of the zip
 * @param crc64 CRC-64/XZ of the zip's bytes as an unsigned decimal number, which Function Compute
 *     shows as the checksum
 */
public record CodeRef(String sha256, long bytes, String crc64) {
  public CodeRef {
    Objects.requireNonNull(sha256);
    Objects.requireNonNull(crc64);
  }
}
