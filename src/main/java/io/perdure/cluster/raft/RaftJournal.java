package io.perdure.cluster.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.CommitMeters;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.perdure.journal.UnderWay;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
  /** A batch that has been handed over, and whom to tell. */
  private record Commit(Batch batch, Context context, Promise<Void> promise, long began) {}

  private final long term;
  private final Function<Handed, CompletionStage<Void>> log;
  private final HandOver handOver;
  private final Vertx vertx;
  private final CommitMeters meters;

  /** Guards the two below, too. */
  private final UnderWay underWay;

  private final Queue<Commit> waiting = new ArrayDeque<>();
  private boolean handing;

  /**
   * A journal for {@code term}.
   *
   * @param log puts an entry behind the earlier ones; fails, at once or later, with {@link
   *     NotLeaderException} when it was not accepted, else when it will not be known whether it
   *     comes into force
   * @param resign gives up leading the term; returns at once
   * @param handOver while leadership is handed on, commits wait for the end of that
   */
  RaftJournal(
      String name,
      long term,
      Function<Handed, CompletionStage<Void>> log,
      Runnable resign,
      HandOver handOver,
      Vertx vertx,
      MeterRegistry registry) {
    this.term = term;
    this.log = log;
    this.handOver = handOver;
    this.vertx = vertx;
    this.meters = new CommitMeters(name, registry);
    this.underWay = new UnderWay(name, resign);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link JournalException}: when the entry was not accepted, or another leader may
   * have followed before it was known to be; at once when an earlier commit had failed or the
   * journal is closed, and when {@value UnderWay#MAX} batches wait already; that, too, ends the
   * journal, since what follows may rest on the refused batch. Of a batch that will not come into
   * force for certain it says so: {@link JournalException#isRefused}.
   */
  @Override
  public Future<Void> commit(Batch batch) {
    Commit commit =
        new Commit(batch, vertx.getOrCreateContext(), Promise.promise(), System.nanoTime());
    boolean admitted;
    boolean alone = false;
    synchronized (underWay) {
      admitted = underWay.admit();
      if (admitted) {
        waiting.add(commit);
        alone = !handing;
        handing = true;
      }
    }
    if (!admitted) {
      return Future.failedFuture(JournalException.refused(underWay.refused()));
    }
    if (alone) {
      handOverSoon();
    }
    return commit.promise.future();
  }

  private void handOverSoon() {
    if (Context.isOnEventLoopThread()) {
      handOverOnAWorker();
    } else {
      handOverAll();
    }
  }

  private void handOverOnAWorker() {
    vertx
        .executeBlocking(this::handOverAll, false)
        .onFailure(e -> underWay.failed(e.getMessage(), e));
  }

  private Void handOverAll() {
    for (Commit commit = next(); commit != null; commit = next()) {
      handOver(commit);
    }
    return null;
  }

  private Commit next() {
    synchronized (underWay) {
      if (!waiting.isEmpty() && handOver.keepsBack(this::handOverOnAWorker)) {
        return null; // it is still handing over, as far as others are concerned
      }
      Commit commit = waiting.poll();
      handing = commit != null;
      return commit;
    }
  }

  private void handOver(Commit commit) {
    JournalException earlier = underWay.failure();
    if (earlier != null) {
      end(commit, JournalException.refused(earlier));
      return;
    }
    Iterator<Entry> entries = Entry.of(commit.batch, term).iterator();
    while (entries.hasNext() && underWay.failure() == null) {
      Entry entry = entries.next();
      boolean last = !entries.hasNext();
      try {
        log.apply(new Handed(entry, commit.batch, accepted -> applied(commit, accepted, last)))
            .whenComplete(
                (done, e) -> {
                  if (e != null) {
                    end(commit, failed(e, last));
                  }
                });
      } catch (RuntimeException e) {
        end(commit, underWay.failed(e.getMessage(), e));
      }
    }
    JournalException broken = underWay.failure();
    if (broken != null) {
      end(commit, broken);
    }
  }

  /** Without its last entry a batch does not come into force. */
  private JournalException failed(Throwable e, boolean last) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    JournalException failure = underWay.failed(cause.getMessage(), cause);
    return last && cause instanceof NotLeaderException
        ? JournalException.refused(failure)
        : failure;
  }

  private void applied(Commit commit, boolean accepted, boolean last) {
    if (!accepted) {
      end(commit, JournalException.refused(underWay.failed("term " + term + " had ended", null)));
    } else if (last) {
      end(commit, null);
    }
  }

  private void end(Commit commit, JournalException e) {
    underWay.goOn(commit.context, v -> tell(commit, e));
  }

  private void tell(Commit commit, JournalException e) {
    JournalException broken = e == null ? underWay.failure() : e;
    boolean first = broken == null ? commit.promise.tryComplete() : commit.promise.tryFail(broken);
    if (first) {
      if (broken == null) {
        meters.committed(commit.batch, commit.began);
      }
      underWay.over();
    }
  }

  /** {@inheritDoc} Completes where the last commit did; the group stays open. */
  @Override
  public Future<Void> close() {
    return underWay.close();
  }
}
