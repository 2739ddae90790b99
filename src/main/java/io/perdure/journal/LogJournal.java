package io.perdure.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;

/**
 * The journal of a shard of a node that stands alone: a batch goes into the log of the node
 * together with those of the other shards, and once it is on disk there it is applied to the
 * shard's store, on the context of the caller, which is always the same one. So a commit that has
 * completed is readable.
 *
 * <p>Meters, tagged {@code shard}: {@code perdure.commit.time}, {@code perdure.commit.bytes} and
 * {@code perdure.commit.operations}, each per batch.
 */
public final class LogJournal implements Journal {
  /** Most batches that may wait. The shard's writer waits for its commits long before. */
  static final int WAITING_MAX = 1024;

  private static final System.Logger LOG = System.getLogger(LogJournal.class.getName());

  /** Takes a batch into the store. */
  @FunctionalInterface
  public interface Applier {
    /**
     * Applies {@code batch}, whole, and notes that it is the change number {@code sequence}.
     *
     * @throws RuntimeException when it failed
     */
    void apply(Batch batch, long sequence);
  }

  private final String name;
  private final CommitLog log;
  private final int store;
  private final Applier applier;
  private final Vertx vertx;
  private final CommitMeters meters;
  private final Promise<Void> ended = Promise.promise();

  /** Guards the three below. */
  private final Object lock = new Object();

  private int pending;
  private boolean closing;
  private JournalException failure;

  /**
   * A journal into {@code log}.
   *
   * @param name of the shard: tag of the meters
   * @param store number of the shard's store in the log
   */
  public LogJournal(
      String name, CommitLog log, int store, Applier applier, Vertx vertx, MeterRegistry meters) {
    this.name = name;
    this.log = log;
    this.store = store;
    this.applier = applier;
    this.vertx = vertx;
    this.meters = new CommitMeters(name, meters);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link JournalException}: when the log's write failed or the store did not take
   * the batch, which is in the log then; at once when an earlier commit had failed or the journal
   * is closed, and when {@value #WAITING_MAX} batches wait already; that, too, ends the journal,
   * since what follows may rest on the refused batch.
   */
  @Override
  public Future<Void> commit(Batch batch) {
    long began = System.nanoTime();
    Context context = vertx.getOrCreateContext();
    Promise<Void> promise = Promise.promise();
    synchronized (lock) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      if (closing) {
        return Future.failedFuture(new JournalException("journal " + name + " is closed", null));
      }
      if (pending >= WAITING_MAX) {
        failure =
            new JournalException(
                "journal " + name + " has ended: " + WAITING_MAX + " commits waited", null);
        return Future.failedFuture(failure);
      }
      try {
        log.append(
            store,
            batch,
            (sequence, e) -> {
              try {
                context.runOnContext(v -> logged(batch, sequence, e, promise, began));
              } catch (RejectedExecutionException rejected) {
                LOG.log(
                    Level.WARNING,
                    "journal " + name + ": Vert.x has ended, nobody hears of a commit",
                    rejected);
                oneLess();
              }
            });
      } catch (JournalException e) {
        failure = e;
        return Future.failedFuture(e);
      }
      pending++;
    }
    return promise.future();
  }

  private void logged(
      Batch batch, long sequence, JournalException e, Promise<Void> promise, long began) {
    JournalException broken = failedWith(e);
    if (broken == null) {
      try {
        applier.apply(batch, sequence);
      } catch (RuntimeException | Error f) {
        broken =
            failedWith(new JournalException("journal " + name + " failed: " + f.getMessage(), f));
      }
    }
    if (broken == null) {
      meters.committed(batch, began);
      promise.complete();
    } else {
      promise.fail(broken);
    }
    oneLess();
  }

  /** The first failure there was, {@code e} included. */
  private JournalException failedWith(JournalException e) {
    synchronized (lock) {
      if (failure == null) {
        failure = e;
      }
      return failure;
    }
  }

  private void oneLess() {
    boolean last;
    synchronized (lock) {
      pending--;
      last = closing && pending == 0;
    }
    if (last) {
      ended.tryComplete();
    }
  }

  /** {@inheritDoc} Completes where the last commit did; the log itself stays open. */
  @Override
  public Future<Void> close() {
    boolean last;
    synchronized (lock) {
      closing = true;
      last = pending == 0;
    }
    if (last) {
      ended.tryComplete();
    }
    return ended.future();
  }
}
