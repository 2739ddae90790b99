package io.perdure.store;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.journal.Batch;
import io.perdure.journal.CommitLog;
import io.perdure.journal.JournalException;
import io.perdure.journal.LogConfig;
import io.perdure.journal.LogStats;
import io.perdure.journal.LogStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The log of the shards, whichever opening of it is the present one, and the stores it is for.
 * Thread-safe. What is wrong with the log is a {@link StoreException}.
 */
final class ShardsLog implements LogStores, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ShardsLog.class.getName());

  private final LogConfig config;
  private final IntFunction<Store> stores;

  /** The greatest known of each store, for the time it is being opened anew. */
  private final long[] persisted;

  private volatile CommitLog current; // read without waiting for who opens it anew
  private volatile LogStats earlier = LogStats.NONE;

  ShardsLog(LogConfig config, IntFunction<Store> stores) {
    this.config = config;
    this.stores = stores;
    persisted = new long[config.stores()];
  }

  /**
   * Whether the stores in {@code directory}, which nobody uses, have all that its log has. Changes
   * nothing.
   */
  static boolean isApplied(Path directory, int shards, StoreShared shared) {
    long[] applied = new long[shards];
    for (int shard = 0; shard < shards; shard++) {
      Path place = Place.shard(directory, shard);
      try (Store store = Store.open(place, StoreOptions.shard(shared).forReading())) {
        applied[shard] = store.applied();
      }
    }
    ShardsLog log = new ShardsLog(config(directory, shards, StoreConfig.DEFAULT), shard -> null);
    try (CommitLog read = wrapped(() -> CommitLog.open(log.config, log, applied))) {
      return IntStream.range(0, shards).allMatch(shard -> read.last(shard) == applied[shard]);
    }
  }

  /** Gives the stores in {@code directory}, which nobody uses, what its log has for them. */
  static void applyAll(Path directory, int shards, StoreShared shared) {
    List<Store> stores = new ArrayList<>();
    try (ShardsLog log =
        new ShardsLog(config(directory, shards, StoreConfig.DEFAULT), stores::get)) {
      for (int shard = 0; shard < shards; shard++) {
        Path place = Place.shard(directory, shard);
        stores.add(Store.open(place, StoreOptions.shard(shared)));
      }
      log.open(true);
      log.begin();
      for (int shard = 0; shard < shards; shard++) {
        log.replay(shard, stores.get(shard));
      }
    } finally {
      stores.forEach(Store::close);
    }
  }

  static LogConfig config(Path directory, int shards, StoreConfig config) {
    return LogConfig.of(Place.log(directory), shards, config.logBytes());
  }

  /** Reads the log, or makes it unless it {@code exists}; the stores are open. */
  synchronized void open(boolean exists) {
    for (int store = 0; store < persisted.length; store++) {
      persisted[store] = stores.apply(store).applied();
    }
    current = wrapped(() -> exists ? opened() : CommitLog.create(config, this, persisted));
  }

  private CommitLog opened() {
    return CommitLog.open(config, this, persisted);
  }

  /** Makes it ready to be written. */
  synchronized void begin() {
    wrapped(
        () -> {
          current.begin();
          return current;
        });
  }

  /** Gives {@code store} what the log has for it and it lacks. */
  void replay(int number, Store store) {
    CommitLog log = current();
    wrapped(
        () -> {
          log.replay(number, store.applied(), (sequence, batch) -> store.apply(batch, sequence));
          return log;
        });
  }

  /** Waits until the log is within its bound again. */
  void awaitBound() {
    CommitLog log = current();
    wrapped(
        () -> {
          log.awaitBound();
          return log;
        });
  }

  /** Writes {@code batch}, whole; on disk and readable when this returns. */
  void write(int number, Store store, Batch batch) {
    CommitLog log = current();
    wrapped(
        () -> {
          store.apply(batch, log.appendNow(number, batch));
          return log;
        });
  }

  /** Opens it anew after a failed write: the first that comes does. */
  synchronized void reopenIfFailed() {
    if (!current.hasFailed()) {
      return;
    }
    current.close();
    for (int store = 0; store < persisted.length; store++) {
      try {
        persisted[store] = Math.max(persisted[store], persisted(store));
      } catch (StoreException e) {
        LOG.log(DEBUG, "store " + store + " is being opened anew: what is known of it will do", e);
      }
    }
    wrapped(
        () -> {
          CommitLog next = opened();
          try {
            next.begin();
          } catch (JournalException e) {
            next.close();
            throw e;
          }
          earlier = earlier.and(current.stats());
          current = next;
          return next;
        });
  }

  private interface Step {
    CommitLog run();
  }

  private static CommitLog wrapped(Step step) {
    try {
      return step.run();
    } catch (JournalException e) {
      throw new StoreException(e.getMessage(), e);
    }
  }

  CommitLog current() {
    return current;
  }

  LogStats stats() {
    CommitLog now = current;
    return now == null ? earlier : earlier.and(now.stats());
  }

  @Override
  public long persisted(int store) {
    return stores.apply(store).persisted();
  }

  @Override
  public void flush(int store) {
    stores.apply(store).flush();
  }

  @Override
  public synchronized void close() {
    if (current != null) {
      current.close();
    }
  }
}
