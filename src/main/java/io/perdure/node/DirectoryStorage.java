package io.perdure.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.journal.Journal;
import io.perdure.journal.LogJournal;
import io.perdure.shard.ShardStorage;
import io.perdure.store.DataDirectory;
import io.perdure.store.Store;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The storage of one shard in a data directory, behind a journal that writes its changes into the
 * log.
 */
final class DirectoryStorage implements ShardStorage {
  private final Store store;
  private final Journal journal;
  private final long epoch;

  private DirectoryStorage(Store store, Journal journal, long epoch) {
    this.store = store;
    this.journal = journal;
    this.epoch = epoch;
  }

  /** Opens shard {@code number}: as the directory has it the first time, anew after that. */
  static ShardStorage.Source source(
      DataDirectory directory, int number, Vertx vertx, MeterRegistry meters) {
    AtomicBoolean used = new AtomicBoolean();
    return () -> {
      if (used.getAndSet(true)) {
        directory.reopenShard(number);
      }
      Store store = directory.shard(number);
      Journal journal =
          new LogJournal(
              Integer.toString(number), directory.log(), number, store::apply, vertx, meters);
      return new DirectoryStorage(store, journal, directory.epoch(number));
    };
  }

  @Override
  public StoreReader reader() {
    return store;
  }

  @Override
  public Journal journal() {
    return journal;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public void dropBelow(int bucket) {
    store.dropBelow(bucket);
  }

  @Override
  public void checkpoint(Path directory) {
    store.checkpoint(directory);
  }

  /** The store itself stays open, for reading at least, until it is opened anew. */
  @Override
  public Future<Void> close() {
    return journal.close();
  }
}
