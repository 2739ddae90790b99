package io.perdure.shard;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.CommitLog;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.journal.LogConfig;
import io.perdure.journal.LogFile;
import io.perdure.journal.LogJournal;
import io.perdure.journal.LogStores;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.Store;
import io.perdure.store.StoreException;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The real store, log and journal of one shard, with a gate in front of the log's files: a write
 * can be held back, and from some write on every one can fail. Thread: any.
 */
final class TestDisk implements ShardStorage.Source {
  private static final int NEVER = Integer.MAX_VALUE;

  /** So much that no test begins a second segment: each write is one of a group. */
  private static final long SEGMENT_BYTES = 64 << 20;

  private final Path directory;
  private final Path logDirectory;
  private final Vertx vertx;
  private final StoreShared shared;

  private boolean gated;
  private boolean held;
  private int goodWrites = NEVER;
  private boolean writesTheFirstBad;
  private int waiting;
  private final List<Integer> written = new ArrayList<>();
  private Store store;
  private int opened;
  private long epoch;
  private int refusals;
  private Runnable onOpening = () -> {};
  private boolean closed = true;
  private final boolean moves;
  private ShardStorage.Ownership ownership;
  private StoreReader replica;
  private boolean confirms = true;
  private int asked;

  /**
   * None yet.
   *
   * @param moves whether the shard may have other owners, as the test says; it begins with this one
   */
  TestDisk(Path directory, Path logDirectory, Vertx vertx, StoreShared shared, boolean moves) {
    this.directory = directory;
    this.logDirectory = logDirectory;
    this.vertx = vertx;
    this.shared = shared;
    this.moves = moves;
  }

  // ---- what a test does to it

  /** From now on writes wait. */
  synchronized void hold() {
    held = true;
  }

  /** Lets waiting writes go on. */
  synchronized void release() {
    held = false;
    notifyAll();
  }

  /** Returns once a write waits at the gate. */
  synchronized void awaitWaiting() throws InterruptedException {
    long patience = System.nanoTime() + 10_000_000_000L;
    while (waiting == 0) {
      if (System.nanoTime() > patience) {
        throw new AssertionError("nothing is being written");
      }
      wait(100);
    }
  }

  /** {@code writes} more succeed, all later ones fail and leave nothing. */
  synchronized void failAfter(int writes) {
    goodWrites = writes;
    writesTheFirstBad = false;
    notifyAll();
  }

  /** As {@link #failAfter}, but the first that fails is on disk all the same. */
  synchronized void failUnknownAfter(int writes) {
    goodWrites = writes;
    writesTheFirstBad = true;
    notifyAll();
  }

  /** The next {@code times} it cannot be opened; after that writes succeed again. */
  synchronized void refuseToOpen(int times) {
    refusals = times;
    repair();
  }

  /** Called on the shard's thread before it gets its store, each time. */
  synchronized void onOpening(Runnable task) {
    onOpening = task;
  }

  /** Writes succeed again. */
  synchronized void repair() {
    goodWrites = NEVER;
    held = false;
    notifyAll();
  }

  /** Groups written to the log, each as its size. */
  synchronized List<Integer> written() {
    return List.copyOf(written);
  }

  /** True when what was opened last has been closed. */
  synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void closed() {
    closed = true;
  }

  /** How often it has been opened. */
  synchronized int opened() {
    return opened;
  }

  /** Fencing epoch of the latest opening. */
  synchronized long epoch() {
    return epoch;
  }

  /** What is on disk, for looking at it directly. */
  synchronized Store store() {
    return store;
  }

  /** Tells the shard that this node owns it from now on. */
  void gain() {
    ownership.gained();
  }

  /** Tells the shard that {@code owner}, which may be null, owns it from now on. */
  void lose(String owner) {
    ownership.lost(owner);
  }

  /** Whether openings are confirmed from now on. */
  synchronized void confirms(boolean value) {
    confirms = value;
  }

  /** How often an opening was to be confirmed. */
  synchronized int askedToConfirm() {
    return asked;
  }

  /** What the shard has while another owns it. */
  synchronized void replica(StoreReader of) {
    replica = of;
  }

