package io.perdure.store;

import io.perdure.journal.Family;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** A snapshot of a {@link Store}, which stays open as long as this does. */
final class StoreView implements StoreReader.View {
  private final Store store;
  private final RocksDB db;
  private final Snapshot snapshot;
  private final ReadOptions reading;
  private boolean closed;

  /**
   * A view of this moment.
   *
   * @param removedMax most removed entries stepped over at once, 0 for any number
   */
  StoreView(Store store, RocksDB db, int removedMax) {
    this.store = store;
    this.db = db;
    snapshot = db.getSnapshot();
    reading = new ReadOptions().setSnapshot(snapshot).setMaxSkippableInternalKeys(removedMax);
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    return store.get(family, key, reading);
  }

  @Override
  public List<byte[]> getAll(Family family, List<byte[]> keys) {
    return store.getAll(family, keys, reading);
  }

  @Override
  public StoreReader.Scan scan(Family family, byte[] from, byte[] to, boolean descending) {
    return new StoreScan(family, from, to, descending);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      reading.close();
      db.releaseSnapshot(snapshot);
      store.leave();
    }
  }

  private final class StoreScan implements StoreReader.Scan {
    private final Slice lower;
    private final Slice upper;
    private final ReadOptions bounded;
    private final RocksIterator at;
    private final boolean descending;

    StoreScan(Family family, byte[] from, byte[] to, boolean descending) {
      this.descending = descending;
      lower = from == null ? null : new Slice(from);
      upper = to == null ? null : new Slice(to);
      bounded = new ReadOptions(reading);
      if (lower != null) {
        bounded.setIterateLowerBound(lower);
      }
      if (upper != null) {
        bounded.setIterateUpperBound(upper);
      }
      at = db.newIterator(store.handle(family), bounded);
      try {
        if (descending) {
          at.seekToLast();
        } else {
          at.seekToFirst();
        }
        check();
      } catch (StoreException e) {
        close(); // nobody else can
        throw e;
      }
    }

    @Override
    public boolean valid() {
      return at.isValid();
    }

    @Override
    public byte[] key() {
      return at.key();
    }

    @Override
    public byte[] value() {
      return at.value();
    }

    @Override
    public void next() {
      if (descending) {
        at.prev();
      } else {
        at.next();
      }
      check();
    }

    @Override
    public void seek(byte[] key) {
      if (descending) {
        at.seekForPrev(key);
      } else {
        at.seek(key);
      }
      check();
    }

    /** An iterator that meets damage is merely no longer valid: that must not look like the end. */
    private void check() {
      if (at.isValid()) {
        return;
      }
      try {
        at.status();
      } catch (RocksDBException e) {
        throw store.failed("read", e);
      }
    }

    @Override
    public void close() {
      at.close();
      bounded.close();
      if (lower != null) {
        lower.close();
      }
      if (upper != null) {
        upper.close();
      }
    }
  }
}
