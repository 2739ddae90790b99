package io.perdure.store;

import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link BytesOut} wrote. Whatever is wrong with the bytes is an {@link
 * IndexOutOfBoundsException} or an {@link IllegalArgumentException}, never a value made up. One
 * thread.
 */
final class BytesIn {
  private final byte[] bytes;
  private int at;

  BytesIn(byte[] bytes) {
    this.bytes = bytes;
  }

  int one() {
    return bytes[at++] & 0xFF;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      byte next = bytes[at++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than ten bytes");
  }

  int unsigned() {
    long value = varint();
    if (value >>> 32 != 0) {
      throw new IllegalArgumentException("a number has more than 32 bits");
    }
    return (int) value;
  }

  /** A length or count: not negative, and not more than there are bytes left. */
  int count() {
    long value = varint();
    if (value < 0 || value > bytes.length - at) {
      throw new IllegalArgumentException("a length points beyond the end");
    }
    return (int) value;
  }

  long zigzag() {
    long value = varint();
    return value >>> 1 ^ -(value & 1);
  }

  long fixed() {
    long value = Keys.longAt(bytes, at);
    at += 8;
    return value;
  }

  String text() {
    int length = count();
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  boolean atEnd() {
    return at == bytes.length;
  }
}
