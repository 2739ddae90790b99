package io.perdure.shard;

import io.perdure.journal.Journal;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;

/** What a shard stands on: its journal, and the reading side of its store. */
public interface ShardStorage {
  StoreReader reader();

  Journal journal();

  /** Fencing epoch of this opening: greater than that of any earlier one. */
  long epoch();

  /** Frees the space of all bodies in buckets below {@code bucket}. Blocking. */
  void dropBelow(int bucket);

  /** Makes a consistent copy in {@code directory}, which must not exist. Blocking. */
  void checkpoint(Path directory);

  /** Closes journal and store after what has been handed over. */
  Future<Void> close();

  /** Opens the storage of one shard; again after a failure. */
  @FunctionalInterface
  interface Source {
    /** Opens it. Blocking. Fails with StoreException when it cannot be trusted or written. */
    ShardStorage open();
  }
}
