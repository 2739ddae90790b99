package io.perdure.store;

import java.util.Arrays;

/** Writes numbers and text into one growing array. One thread. */
final class BytesOut {
  private byte[] bytes;
  private int size;

  BytesOut(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  void one(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  /** 1 to 10 bytes, the fewer the smaller the number is; a negative one takes ten. */
  void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** An int as a varint; a negative one takes five bytes. */
  void unsigned(int value) {
    varint(value & 0xFFFF_FFFFL);
  }

  /** A varint that is short for small numbers of either sign. */
  void zigzag(long value) {
    varint(value << 1 ^ value >> 63);
  }

  /** 8 bytes, big-endian. */
  void fixed(long value) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** Length in bytes and UTF-8; half of a surrogate pair becomes "?", as everywhere in Java. */
  void text(String text) {
    int length = utf8Length(text);
    varint(length);
    room(length);
    utf8(text);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private static int utf8Length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        length++;
      } else if (c < 0x800) {
        length += 2;
      } else if (!Character.isSurrogate(c)) {
        length += 3;
      } else if (pairAt(text, i)) {
        length += 4;
        i++;
      } else {
        length++;
      }
    }
    return length;
  }

  private void utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes[size++] = (byte) c;
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xC0 | c >> 6);
        bytes[size++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        bytes[size++] = (byte) (0xE0 | c >> 12);
        bytes[size++] = (byte) (0x80 | (c >> 6 & 0x3F));
        bytes[size++] = (byte) (0x80 | (c & 0x3F));
      } else if (pairAt(text, i)) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        bytes[size++] = (byte) (0xF0 | point >> 18);
        bytes[size++] = (byte) (0x80 | (point >> 12 & 0x3F));
        bytes[size++] = (byte) (0x80 | (point >> 6 & 0x3F));
        bytes[size++] = (byte) (0x80 | (point & 0x3F));
      } else {
        bytes[size++] = '?';
      }
    }
  }

  private static boolean pairAt(String text, int i) {
    return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
