package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Against RocksDB's own way of building a WriteBatch, one call for each operation. */
class BatchEncoderTest {
  private static final List<Family> FAMILIES =
      List.copyOf(EnumSet.range(Family.RECORD, Family.META));

  @TempDir Path dir;
  private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
  private RocksDB db;
  private BatchEncoder encoder;

  @BeforeEach
  void open() throws RocksDBException {
    RocksDB.loadLibrary();
    try (Options options = new Options().setCreateIfMissing(true)) {
      db = RocksDB.open(options, dir.toString());
    }
    for (Family family : FAMILIES) {
      byte[] name = family.name().getBytes(StandardCharsets.UTF_8);
      handles.put(family, db.createColumnFamily(new ColumnFamilyDescriptor(name)));
    }
    encoder = new BatchEncoder(handles);
  }

  @AfterEach
  void close() {
    handles.values().forEach(ColumnFamilyHandle::close);
    db.close();
  }

  /** What RocksDB makes of {@code batch}. */
  private byte[] expected(Batch batch) throws RocksDBException {
    try (WriteBatch changes = new WriteBatch()) {
      batch.forEach(
          new Batch.Visitor() {
            @Override
            public void put(Family family, byte[] key, byte[] value) {
              try {
                changes.put(handles.get(family), key, value);
              } catch (RocksDBException e) {
                throw new AssertionError(e);
              }
            }

            @Override
            public void delete(Family family, byte[] key) {
              try {
                changes.delete(handles.get(family), key);
              } catch (RocksDBException e) {
                throw new AssertionError(e);
              }
            }
          });
      return changes.data();
    }
  }

  private static Batch random(SplittableRandom random) {
    Batch batch = new Batch();
    int operations = random.nextInt(40);
    for (int i = 0; i < operations; i++) {
      Family family = FAMILIES.get(random.nextInt(FAMILIES.size()));
      byte[] key = bytes(random, 1 + random.nextInt(200));
      if (random.nextInt(4) == 0) {
        batch.delete(family, key);
      } else {
        batch.put(
            family, key, bytes(random, random.nextInt(random.nextInt(10) == 0 ? 40_000 : 300)));
      }
    }
    return batch;
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void randomBatchesAreEncodedAsRocksDbDoes() throws RocksDBException {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 300; round++) {
      Batch batch = random(random);
      assertArrayEquals(expected(batch), encoder.encoded(batch), "round " + round);
    }
  }

  @Test
  void twoBatchesBecomeOne() throws RocksDBException {
    SplittableRandom random = new SplittableRandom(6);
    Batch first = random(random);
    Batch second = random(random);
    byte[] both = encoder.encoded(first, second);
    assertArrayEquals(expected(new Batch().append(first).append(second)), both);
  }

  @Test
  void aBatchReadByRocksDbHasAllItsOperations() throws RocksDBException {
    Batch batch = random(new SplittableRandom(7));
    try (WriteBatch changes = new WriteBatch(encoder.encoded(batch))) {
      assertEquals(batch.operations(), changes.count());
    }
  }

  @Test
  void aFamilyThatTheStoreHasNotIsRefused() {
    Batch batch = new Batch().put(Family.CODE, new byte[1], new byte[1]);
    assertThrows(IllegalArgumentException.class, () -> encoder.encoded(batch));
  }
}
