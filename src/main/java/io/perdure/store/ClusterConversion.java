package io.perdure.store;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Makes the directory of a node that stands alone that of a cluster of one, which others can join:
 * they are given what it has as a snapshot, since its logs begin behind that. May be interrupted at
 * any moment and repeated; until it has ended the directory is one that stands alone. Blocking.
 */
public final class ClusterConversion {
  /** Place in the log of each group of what the stores have: everything else comes behind it. */
  private static final long INDEX = 1;

  private static final long TERM = 1;

  private ClusterConversion() {}

  /**
   * Converts {@code directory}, which nobody uses.
   *
   * @param self the node it is to be; its incarnation is made here
   * @param replicas how many nodes are to have each shard once there are as many
   * @return what was written down
   * @throws StoreException when it is in use, is no data directory, or belongs to a cluster already
   */
  public static Formed convert(Path directory, ClusterMember self, int replicas) {
    if (!Files.exists(directory.resolve(Format.FILE))) {
      throw new StoreException(directory + " is no data directory: no " + Format.FILE, null);
    }
    try (Place place = Place.take(directory)) {
      Format format = Format.read(directory);
      if (format.cluster() != null) {
        throw new StoreException(
            directory + " belongs to node " + format.cluster().name() + " of a cluster already",
            null);
      }
      if (!format.complete()) {
        throw new StoreException(
            directory + " was not made to its end: start a node on it once", null);
      }
      Formed formed = convert(place, format, self, replicas);
      Durable.removeTree(Place.log(directory));
      Durable.syncDirectory(directory);
      return formed;
    } catch (IOException e) {
      throw new StoreException("cannot convert " + directory + ": " + e, e);
    }
  }

  private static Formed convert(Place place, Format format, ClusterMember self, int replicas)
      throws IOException {
    Path directory = place.directory();
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      if (format.logged()) {
        ShardsLog.applyAll(directory, format.shards(), shared);
      }
      long boots = flushed(Place.registry(directory), StoreOptions.registry(shared));
      for (int shard = 0; shard < format.shards(); shard++) {
        Path store = Place.shard(directory, shard);
        boots = Math.max(boots, flushed(store, StoreOptions.shard(shared)));
      }
      // From here on the stores alone have everything. Should this end early, a node that stands
      // alone begins a new log behind them, under greater epochs.
      Format alone = format.withoutLog(format.epochBase() + boots);
      place.write(alone);
      begin(Place.registry(directory), StoreOptions.registryReplica(shared));
      for (int shard = 0; shard < format.shards(); shard++) {
        begin(Place.shard(directory, shard), StoreOptions.shard(shared));
      }
      ClusterMember member =
          new ClusterMember(
              self.name(),
              Format.newIncarnation(),
              self.host(),
              self.raftPort(),
              self.busPort(),
              self.memberPort());
      Formed formed =
          new Formed(UUID.randomUUID().toString(), replicas, alone.epochBase(), List.of(member));
      place.write(alone.formed(member.name(), member.incarnation(), formed));
      return formed;
    }
  }

  /** Puts all that a store has into its files; how often it has been opened. */
  private static long flushed(Path dir, StoreOptions options) {
    if (!Files.exists(dir.resolve("CURRENT"))) {
      throw new StoreException("the store in " + dir + " is missing", null);
    }
    try (Store store = Store.open(dir, options)) {
      store.flush();
      return Meta.number(store.get(Family.META, Meta.boots()));
    }
  }

  /** Lets a store say that it has everything up to the place where its group's log begins. */
  private static void begin(Path dir, StoreOptions options) {
    try (Store store = Store.open(dir, options)) {
      store.apply(new Batch().put(Family.META, Meta.appliedTerm(), Keys.number(TERM)), INDEX);
      store.flush();
    }
  }
}
