package io.perdure.store;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Holder;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB instance: the committed state of one shard, or the registry. Thread-safe; each write
 * is whole, whoever else writes at the same time. The registry's are synced, each for itself; a
 * shard's are in the log of the node before they come here, and it remembers the number of the last
 * one ({@link #apply}). Every call but {@link #glance} may touch the disk: never on an event loop.
 * Whatever RocksDB reports, corruption included, is a {@link StoreException}; nothing is ever
 * repaired by dropping data.
 */
public final class Store implements StoreReader, BatchWriter, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());
  private static final long CLOSE_WAIT_MILLIS = 10_000;

  private final Path dir;
  private final boolean logged;
  private final boolean readOnly;
  private final Tuning tuning;
  private final RocksDB db;
  private final List<ColumnFamilyHandle> opened; // RocksDB's default family too
  private final Map<Family, ColumnFamilyHandle> handles;
  private final ReadOptions reading = new ReadOptions();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions();
  private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
  private final ReadOptions persistedOnly = new ReadOptions().setReadTier(ReadTier.PERSISTED_TIER);

  /** Each call, and each open view. */
  private final Uses uses = new Uses();

  private final BatchEncoder encoder;
  private final OldBodies oldBodies;
  private boolean closed;

  private Store(
      Path dir,
      StoreOptions options,
      Tuning tuning,
      RocksDB db,
      List<ColumnFamilyHandle> opened,
      Map<Family, ColumnFamilyHandle> handles) {
    this.dir = dir;
    this.logged = options.logged();
    this.readOnly = options.readOnly();
    this.tuning = tuning;
    this.db = db;
    this.opened = opened;
    this.handles = handles;
    encoder = new BatchEncoder(handles);
    oldBodies = new OldBodies(this, db, logged ? unlogged : unsynced);
  }

  /**
   * Opens the store in {@code dir}, making it unless opened for reading.
   *
   * @throws StoreException when it cannot be opened, is damaged, or was written by a newer program
   */
  public static Store open(Path dir, StoreOptions options) {
    Tuning tuning = new Tuning(options.shared());
    try {
      if (!options.readOnly()) {
        Files.createDirectories(dir);
      }
      Set<Family> absent = StoredFamilies.absent(dir, options);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, tuning.unused()));
      List<Family> families = new ArrayList<>(EnumSet.copyOf(options.families()));
      families.removeAll(absent);
      for (Family family : families) {
        descriptors.add(
            new ColumnFamilyDescriptor(StoredFamilies.nameOf(family), tuning.family(family)));
      }
      DBOptions database = tuning.database(options.logged(), options.readOnly());
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      RocksDB db =
          options.readOnly()
              ? RocksDB.openReadOnly(database, dir.toString(), descriptors, opened)
              : RocksDB.open(database, dir.toString(), descriptors, opened);
      Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
      for (int i = 0; i < families.size(); i++) {
        handles.put(families.get(i), opened.get(i + 1));
      }
      Store store = new Store(dir, options, tuning, db, opened, handles);
      if (options.logged() && !options.readOnly()) {
        // From the first such write on RocksDB tells apart what is persisted.
        store.apply(new Batch(), store.applied());
      }
      return store;
    } catch (RocksDBException | IOException e) {
      tuning.close();
      throw new StoreException("cannot open the store in " + dir + ": " + e.getMessage(), e);
    } catch (StoreException e) {
      tuning.close();
      throw e;
    }
  }

  @Override
  public void write(Batch batch) {
    write(batch, true);
  }

  /**
   * Writes {@code batch}, whole.
   *
   * @param sync whether it has to survive the loss of power when this returns; a store whose
   *     changes come from the node's log is flushed for that
   */
  public void write(Batch batch, boolean sync) {
    enter();
    try (WriteBatch changes = new WriteBatch(encoder.encoded(batch))) {
      if (logged) {
        db.write(unlogged, changes);
      } else {
        db.write(sync ? synced : unsynced, changes);
      }
      if (logged && sync) {
        flush();
      }
    } catch (RocksDBException e) {
      throw failed("write", e);
    } finally {
      leave();
    }
  }

  /**
   * Takes in change number {@code sequence} of the node's log, whole, together with its number.
   * Readable when this returns; on disk with the next flush.
   */
  public void apply(Batch batch, long sequence) {
    apply(batch, new Batch(), sequence);
  }

  /** As above, with {@code more} changes behind those of {@code batch}, which stays as it is. */
  void apply(Batch batch, Batch more, long sequence) {
    more.put(Family.META, Meta.applied(), Keys.number(sequence));
    enter();
    try (WriteBatch changes = new WriteBatch(encoder.encoded(batch, more))) {
      db.write(unlogged, changes);
    } catch (RocksDBException e) {
      throw failed("write", e);
    } finally {
      leave();
    }
  }

  /** Number of the last change of the node's log that it has. */
  public long applied() {
    return Meta.number(get(Family.META, Meta.applied()));
  }

  /** Number of the last change of the node's log that it has in its files. */
  public long persisted() {
    enter();
    try {
      return Meta.number(get(Family.META, Meta.applied(), persistedOnly));
    } finally {
      leave();
    }
  }

  /** Puts into files, and on disk, what was written before. Blocks. */
  public void flush() {
    enter();
    // Not waiting for a moment without a stall: the log would have to wait for it.
    try (FlushOptions now = new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true)) {
      db.flush(now, opened);
    } catch (RocksDBException e) {
      throw failed("flush", e);
    } finally {
      leave();
    }
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    enter();
    try {
      return get(family, key, reading);
    } finally {
      leave();
    }
  }

  /** A get that may not do I/O would throw for what it does not find in memory: this tells it. */
  @Override
  public byte[] glance(Family family, byte[] key) {
    if (!uses.begin()) {
      return null;
    }
    try {
      Holder<byte[]> found = new Holder<>();
      if (!db.keyMayExist(handle(family), reading, key, found)) {
        return ABSENT;
      }
      byte[] value = found.getValue();
      // Where the index of a file is not in memory, RocksDB tells an empty value instead of none.
      return value == null || value.length == 0 ? null : value;
    } finally {
      leave();
    }
  }

  byte[] get(Family family, byte[] key, ReadOptions how) {
    try {
      return db.get(handle(family), how, key);
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  @Override
  public List<byte[]> getAll(Family family, List<byte[]> keys) {
    enter();
    try {
      return getAll(family, keys, reading);
    } finally {
      leave();
    }
  }

  List<byte[]> getAll(Family family, List<byte[]> keys, ReadOptions how) {
    if (keys.isEmpty()) {
      return List.of();
    }
    try {
      List<ColumnFamilyHandle> all = Collections.nCopies(keys.size(), handle(family));
      List<byte[]> values = new ArrayList<>(db.multiGetAsList(how, all, keys));
      for (int i = 0; i < keys.size(); i++) {
        if (values.get(i) == null) {
          // multiGet gives null for "not there" and for an error alike; get tells them apart.
          values.set(i, get(family, keys.get(i), how));
        }
      }
      return values;
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  @Override
  public View view() {
    enter();
    return new StoreView(this, db, 0);
  }

  @Override
  public View briefView(int removedMax) {
    enter();
    return new StoreView(this, db, removedMax);
  }

  /**
   * Frees the bodies of buckets below {@code bucket}, which must be committed as low-water mark
   * before. Whole files go unread; what is left of the range, files of the newest data and those
   * that reach beyond it, is rewritten without it, which takes a while: to be called on a worker,
   * not between commits. May be called again at will.
   */
  public void dropBelow(int bucket) {
    oldBodies.dropBelow(bucket);
  }

  /**
   * Makes a consistent copy in {@code target}, which must not exist, while writes go on: table
   * files are linked, so it takes no space at first. Everything committed before is in it.
   */
  public void checkpoint(Path target) {
    enter();
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw failed("checkpoint to " + target, e);
    } finally {
      leave();
    }
  }

  /** Reads every block of every table file and compares its checksum. Takes its time. */
  public void verifyChecksums() {
    enter();
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      throw failed("verification", e);
    } finally {
      leave();
    }
  }

  /** How it is doing. */
  public StoreStats stats() {
    enter();
    try {
      return new StoreStats(
          db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
          db.getAggregatedLongProperty("rocksdb.total-sst-files-size"),
          db.getAggregatedLongProperty("rocksdb.estimate-pending-compaction-bytes"),
          db.getLongProperty("rocksdb.is-write-stopped") != 0,
          db.getLongProperty("rocksdb.actual-delayed-write-rate"),
          db.getLongProperty("rocksdb.background-errors"));
    } catch (RocksDBException e) {
      throw failed("statistics", e);
    } finally {
      leave();
    }
  }

  /** Whether it has that family: one opened for reading may be of an older program. */
  boolean has(Family family) {
    return handles.containsKey(family);
  }

  /** Where it is. */
  public Path directory() {
    return dir;
  }

  /**
   * Ends it, once no call and no view is left. Nothing is lost without it.
   *
   * @throws StoreException when a view stays open for 10 s; the store stays open then, since
   *     closing it under a reader would end the process
   */
  @Override
  public synchronized void close() {
    if (!closed && logged && !readOnly) {
      try {
        flush(); // spares the next opening to read the log
      } catch (StoreException e) {
        LOG.log(WARNING, "not flushed, so the next opening reads it from the log", e);
      }
    }
    abandon();
  }

  /**
   * As {@link #close}, without a flush: what a store that has failed still has in memory only, the
   * log has, too.
   *
   * @throws StoreException when a view stays open for 10 s; the store stays open then, since
   *     closing it under a reader would end the process
   */
  public synchronized void abandon() {
    if (closed) {
      return;
    }
    try {
      if (!uses.close(CLOSE_WAIT_MILLIS)) {
        throw new StoreException("the store in " + dir + " is still being read", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while closing the store in " + dir, e);
    }
    closed = true;
    opened.forEach(ColumnFamilyHandle::close);
    reading.close();
    synced.close();
    unsynced.close();
    unlogged.close();
    persistedOnly.close();
    try {
      db.closeE();
    } catch (RocksDBException e) {
      throw failed("close", e);
    } finally {
      tuning.close();
    }
  }

  ColumnFamilyHandle handle(Family family) {
    ColumnFamilyHandle handle = handles.get(family);
    if (handle == null) {
      throw new IllegalArgumentException("the store in " + dir + " has no family " + family);
    }
    return handle;
  }

  StoreException failed(String what, RocksDBException e) {
    return new StoreException("store " + dir + ": " + what + " failed: " + e.getMessage(), e);
  }

  void enter() {
    if (!uses.begin()) {
      throw new StoreException("the store in " + dir + " is closed", null);
    }
  }

  void leave() {
    uses.end();
  }
}
