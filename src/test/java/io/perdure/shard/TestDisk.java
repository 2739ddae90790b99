package io.perdure.shard;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.journal.StandaloneJournal;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.Store;
import io.perdure.store.StoreException;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The real store and journal of one shard, with a gate in front of the disk: a write can be held
 * back, and from some write on every one can fail. Thread: any.
 */
final class TestDisk implements ShardStorage.Source {
  private static final int NEVER = Integer.MAX_VALUE;

  private final Path directory;
  private final Vertx vertx;
  private final StoreShared shared;

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

  TestDisk(Path directory, Vertx vertx, StoreShared shared) {
    this.directory = directory;
    this.vertx = vertx;
    this.shared = shared;
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

  /** Batches written, each as its number of operations. */
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

  // ---- what the shard sees

  @Override
  public synchronized ShardStorage open() {
    onOpening.run();
    if (refusals > 0) {
      refusals--;
      throw new StoreException("made by the test: cannot be opened", null);
    }
    Store of = Store.open(directory, StoreOptions.shard(shared));
    epoch = Meta.number(of.get(Family.META, Meta.boots())) + 1;
    of.write(new Batch().put(Family.META, Meta.boots(), Keys.number(epoch)));
    store = of;
    closed = false;
    opened++;
    BatchWriter gate = batch -> write(of, batch);
    return new Opened(
        this, of, epoch, new StandaloneJournal("test", gate, vertx, new SimpleMeterRegistry()));
  }

  private void write(Store to, Batch batch) {
    boolean bad;
    synchronized (this) {
      waiting++;
      notifyAll();
      while (held && goodWrites > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException("nobody interrupts a journal", e);
        }
      }
      waiting--;
      bad = goodWrites == 0;
      if (goodWrites != NEVER && goodWrites > 0) {
        goodWrites--;
      }
      if (bad && !writesTheFirstBad) {
        throw new IllegalStateException("disk error made by the test");
      }
      writesTheFirstBad = writesTheFirstBad && !bad;
      written.add(batch.operations());
    }
    to.write(batch);
    if (bad) {
      throw new IllegalStateException("disk error made by the test, after the write");
    }
  }

  private record Opened(TestDisk disk, Store store, long epoch, Journal journal)
      implements ShardStorage {
    @Override
    public StoreReader reader() {
      return store;
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
      // Completes on the journal's thread, as a storage may: no context of the caller is kept.
      return journal
          .close()
          .map(
              done -> {
                store.close();
                disk.closed();
                return null;
              });
    }
  }
}
