package io.perdure.store;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The store of one member of a replicated group, whichever opening of it is the present one: a
 * snapshot of another member replaces it whole, and who reads it must not be left with the old one.
 * Thread-safe; {@link #apply}, {@link #checkpoint}, {@link #replaceWith} and {@link #reopen} are
 * the group's alone, one at a time. What fails is a {@link StoreException}.
 */
public final class Replica implements StoreReader, AutoCloseable {
  private static final String NEXT = ".next";

  private final Path dir;
  private final StoreOptions options;
  private volatile Store store;

  private Replica(Path dir, StoreOptions options) {
    this.dir = dir;
    this.options = options;
  }

  /** Opens the store in {@code dir}, making it if there is none. Blocks. */
  public static Replica open(Path dir, StoreOptions options) {
    Replica replica = new Replica(dir, options);
    try {
      Durable.removeTree(replica.next()); // of a replacement that did not end: the group repeats it
    } catch (IOException e) {
      throw new StoreException("cannot use " + dir + ": " + e, e);
    }
    replica.store = Store.open(dir, options);
    return replica;
  }

  /** Index of the last entry of the group's log that it has; 0 before the first. */
  public long applied() {
    return store.applied();
  }

  /** Term of that entry. */
  public long term() {
    return Meta.number(store.get(Family.META, Meta.appliedTerm()));
  }

  /** Takes in an entry, whole, together with its place. Readable when this returns. */
  public void apply(Batch batch, long term, long index) {
    apply(batch, new Batch(), term, index);
  }

  /**
   * The same.
   *
   * @param batch stays as it is
   * @param more what changes with it, and is not part of it
   */
  public void apply(Batch batch, Batch more, long term, long index) {
    store.apply(batch, more.put(Family.META, Meta.appliedTerm(), Keys.number(term)), index);
  }

  /** About how large it is on the disk. Blocks. */
  public long bytes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        bytes += file.toFile().length(); // 0 of one that is gone meanwhile
      }
    }
    return bytes;
  }

  /** Makes a consistent copy in {@code target}, which must not exist; everything is in it. */
  public void checkpoint(Path target) {
    store.checkpoint(target);
  }

  /** Puts the copy in {@code checkpoint} in the place of the store, without changing the copy. */
  public synchronized void replaceWith(Path checkpoint) {
    try {
      Files.createDirectories(next());
      try (Stream<Path> files = Files.list(checkpoint)) {
        for (Path file : files.toList()) {
          take(file, next().resolve(file.getFileName().toString()));
        }
      }
      Durable.syncDirectory(next());
      store.abandon();
      Durable.removeTree(dir);
      Files.move(next(), dir);
      Durable.syncDirectory(dir.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new StoreException("cannot replace the store in " + dir + ": " + e, e);
    }
    store = Store.open(dir, options);
  }

  /**
   * Opens the store again, without what it has only in memory: after a failure of the disk, when
   * the group's log has the rest. It stays closed when that fails, and may be tried again.
   */
  public synchronized void reopen() {
    store.abandon();
    store = Store.open(dir, options);
  }

  private static void take(Path from, Path to) throws IOException {
    String name = from.getFileName().toString();
    if (name.endsWith(".md5")) {
      return; // a checksum of whoever carried it
    }
    if (name.endsWith(".sst")) {
      Files.createLink(to, from); // never changes
    } else {
      Files.copy(from, to);
      Durable.syncFile(to);
    }
  }

  private Path next() {
    return dir.resolveSibling(dir.getFileName() + NEXT);
  }

  /** The present store: for what this does not offer, such as {@link Store#dropBelow}. */
  public Store store() {
    return store;
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    return store.get(family, key);
  }

  @Override
  public byte[] glance(Family family, byte[] key) {
    return store.glance(family, key);
  }

  @Override
  public List<byte[]> getAll(Family family, List<byte[]> keys) {
    return store.getAll(family, keys);
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public View briefView(int removedMax) {
    return store.briefView(removedMax);
  }

  @Override
  public void close() {
    store.close();
  }
}
