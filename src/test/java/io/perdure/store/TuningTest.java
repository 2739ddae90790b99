package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** What RocksDB makes of these settings, seen by the files it has. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TuningTest {
  private static final int FLUSHES = 24;

  /** Until so many there is nothing below that they could be moved to without a merge. */
  private static final int FIRST = 8;

  private static final byte[] BODY = new byte[1024];

  @TempDir Path dir;
  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private StoreShared shared;
  private Tuning tuning;
  private RocksDB db;
  private long millis;

  @BeforeEach
  void open() throws RocksDBException {
    shared = new StoreShared(Stores.SMALL);
    tuning = new Tuning(shared);
    db =
        RocksDB.open(
            tuning.database(true, false),
            dir.toString(),
            List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, tuning.unused()),
                new ColumnFamilyDescriptor(name(Family.PAYLOAD), tuning.family(Family.PAYLOAD))),
            handles);
  }

  @AfterEach
  void close() {
    handles.forEach(ColumnFamilyHandle::close);
    db.close();
    tuning.close();
    shared.close();
  }

  @Test
  void bodiesOfOneBucketAreWrittenOnce() throws RocksDBException {
    Set<String> flushed = flushOneBucket();
    assertTrue(files().containsAll(flushed), () -> flushed + " were flushed, " + files() + " left");
    assertTrue(levels().contains(1), "nothing has moved down");
  }

  @Test
  void bodiesThatMovedDownAreNotRewrittenOnceTheirSnapshotsAreGone() throws RocksDBException {
    Set<String> flushed = flushOneBucket();
    db.releaseSnapshot(db.getSnapshot());
    awaitCompactions();
    assertTrue(files().containsAll(flushed), () -> flushed + " were flushed, " + files() + " left");
  }

  /** The files that the later ones of many flushes made. */
  private Set<String> flushOneBucket() throws RocksDBException {
    Set<String> flushed = new TreeSet<>();
    for (int i = 0; i < FLUSHES; i++) {
      Set<String> made = files();
      body(7);
      flush();
      if (i >= FIRST) {
        files().stream().filter(file -> !made.contains(file)).forEach(flushed::add);
      }
      awaitCompactions();
    }
    assertEquals(FLUSHES - FIRST, flushed.size());
    return flushed;
  }

  @Test
  void aCompactionPartsTheBuckets() throws RocksDBException {
    for (int i = 0; i < FIRST; i++) {
      for (int bucket = 1; bucket < 5; bucket++) {
        body(bucket);
      }
      flush();
    }
    awaitCompactions();
    List<LiveFileMetaData> below =
        db.getLiveFilesMetaData().stream().filter(file -> file.level() > 0).toList();
    assertTrue(below.size() >= 4, "the buckets were not parted");
    for (LiveFileMetaData file : below) {
      assertEquals(bucketOf(file.smallestKey()), bucketOf(file.largestKey()));
    }
  }

  private static int bucketOf(byte[] key) {
    return Arrays.mismatch(key, Keys.bucket(0)) < Keys.BUCKET - 1 ? -1 : key[Keys.BUCKET - 1];
  }

  private void body(int bucket) throws RocksDBException {
    InvocationId id = InvocationId.floor(++millis);
    try (WriteOptions unlogged = new WriteOptions().setDisableWAL(true)) {
      db.put(handles.get(1), unlogged, Keys.chunk(bucket, id, 0), BODY);
    }
  }

  private void flush() throws RocksDBException {
    try (FlushOptions now = new FlushOptions().setWaitForFlush(true)) {
      db.flush(now, handles);
    }
  }

  private void awaitCompactions() throws RocksDBException {
    while (db.getLongProperty(handles.get(1), "rocksdb.compaction-pending") != 0
        || db.getLongProperty("rocksdb.num-running-compactions") != 0) {
      Thread.onSpinWait();
    }
  }

  private Set<String> files() {
    return db.getLiveFilesMetaData().stream()
        .map(LiveFileMetaData::fileName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<Integer> levels() {
    return db.getLiveFilesMetaData().stream()
        .map(LiveFileMetaData::level)
        .collect(Collectors.toSet());
  }

  private static byte[] name(Family family) {
    return family.name().getBytes(StandardCharsets.UTF_8);
  }
}
