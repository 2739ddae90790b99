package io.perdure.store;

import io.perdure.invocation.InvocationId;
import io.perdure.journal.Batch;
import io.perdure.journal.CommitLog;
import io.perdure.journal.Family;
import io.perdure.journal.LogFile;
import io.perdure.journal.LogStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Everything a node keeps on disk, locked and opened. Layout: {@code format.json}, {@code lock},
 * {@code shards/000} and so on (one store each), {@code log} (the changes of the shards), {@code
 * registry} (one store), {@code backups}. Thread-safe. Opening and closing block on the disk.
 */
public final class DataDirectory implements AutoCloseable {
  private static final int OPENING_THREADS_MAX = 8;

  private final Path directory;
  private final Place place;
  private final StoreConfig config;
  private final CompletableFuture<Void> opening = new CompletableFuture<>();
  private final List<OpenStore> stores = // the registry's is the last
      Collections.synchronizedList(new ArrayList<>());
  private final ShardsLog log;
  private volatile StoreShared shared; // null until the stores are being opened
  private volatile Format format;

  private record OpenStore(Store store, long boots) {}

  private DataDirectory(Place place, Format format, StoreConfig config, LogFile.Opener logFiles) {
    this.place = place;
    this.directory = place.directory();
    this.format = format;
    this.config = config;
    log =
        new ShardsLog(
            ShardsLog.config(directory, format.shards(), config).on(logFiles), this::shard);
  }

  /**
   * Locks {@code directory} and opens all its stores side by side; creates what does not exist.
   *
   * @param shards 1 to 4096; has to be what the directory was created with
   * @throws StoreException saying what is wrong with the directory: a file, not writable, foreign,
   *     newer, of another number of shards, in use, or damaged
   */
  public static DataDirectory open(Path directory, int shards, StoreConfig config) {
    return open(directory, shards, config, LogFile.Opener.DISK);
  }

