package io.perdure.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts and deletes in order, encoded in one growing buffer: per operation 1 byte (family code, high
 * bit set for a delete), key length, key, and for a put value length and value; lengths as unsigned
 * LEB128. Not thread-safe; handed over once when committed.
 */
public final class Batch {
  private static final int DELETE = 0x80;

  private byte[] bytes = new byte[1024];
  private int size;
  private int operations;

  /** Sets {@code key} to {@code value}. */
  public Batch put(Family family, byte[] key, byte[] value) {
    begin(family.code(), key);
    length(value.length);
    append(value, 0, value.length);
    return this;
  }

  /** Sets {@code key} to {@code length} bytes of {@code value} from {@code offset}. */
  public Batch put(Family family, byte[] key, byte[] value, int offset, int length) {
    begin(family.code(), key);
    length(length);
    append(value, offset, length);
    return this;
  }

  /** Removes {@code key}, if it is there. */
  public Batch delete(Family family, byte[] key) {
    begin(family.code() | DELETE, key);
    return this;
  }

  /** Appends all operations of {@code other}, which stays as it is. */
  public Batch append(Batch other) {
    append(other.bytes, 0, other.size);
    operations += other.operations;
    return this;
  }

  /** Number of operations. */
  public int operations() {
    return operations;
  }

  /** Encoded size. */
  public int sizeBytes() {
    return size;
  }

  public boolean isEmpty() {
    return operations == 0;
  }

  /** The encoded operations are the first {@link #sizeBytes()} bytes; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** The encoded operations, not copied: the batch must not be changed while they are in use. */
  public ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  /** The encoded operations, a copy. */
  public byte[] encoded() {
    return Arrays.copyOf(bytes, size);
  }

  /** A batch read back from {@link #encoded()}; the array belongs to it from now on. */
  public static Batch decoded(byte[] encoded) {
    Batch batch = new Batch();
    batch.bytes = encoded;
    batch.size = encoded.length;
    batch.forEachEncoded((family, delete, bytes, offset, length) -> batch.operations++);
    return batch;
  }

  /** Receives the operations of a batch. */
  public interface Visitor {
    void put(Family family, byte[] key, byte[] value);

    void delete(Family family, byte[] key);
  }

  /** Hands over the operations in order. */
  public void forEach(Visitor visitor) {
    Cursor at = new Cursor(bytes, size);
    while (at.hasMore()) {
      int head = at.one() & 0xFF;
      Family family = Family.of(head & ~DELETE);
      byte[] key = at.block();
      if ((head & DELETE) != 0) {
        visitor.delete(family, key);
      } else {
        visitor.put(family, key, at.block());
      }
    }
  }

  /** Receives the operations of a batch as they are encoded. */
  public interface EncodedVisitor {
    /**
     * One operation.
     *
     * @param bytes not to be changed
     * @param offset where it has the length of the key as unsigned LEB128, the key and, unless it
     *     is a delete, the length of the value and the value
     * @param length of all that
     */
    void operation(Family family, boolean delete, byte[] bytes, int offset, int length);
  }

  /** Hands over the operations in order, without copying them. */
  public void forEachEncoded(EncodedVisitor visitor) {
    Cursor at = new Cursor(bytes, size);
    while (at.hasMore()) {
      int head = at.one() & 0xFF;
      boolean delete = (head & DELETE) != 0;
      int from = at.at;
      at.skip();
      if (!delete) {
        at.skip();
      }
      visitor.operation(Family.of(head & ~DELETE), delete, bytes, from, at.at - from);
    }
  }

  private void begin(int head, byte[] key) {
    room(1);
    bytes[size++] = (byte) head;
    length(key.length);
    append(key, 0, key.length);
    operations++;
  }

  private void length(int value) {
    room(5);
    int rest = value;
    while (rest > 0x7F) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  private void append(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  private static final class Cursor {
    private final byte[] bytes;
    private final int end;
    private int at;

    Cursor(byte[] bytes, int end) {
      this.bytes = bytes;
      this.end = end;
    }

    boolean hasMore() {
      return at < end;
    }

    byte one() {
      return bytes[at++];
    }

    private int length() {
      int length = 0;
      int shift = 0;
      byte next;
      do {
        next = bytes[at++];
        length |= (next & 0x7F) << shift;
        shift += 7;
      } while (next < 0);
      return length;
    }

    void skip() {
      int length = length();
      at += length;
    }

    byte[] block() {
      int length = length();
      byte[] block = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return block;
    }
  }
}
