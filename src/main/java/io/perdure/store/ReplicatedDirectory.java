package io.perdure.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Everything a node of a cluster keeps on disk, locked. Layout: as of a node that stands alone
 * ({@link DataDirectory}), but for the log: what replicates the stores has its own, in {@code
 * raft}. A node has the stores of the shards that are placed on it, and opens them as they are
 * asked for. Thread-safe; everything but the questions what it is blocks on the disk.
 */
public final class ReplicatedDirectory implements AutoCloseable {
  /** Format of the directory and of what is replicated into it. */
  public static final int FORMAT = Format.CLUSTER_VERSION;

  private static final int REGISTRY = -1;

  /** In the directory of the groups, once all those of the formation have been made. */
  private static final String PLACED = "placed";

  private final Place place;
  private final StoreShared shared;
  private final Map<Integer, Replica> open = new TreeMap<>(); // guarded by this, as is closed
  private volatile Format format;
  private boolean closed;

  private ReplicatedDirectory(Place place, Format format, StoreConfig config) {
    this.place = place;
    this.format = format;
    shared = new StoreShared(config);
  }

  /**
   * Locks {@code directory}, making it if it does not exist; opens no store.
   *
   * @param shards 1 to 4096; has to be what the directory was created with
   * @param node name of the node; has to be what the directory was created for
   * @throws StoreException saying what is wrong with the directory: as of {@link
   *     DataDirectory#open}, or that it belongs to another node or to one that stands alone
   */
  public static ReplicatedDirectory open(
      Path directory, int shards, StoreConfig config, String node) {
    Place place = Place.take(directory);
    try {
      Format format = place.format(() -> Format.ofCluster(shards, node), shards);
      if (format.cluster() == null) {
        throw new StoreException(
            "data directory "
                + directory
                + " was made by a node that stands alone: \"perdure cluster convert\" makes it the"
                + " first node of a cluster, which others can join",
            null);
      }
      if (!format.cluster().name().equals(node)) {
        throw new StoreException(
            "data directory "
                + directory
                + " belongs to node "
                + format.cluster().name()
                + " and cannot be opened as "
                + node,
            null);
      }
      Files.createDirectories(directory.resolve("shards"));
      Files.createDirectories(directory.resolve("raft"));
      Files.createDirectories(Place.backups(directory));
      Durable.syncDirectory(directory);
      return new ReplicatedDirectory(place, format, config);
    } catch (IOException e) {
      place.close();
      throw new StoreException("cannot use data directory " + directory + ": " + e, e);
    } catch (RuntimeException | LinkageError e) { // no native code for this machine
      place.close();
      throw e;
    }
  }

  /** Where it is. */
  public Path path() {
    return place.directory();
  }

  /** Where what replicates the stores keeps its logs and snapshots. */
  public Path raft() {
    return path().resolve("raft");
  }

  /** Whether all groups of the formation have been made here. */
  public boolean placed() {
    return Files.exists(raft().resolve(PLACED));
  }

  /** They have; on disk when this returns. */
  public void setPlaced() {
    if (!placed()) {
      try {
        Durable.write(raft().resolve(PLACED), new byte[0]);
      } catch (IOException e) {
        throw new StoreException("cannot write in " + raft() + ": " + e, e);
      }
    }
  }

  /** Where backups are put unless another place is named. */
  public Path backups() {
    return Place.backups(path());
  }

  /** Where uploads of code are while they go on. */
  public Path uploads() {
    return path().resolve("uploads");
  }

  /** Number of shards of the cluster. */
  public int shards() {
    return format.shards();
  }

  /** Name of the node. */
  public String node() {
    return format.cluster().name();
  }

  /** Random id of this directory, made with it: 8 hexadecimal digits. */
  public String incarnation() {
    return format.cluster().incarnation();
  }

  /** What the node belongs to; empty until it has become part of a cluster. */
  public Optional<Formed> formed() {
    return Optional.ofNullable(format.cluster().formed());
  }

  /** Writes down what the node belongs to; on disk when this returns. */
  public synchronized void form(Formed formed) {
    Format.OfNode node = format.cluster();
    if (node.formed() != null
        && (!node.formed().id().equals(formed.id())
            || node.formed().epochBase() != formed.epochBase())) {
      throw new IllegalArgumentException(
          path() + " belongs to cluster " + node.formed().id() + ", not to " + formed.id());
    }
    Format next = format.formed(node.name(), node.incarnation(), formed);
    place.write(next);
    format = next;
  }

  /** What the terms of leaders are added to: their sum is the fencing epoch. */
  public long epochBase() {
    return format.epochBase();
  }

  /** The store of {@code shard}, from 0; made if there is none yet. */
  public Replica shard(int shard) {
    if (shard < 0 || shard >= shards()) {
      throw new IllegalArgumentException("no shard " + shard + " of " + shards());
    }
    return replica(shard, Place.shard(path(), shard), StoreOptions.shard(shared));
  }

  /** The registry's store; made if there is none yet. */
  public Replica registry() {
    return replica(REGISTRY, Place.registry(path()), StoreOptions.registryReplica(shared));
  }

  /**
   * Opens the registry's store and those of {@code shards} side by side: one by one they are what a
   * start waits for. May block.
   */
  public synchronized void open(Collection<Integer> shards) {
    if (closed) {
      throw new StoreException("data directory " + path() + " is closed", null);
    }
    List<Integer> numbers = new ArrayList<>(shards);
    numbers.add(REGISTRY);
    numbers.removeAll(open.keySet());
    Map<Integer, Replica> opened = new ConcurrentHashMap<>();
    try {
      numbers.parallelStream()
          .forEach(
              number ->
                  opened.put(
                      number,
                      number == REGISTRY
                          ? Replica.open(
                              Place.registry(path()), StoreOptions.registryReplica(shared))
                          : Replica.open(Place.shard(path(), number), StoreOptions.shard(shared))));
    } finally { // those that were opened are closed with the rest
      open.putAll(opened);
    }
  }

  private synchronized Replica replica(int number, Path dir, StoreOptions options) {
    if (closed) {
      throw new StoreException("data directory " + path() + " is closed", null);
    }
    return open.computeIfAbsent(number, absent -> Replica.open(dir, options));
  }

  /** Whether there is a store of {@code shard}, open or not. */
  public boolean has(int shard) {
    return Files.exists(Place.shard(path(), shard).resolve("CURRENT"));
  }

  /** Closes the store of {@code shard}, which has moved away, and removes it with all it has. */
  public synchronized void forget(int shard) {
    Replica replica = open.remove(shard);
    if (replica != null) {
      replica.store().abandon();
    }
    Path dir = Place.shard(path(), shard);
    try {
      // Without this file it is no store any more, should the rest not come to its end.
      Files.deleteIfExists(dir.resolve("CURRENT"));
      Durable.removeTree(dir);
      Durable.syncDirectory(dir.getParent());
    } catch (IOException e) {
      throw new StoreException("cannot remove the store in " + dir + ": " + e, e);
    }
  }

  Format format() {
    return format;
  }

  /** Closes all stores and releases the lock. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<RuntimeException> failures = new ArrayList<>();
    for (Replica replica : open.values()) {
      try {
        replica.close();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    open.clear();
    if (!failures.isEmpty()) { // a store that is still being read needs what all share
      StoreException failure = new StoreException("cannot close data directory " + path(), null);
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
    shared.close();
    place.close();
  }
}
