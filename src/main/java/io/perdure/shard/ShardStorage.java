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

  /**
   * Completes if no other opening, on whatever node, has followed this one by some moment after the
   * call: what this one has committed by then is all there is. Fails when that is not known.
   */
  default Future<Void> confirm() {
    return Future.succeededFuture();
  }

  /**
   * Whether another node may own the shard next, whose clock may be behind: what is promised to
   * readers of lists then has to be on disk.
   */
  default boolean moves() {
    return false;
  }

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

    /**
     * Tells {@code ownership} from now on whether the shard may be opened here, beginning with how
     * it is at this moment; on any thread. A node that stands alone owns all its shards.
     */
    default void watch(Ownership ownership) {
      ownership.gained();
    }

    /** What the shard has while another node owns it; null when it has nothing of its own here. */
    default StoreReader replica() {
      return null;
    }
  }

  /** Told who owns a shard. */
  interface Ownership {
    /** This node does, from now on: it may be opened. */
    void gained();

    /**
     * This node does not: what is open is not to be used any more.
     *
     * @param owner name of the node that does; null while that is not known
     */
    void lost(String owner);
  }
}