  /** As {@link #open(Path, int, StoreConfig)}, with the log on files of one's own. */
  static DataDirectory open(
      Path directory, int shards, StoreConfig config, LogFile.Opener logFiles) {
    DataDirectory opened = begin(directory, shards, config, logFiles);
    try {
      opened.awaitOpen();
      return opened;
    } catch (StoreException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * As {@link #open}, but returns once the directory is locked: its stores are still being opened,
   * which takes most of the time. Nothing that needs one may be called before {@link #awaitOpen}
   * has returned.
   */
  public static DataDirectory begin(Path directory, int shards, StoreConfig config) {
    return begin(directory, shards, config, LogFile.Opener.DISK);
  }

  private static DataDirectory begin(
      Path directory, int shards, StoreConfig config, LogFile.Opener logFiles) {
    if (shards < 1 || shards > InvocationId.SHARDS_MAX) {
      throw new IllegalArgumentException("shards is not within 1..4096: " + shards);
    }
    Place place = Place.take(directory);
    try {
      Format format = place.format(() -> Format.standalone(shards), shards);
      if (format.cluster() != null) {
        throw new StoreException(
            "data directory "
                + directory
                + " belongs to node "
                + format.cluster().name()
                + " of a cluster: start it with cluster.enabled=true",
            null);
      }
      DataDirectory begun = new DataDirectory(place, format, config, logFiles);
      Thread opener = new Thread(begun::openAll, "perdure-opening");
      opener.setDaemon(true);
      opener.start();
      return begun;
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private void openAll() {
    try {
      shared = new StoreShared(config);
      openStores();
      opening.complete(null);
    } catch (IOException | RuntimeException | LinkageError e) { // no native code for this machine
      opening.completeExceptionally(e);
    }
  }

  /**
   * Waits until all stores are open. Blocks.
   *
   * @throws StoreException saying why one is not; then the directory is only to be closed
   */
  public void awaitOpen() {
    try {
      opening.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof StoreException
          ? new StoreException(cause.getMessage(), cause)
          : new StoreException("cannot use data directory " + directory + ": " + cause, cause);
    }
  }

  private void openStores() throws IOException {
    try {
      Files.createDirectories(directory.resolve("shards"));
      Files.createDirectories(backups());
      int threads = Math.min(format.shards() + 1, OPENING_THREADS_MAX);
      ExecutorService opening = Executors.newFixedThreadPool(threads);
      try {
        Future<OpenStore> registry = opening.submit(this::openRegistry);
        List<OpenStore> shards = List.of();
        try {
          shards = sideBySide(opening, shard -> new OpenStore(openShard(shard), 0));
        } finally {
          stores.addAll(shards);
          stores.addAll(collect(List.of(registry))); // to be closed in any case
        }
        openLog(opening);
      } finally {
        opening.shutdown();
      }
      if (!format.complete()) {
        Durable.syncDirectory(directory.resolve("shards"));
      }
      if (!format.complete() || !format.logged()) {
        Durable.syncDirectory(directory);
        format = format.completed();
        format.write(directory);
      }
    } catch (IOException | RuntimeException e) {
      closeStores(e);
      throw e;
    }
  }

  /** Gives every store what the log has for it, side by side, and begins a new part of the log. */
  private void openLog(ExecutorService opening) {
    log.open(format.logged());
    log.begin();
    sideBySide(
        opening,
        shard -> {
          log.replay(shard, shard(shard));
          return stores.get(shard);
        });
    log.awaitBound();
    List<OpenStore> booted = sideBySide(opening, shard -> booted(shard, shard(shard)));
    for (int shard = 0; shard < format.shards(); shard++) {
      stores.set(shard, booted.get(shard));
    }
  }

  private List<OpenStore> sideBySide(ExecutorService threads, IntFunction<OpenStore> ofShard) {
    List<Future<OpenStore>> results = new ArrayList<>();
    for (int shard = 0; shard < format.shards(); shard++) {
      int number = shard;
      results.add(threads.submit(() -> ofShard.apply(number)));
    }
    return collect(results);
  }

  /** Waits for all; what was opened is closed when one has failed. */
  private List<OpenStore> collect(List<Future<OpenStore>> results) {
    List<OpenStore> opened = new ArrayList<>();
    StoreException failure = null;
    for (Future<OpenStore> result : results) {
      try {
        opened.add(result.get());
      } catch (ExecutionException e) {
        if (failure == null) {
          failure = new StoreException(e.getCause().getMessage(), e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new StoreException("interrupted while opening " + directory, e);
      }
    }
    if (failure != null) {
      for (OpenStore open : opened) {
        open.store.abandon();
      }
      throw failure;
    }
    return opened;
  }

  private Store open(Path place, StoreOptions options) {
    if (format.complete() && !Files.exists(place.resolve("CURRENT"))) {
      throw new StoreException("the store in " + place + " is missing", null);
    }
    return Store.open(place, options);
  }

  private Store openShard(int shard) {
    return open(Place.shard(directory, shard), StoreOptions.shard(shared));
  }

  /** Counts that the shard is being opened, on disk before anything rests on it. */
  private OpenStore booted(int shard, Store store) {
    long boots = Meta.number(store.get(Family.META, Meta.boots())) + 1;
    log.write(shard, store, new Batch().put(Family.META, Meta.boots(), Keys.number(boots)));
    return new OpenStore(store, boots);
  }

  private OpenStore openRegistry() {
    Store store = open(Place.registry(directory), StoreOptions.registry(shared));
    try {
      long boots = Meta.number(store.get(Family.META, Meta.boots())) + 1;
      store.write(new Batch().put(Family.META, Meta.boots(), Keys.number(boots)));
      return new OpenStore(store, boots);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /** Where backups are put unless another place is named. */
  public Path backups() {
    return Place.backups(directory);
  }

  /** Number of shards. */
  public int shards() {
    return format.shards();
  }

  /** Random id of the data, kept through backup and restore. */
  public String dataId() {
    return format.dataId();
  }

  /** The store of {@code shard}, from 0. */
  public Store shard(int shard) {
    return stores.get(shard).store;
  }

  /**
   * Closes the store of {@code shard} and opens it anew, under a greater epoch: what follows a
   * failed write, after which RocksDB takes no other. It gets from the log what it had in memory
   * only, and the log is opened anew, too, when that has failed. The other shards go on.
   *
   * @throws StoreException when it cannot be opened; to be called again then
   */
  public void reopenShard(int shard) {
    shard(shard).abandon();
    Store store = openShard(shard);
    stores.set(shard, new OpenStore(store, 0));
    log.reopenIfFailed();
    log.replay(shard, store);
    log.awaitBound();
    stores.set(shard, booted(shard, store));
  }

  /** Closes the registry's store and opens it anew; as {@link #reopenShard}. */
  public void reopenRegistry() {
    registry().close();
    stores.set(format.shards(), openRegistry());
  }

  /** The log of the shards: the present one. */
  public CommitLog log() {
    return log.current();
  }

  /** What the log has done since the directory was opened. */
  public LogStats logStats() {
    return log.stats();
  }

  /** The registry's store. */
  public Store registry() {
    return stores.get(format.shards()).store;
  }

  /** The fencing epoch of {@code shard}: greater than at any time it was open before. */
  public long epoch(int shard) {
    return format.epochBase() + stores.get(shard).boots;
  }

  /** How long the syncs of the log and of the registry's own took since it was opened. */
  public FsyncTimes fsyncs() {
    StoreShared open = shared;
    FsyncTimes registry = open == null ? new FsyncTimes(0, 0) : open.fsyncs();
    LogStats shards = log.stats();
    return new FsyncTimes(
        registry.count() + shards.groups(), registry.micros() + shards.nanos() / 1_000);
  }

  Format format() {
    return format;
  }

  /** Closes all stores and releases the lock. */
  @Override
  public void close() {
    opening.handle((opened, failed) -> null).join();
    StoreException failure = new StoreException("cannot close data directory " + directory, null);
    closeStores(failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
    place.close();
  }

  private void closeStores(Exception failure) {
    log.close();
    for (OpenStore open : stores) {
      try {
        open.store.close();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
    stores.clear();
    if (failure.getSuppressed().length == 0 && shared != null) {
      shared.close();
    }
  }
}
