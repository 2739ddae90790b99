package io.perdure.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

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

  private final CommitLog log;
  private final int store;
  private final Applier applier;
  private final Vertx vertx;
  private final CommitMeters meters;
  private final UnderWay underWay;

  /**
   * A journal into {@code log}.
   *
   * @param name of the shard: tag of the meters
   * @param store number of the shard's store in the log
   */
  public LogJournal(
      String name, CommitLog log, int store, Applier applier, Vertx vertx, MeterRegistry meters) {
    this.log = log;
    this.store = store;
    this.applier = applier;
    this.vertx = vertx;
    this.meters = new CommitMeters(name, meters);
    this.underWay = new UnderWay(name, () -> {});
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fails with {@link JournalException}: when the log's write failed or the store did not take
   * the batch, which is in the log then; at once when an earlier commit had failed or the journal
   * is closed, and when {@value UnderWay#MAX} batches wait already; that, too, ends the journal,
   * since what follows may rest on the refused batch.
   */
  @Override
  public Future<Void> commit(Batch batch) {
    long began = System.nanoTime();
    Context context = vertx.getOrCreateContext();
    Promise<Void> promise = Promise.promise();
    if (!underWay.admit()) {
      return Future.failedFuture(underWay.refused());
    }
    try {
      log.append(
          store,
          batch,
          (sequence, e) -> underWay.goOn(context, v -> logged(batch, sequence, e, promise, began)));
    } catch (JournalException e) {
      JournalException first = underWay.failed(e);
      underWay.over();
      return Future.failedFuture(first);
    }
    return promise.future();
  }

  private void logged(
      Batch batch, long sequence, JournalException e, Promise<Void> promise, long began) {
    JournalException broken = e == null ? underWay.failure() : underWay.failed(e);
    if (broken == null) {
      try {
        applier.apply(batch, sequence);
      } catch (RuntimeException | Error f) {
        broken = underWay.failed(f.getMessage(), f);
      }
    }
    if (broken == null) {
      meters.committed(batch, began);
      promise.complete();
    } else {
      promise.fail(broken);
    }
    underWay.over();
  }

  /** {@inheritDoc} Completes where the last commit did; the log itself stays open. */
  @Override
  public Future<Void> close() {
    return underWay.close();
  }
}
