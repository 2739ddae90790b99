package io.perdure.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * A journal for a store that has a log of its own, the registry's: every commit is one synced write
 * of the store, made on a thread of its own. Batches that wait while one is being written are
 * written together, in order, so that they share the next sync. Called from any thread.
 *
 * <p>Meters, tagged {@code shard}: {@code perdure.commit.time}, {@code perdure.commit.bytes} and
 * {@code perdure.commit.operations}, each per synced write.
 */
public final class StandaloneJournal implements Journal {
  /** Most batches that may wait. The shard's writer waits for its commits long before. */
  static final int WAITING_MAX = 1024;

  /** Batches are joined up to this many bytes: more would only make the first wait for the last. */
  static final int JOINED_BYTES_MAX = 4 * 1024 * 1024;

  private static final System.Logger LOG = System.getLogger(StandaloneJournal.class.getName());

  private record Entry(Batch batch, Context context, Promise<Void> promise) {}

  private final String name;
  private final BatchWriter writer;
  private final Vertx vertx;
  private final CommitMeters meters;
  private final Promise<Void> ended = Promise.promise();

  /** Guards the three below. */
  private final Object lock = new Object();

  private final Queue<Entry> waiting = new ArrayDeque<>();
  private boolean closing;
  private JournalException failure;

  /**
   * Starts the thread.
   *
   * @param name of the shard: tag of the meters, part of the thread's name
   * @param writer called by the journal's thread only
   */
  public StandaloneJournal(String name, BatchWriter writer, Vertx vertx, MeterRegistry meters) {
    this.name = name;
    this.writer = writer;
    this.vertx = vertx;
    this.meters = new CommitMeters(name, meters);
    Thread thread = new Thread(this::run, "perdure-journal-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link JournalException}: when the write failed, at once when an earlier one had
   * or the journal is closed, and when {@value #WAITING_MAX} batches wait already; that, too, ends
   * the journal, since what follows may rest on the refused batch.
   */
  @Override
  public Future<Void> commit(Batch batch) {
    synchronized (lock) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      if (closing) {
        return Future.failedFuture(new JournalException("journal " + name + " is closed", null));
      }
      if (waiting.size() >= WAITING_MAX) {
        failure =
            new JournalException(
                "journal " + name + " has ended: " + WAITING_MAX + " commits waited", null);
        return Future.failedFuture(failure);
      }
      Promise<Void> promise = Promise.promise();
      waiting.add(new Entry(batch, vertx.getOrCreateContext(), promise));
      lock.notifyAll();
      return promise.future();
    }
  }

  /** {@inheritDoc} The future completes on the journal's thread when that is about to end. */
  @Override
  public Future<Void> close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    return ended.future();
  }

  private void run() {
    List<Entry> group = new ArrayList<>();
    while (takeInto(group)) {
      JournalException broken = failed();
      if (broken == null) {
        broken = write(group);
      }
      for (Entry entry : group) {
        complete(entry, broken);
      }
      group.clear();
    }
    ended.complete();
  }

  /** Waits for something to write; false when there is nothing and will be nothing any more. */
  private boolean takeInto(List<Entry> group) {
    synchronized (lock) {
      while (waiting.isEmpty()) {
        if (closing) {
          return false;
        }
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Nobody interrupts this thread but to end it; what was handed over is written first.
          closing = true;
        }
      }
      int size = 0;
      do {
        size += waiting.element().batch.sizeBytes();
        group.add(waiting.remove());
      } while (!waiting.isEmpty()
          && size + waiting.element().batch.sizeBytes() <= JOINED_BYTES_MAX);
      return true;
    }
  }

  private JournalException failed() {
    synchronized (lock) {
      return failure;
    }
  }

  private JournalException write(List<Entry> group) {
    Batch batch = group.get(0).batch;
    if (group.size() > 1) {
      batch = new Batch();
      for (Entry entry : group) {
        batch.append(entry.batch);
      }
    }
    long began = System.nanoTime();
    try {
      writer.write(batch);
    } catch (RuntimeException | Error e) {
      synchronized (lock) {
        failure = new JournalException("journal " + name + " has failed: " + e.getMessage(), e);
        return failure;
      }
    }
    meters.committed(batch, began);
    return null;
  }

  private void complete(Entry entry, JournalException failure) {
    try {
      entry.context.runOnContext(
          v -> {
            if (failure == null) {
              entry.promise.complete();
            } else {
              entry.promise.fail(failure);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.log(Level.WARNING, "journal " + name + ": Vert.x has ended, nobody hears of a commit", e);
    }
  }
}
