package io.perdure.store;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.Arrays;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;

/**
 * Turns a batch into the bytes of RocksDB's WriteBatch in one pass, so that it goes to RocksDB in
 * one call and not in one for each key. Thread-safe.
 *
 * <p>RocksDB's format (its db/write_batch.cc): 8 bytes for a sequence number that RocksDB sets, 4
 * bytes number of records, little-endian, and for each record its type (1 byte), the number of its
 * column family (varint), length of the key (varint), key and, for a put, length of the value
 * (varint) and value. A batch has lengths and what follows them in the very same way.
 */
final class BatchEncoder {
  private static final int HEAD_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final byte DELETION = 0x4;
  private static final byte VALUE = 0x5;

  /** Numbers of column families by code of the family; -1 where there is none. */
  private final byte[] columnFamilies = new byte[Family.values().length + 1];

  BatchEncoder(Map<Family, ColumnFamilyHandle> handles) {
    Arrays.fill(columnFamilies, (byte) -1);
    handles.forEach(
        (family, handle) -> {
          if (handle.getID() < 1 || handle.getID() > Byte.MAX_VALUE) {
            throw new IllegalStateException(family + " has the number " + handle.getID());
          }
          columnFamilies[family.code()] = (byte) handle.getID();
        });
  }

  /** The operations of {@code batch}. */
  byte[] encoded(Batch batch) {
    return encoded(batch, new Batch());
  }

  /** The operations of {@code batch} and then those of {@code more}. */
  byte[] encoded(Batch batch, Batch more) {
    int operations = batch.operations() + more.operations();
    // The code of a family becomes two bytes.
    byte[] bytes = new byte[HEAD_BYTES + batch.sizeBytes() + more.sizeBytes() + operations];
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[COUNT_AT + i] = (byte) (operations >>> (8 * i));
    }
    append(more, bytes, append(batch, bytes, HEAD_BYTES));
    return bytes;
  }

  private int append(Batch batch, byte[] to, int from) {
    int[] at = {from};
    batch.forEachEncoded(
        (family, delete, bytes, offset, length) -> {
          to[at[0]] = delete ? DELETION : VALUE;
          to[at[0] + 1] = columnFamily(family);
          System.arraycopy(bytes, offset, to, at[0] + 2, length);
          at[0] += 2 + length;
        });
    return at[0];
  }

  private byte columnFamily(Family family) {
    byte number = columnFamilies[family.code()];
    if (number < 0) {
      throw new IllegalArgumentException("the store has no family " + family);
    }
    return number;
  }
}
