package io.perdure.cluster.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.CommitMeters;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The journal of a group for one term that this node leads: a batch becomes an entry of its log, or
 * several. Called from any thread.
 *
 * <p>Entries are handed to Ratis by whoever commits, in order, unless that is an event loop: that
 * takes the lock of the member and may wait for its log. Then a worker does; it is never two at a
 * time. Two hand-offs fewer for each commit is what this gains over a thread of its own.
 *
 * <p>Meters, tagged {@code shard}: {@code perdure.commit.time}, {@code perdure.commit.bytes} and
 * {@code perdure.commit.operations}, each per batch.
 */
final class RaftJournal implements Journal {
  /** Most batches that may wait. The shard's writer waits for its commits long before. */
  static final int WAITING_MAX = 1024;

  private static final System.Logger LOG = System.getLogger(RaftJournal.class.getName());

  /** A batch that has been handed over, and whom to tell. */
  private record Commit(Batch batch, Context context, Promise<Void> promise, long began) {}

  private final String name;
  private final long term;
  private final Function<Handed, CompletionStage<Void>> log;
  private final Runnable resign;
  private final Vertx vertx;
  private final CommitMeters meters;
  private final Promise<Void> ended = Promise.promise();

  /** Guards the five below. */
  private final Object lock = new Object();

  private final Queue<Commit> waiting = new ArrayDeque<>();
  private boolean handing;
  private int pending;
  private boolean closing;
  private JournalException failure;

  /**
   * A journal for {@code term}.
   *
   * @param log puts an entry behind the earlier ones; fails, at once or later, when it will not be
   *     known whether it comes into force
   * @param resign gives up leading the term; returns at once
   */
  RaftJournal(
      String name,
      long term,
      Function<Handed, CompletionStage<Void>> log,
      Runnable resign,
      Vertx vertx,
      MeterRegistry registry) {
    this.name = name;
    this.term = term;
    this.log = log;
    this.resign = resign;
    this.vertx = vertx;
    this.meters = new CommitMeters(name, registry);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link JournalException}: when the entry was not accepted, or another leader may
   * have followed before it was known to be; at once when an earlier commit had failed or the
   * journal is closed, and when {@value #WAITING_MAX} batches wait already; that, too, ends the
   * journal, since what follows may rest on the refused batch.
   */
  @Override
  public Future<Void> commit(Batch batch) {
    Commit commit =
        new Commit(batch, vertx.getOrCreateContext(), Promise.promise(), System.nanoTime());
    boolean full = false;
    synchronized (lock) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      if (closing) {
        return Future.failedFuture(new JournalException("journal " + name + " is closed", null));
      }
      if (pending >= WAITING_MAX) {
        full = true;
      } else {
        pending++;
        waiting.add(commit);
        if (handing) {
          return commit.promise.future();
        }
        handing = true;
      }
    }
    if (full) {
      return Future.failedFuture(failed(WAITING_MAX + " commits waited", null));
    }
    if (Context.isOnEventLoopThread()) {
      vertx.executeBlocking(this::handOverAll, false).onFailure(e -> failed(e.getMessage(), e));
    } else {
      handOverAll();
    }
    return commit.promise.future();
  }

  private Void handOverAll() {
    for (Commit commit = next(); commit != null; commit = next()) {
      handOver(commit);
    }
    return null;
  }

  private Commit next() {
    synchronized (lock) {
      Commit commit = waiting.poll();
      handing = commit != null;
      return commit;
    }
  }

  private void handOver(Commit commit) {
    Iterator<Entry> entries = Entry.of(commit.batch, term).iterator();
    while (entries.hasNext() && failure() == null) {
      Entry entry = entries.next();
      boolean last = !entries.hasNext();
      try {
        log.apply(new Handed(entry, commit.batch, accepted -> applied(commit, accepted, last)))
            .whenComplete(
                (done, e) -> {
                  if (e != null) {
                    end(commit, failed(e.getMessage(), e));
                  }
                });
      } catch (RuntimeException e) {
        end(commit, failed(e.getMessage(), e));
      }
    }
    JournalException broken = failure();
    if (broken != null) {
      end(commit, broken);
    }
  }

  private void applied(Commit commit, boolean accepted, boolean last) {
    if (!accepted) {
      end(commit, failed("term " + term + " had ended", null));
    } else if (last) {
      end(commit, null);
    }
  }

  private JournalException failure() {
    synchronized (lock) {
      return failure;
    }
  }

  /** The first failure there was, this one if there was none. */
  private JournalException failed(String why, Throwable cause) {
    JournalException first;
    synchronized (lock) {
      if (failure != null) {
        return failure;
      }
      failure = new JournalException("journal " + name + " has ended: " + why, cause);
      first = failure;
    }
    resign.run();
    return first;
  }

  private void end(Commit commit, JournalException e) {
    try {
      commit.context.runOnContext(v -> tell(commit, e));
    } catch (RejectedExecutionException rejected) {
      LOG.log(
          Level.WARNING,
          "journal " + name + ": Vert.x has ended, nobody hears of a commit",
          rejected);
      oneLess();
    }
  }

  private void tell(Commit commit, JournalException e) {
    JournalException broken = e == null ? failure() : e;
    boolean first = broken == null ? commit.promise.tryComplete() : commit.promise.tryFail(broken);
    if (first) {
      if (broken == null) {
        meters.committed(commit.batch, commit.began);
      }
      oneLess();
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

  /** {@inheritDoc} Completes where the last commit did; the group stays open. */
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