  // ---- what the shard sees

  @Override
  public void watch(ShardStorage.Ownership told) {
    ownership = told;
    told.gained();
  }

  @Override
  public synchronized StoreReader replica() {
    return replica;
  }

  private synchronized Future<Void> confirm() {
    asked++;
    return confirms
        ? Future.succeededFuture()
        : Future.failedFuture(new IllegalStateException("made by the test: not confirmed"));
  }

  @Override
  public ShardStorage open() {
    synchronized (this) {
      onOpening.run();
      if (refusals > 0) {
        refusals--;
        throw new StoreException("made by the test: cannot be opened", null);
      }
      gated = false;
    }
    Store of = Store.open(directory, StoreOptions.shard(shared));
    CommitLog log = openLog(of);
    Opened storage =
        new Opened(
            this,
            of,
            log,
            Meta.number(of.get(Family.META, Meta.boots())),
            new LogJournal("test", log, 0, of::apply, vertx, new SimpleMeterRegistry()));
    synchronized (this) {
      gated = true;
      epoch = storage.epoch;
      store = of;
      closed = false;
      opened++;
    }
    return storage;
  }

  /** A log for this shard alone, so that its failures are not those of others. */
  private CommitLog openLog(Store of) {
    LogConfig config =
        new LogConfig(logDirectory, 1, SEGMENT_BYTES, 8, path -> new GatedFile(path));
    LogStores stores =
        new LogStores() {
          @Override
          public long persisted(int number) {
            return of.persisted();
          }

          @Override
          public void flush(int number) {
            of.flush();
          }
        };
    long[] applied = {of.applied()};
    CommitLog log =
        CommitLog.exists(logDirectory)
            ? CommitLog.open(config, stores, applied)
            : CommitLog.create(config, stores, applied);
    log.begin();
    log.replay(0, applied[0], (sequence, batch) -> of.apply(batch, sequence));
    long boots = Meta.number(of.get(Family.META, Meta.boots())) + 1;
    Batch boot = new Batch().put(Family.META, Meta.boots(), Keys.number(boots));
    of.apply(boot, log.appendNow(0, boot));
    return log;
  }

  /** A file of the log behind the gate. */
  private final class GatedFile implements LogFile {
    private final LogFile file;

    GatedFile(Path path) throws IOException {
      file = LogFile.Opener.DISK.open(path);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      boolean bad = pass(source.remaining());
      file.write(source, position);
      if (bad) {
        throw new IOException("disk error made by the test, after the write");
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Waits for the gate; true when the write is to fail after it was made. */
  private synchronized boolean pass(int bytes) throws IOException {
    if (!gated) {
      return false;
    }
    waiting++;
    notifyAll();
    while (held && goodWrites > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts a log", e);
      }
    }
    waiting--;
    boolean bad = goodWrites == 0;
    if (goodWrites != NEVER && goodWrites > 0) {
      goodWrites--;
    }
    if (bad && !writesTheFirstBad) {
      throw new IOException("disk error made by the test");
    }
    writesTheFirstBad = writesTheFirstBad && !bad;
    written.add(bytes);
    return bad;
  }

  private synchronized boolean broken() {
    return goodWrites != NEVER;
  }

  private record Opened(TestDisk disk, Store store, CommitLog log, long epoch, Journal journal)
      implements ShardStorage {
    @Override
    public StoreReader reader() {
      return store;
    }

    @Override
    public boolean moves() {
      return disk.moves;
    }

    @Override
    public Future<Void> confirm() {
      return disk.confirm();
    }

    @Override
    public void dropBelow(int bucket) {
      store.dropBelow(bucket);
    }

    @Override
    public void checkpoint(Path directory) {
      store.checkpoint(directory);
    }

    @Override
    public Future<Void> close() {
      return journal
          .close()
          .map(
              done -> {
                boolean failed = log.hasFailed() || disk.broken();
                log.close();
                if (failed) {
                  store.abandon(); // as after a crash: only the log has what was not flushed
                } else {
                  store.close();
                }
                disk.closed();
                return null;
              });
    }
  }
}
