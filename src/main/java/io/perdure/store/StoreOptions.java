package io.perdure.store;

import io.perdure.journal.Family;
import java.util.EnumSet;
import java.util.Set;

/**
 * How a store is opened.
 *
 * @param shared of the node; outlives the store
 * @param families the column families it has; those missing are created
 * @param logged its changes come from the node's log, so that it keeps none of its own: what it was
 *     given since its last flush is gone after a crash
 * @param readOnly nothing is written, not even a log line; the store must not be open elsewhere
 */
public record StoreOptions(
    StoreShared shared, Set<Family> families, boolean logged, boolean readOnly) {
  public StoreOptions {
    families = Set.copyOf(families);
  }

  /** Of the registry alone. */
  private static final Set<Family> REGISTRY = EnumSet.of(Family.REGISTRY, Family.CODE);

  /** The store of a shard: every family but the registry's. */
  public static StoreOptions shard(StoreShared shared) {
    return new StoreOptions(shared, EnumSet.complementOf(EnumSet.copyOf(REGISTRY)), true, false);
  }

  /** The registry's store. */
  public static StoreOptions registry(StoreShared shared) {
    return new StoreOptions(
        shared, EnumSet.of(Family.META, Family.REGISTRY, Family.CODE), false, false);
  }

  /** The registry's store where its changes come from the log of a group. */
  public static StoreOptions registryReplica(StoreShared shared) {
    return new StoreOptions(
        shared, EnumSet.of(Family.META, Family.REGISTRY, Family.CODE), true, false);
  }

  /** The same, for reading only. */
  public StoreOptions forReading() {
    return new StoreOptions(shared, families, logged, true);
  }
}
