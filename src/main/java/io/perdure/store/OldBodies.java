package io.perdure.store;

import io.perdure.journal.Family;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** Frees what the bodies of a {@link Store} take whose retention has ended. Thread-safe. */
final class OldBodies {
  private static final Set<Family> BODIES =
      Collections.unmodifiableSet(EnumSet.of(Family.PAYLOAD, Family.RESULT, Family.LOG));

  private final Store store;
  private final RocksDB db;
  private final WriteOptions writing;

  OldBodies(Store store, RocksDB db, WriteOptions writing) {
    this.store = store;
    this.db = db;
    this.writing = writing;
  }

  /** As {@link Store#dropBelow}. */
  void dropBelow(int bucket) {
    byte[] from = Keys.bucket(0);
    byte[] to = Keys.bucket(bucket);
    for (Family family : BODIES) {
      if (anythingIn(family, from, to)) {
        drop(family, from, to);
      }
    }
  }

  private boolean anythingIn(Family family, byte[] from, byte[] to) {
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(family, from, to, false)) {
      return scan.valid();
    }
  }

  private void drop(Family family, byte[] from, byte[] to) {
    store.enter();
    try (CompactRangeOptions gently =
        new CompactRangeOptions().setExclusiveManualCompaction(false)) {
      ColumnFamilyHandle handle = store.handle(family);
      db.deleteFilesInRanges(handle, List.of(from, to), false);
      db.deleteRange(handle, writing, from, to);
      db.compactRange(handle, from, to, gently);
    } catch (RocksDBException e) {
      throw store.failed("removal of bodies", e);
    } finally {
      store.leave();
    }
  }
}
