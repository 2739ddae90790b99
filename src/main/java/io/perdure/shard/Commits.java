package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The commit loop of a shard: one batch is being written while the next is being built. Belongs to
 * the shard's thread.
 */
final class Commits {
  private final Journal journal;
  private final Context context;
  private final Consumer<Batch> beforeFlush;
  private final Runnable afterCommit;
  private final Consumer<Throwable> onFailure;
  private final int batchBytes;

  private Open building = new Open(1);
  private Open writing;
  private long committed;
  private boolean scheduled;
  private boolean broken;

  /** A batch on its way. */
  private static final class Open {
    final long number;
    final Batch batch = new Batch();
    final List<Runnable> after = new ArrayList<>();
    final List<Promise<?>> promises = new ArrayList<>();

    Open(long number) {
      this.number = number;
    }
  }

  /**
   * A loop over {@code journal}.
   *
   * @param beforeFlush adds what belongs to every batch (counters)
   * @param afterCommit called after the actions of a committed batch
   * @param onFailure called once, with the reason, when a commit has failed
   */
  Commits(
      Journal journal,
      Context context,
      int batchBytes,
      Consumer<Batch> beforeFlush,
      Runnable afterCommit,
      Consumer<Throwable> onFailure) {
    this.journal = journal;
    this.context = context;
    this.batchBytes = batchBytes;
    this.beforeFlush = beforeFlush;
    this.afterCommit = afterCommit;
    this.onFailure = onFailure;
  }

  /** The batch being built; whoever adds to it calls {@link #changed()}. */
  Batch batch() {
    return building.batch;
  }

  /** Notes that the batch being built has content, and returns its number. */
  long changed() {
    if (!scheduled && writing == null) {
      scheduled = true;
      // To the end of the mailbox: what waits there already goes into the same batch.
      context.runOnContext(v -> flush());
    }
    return building.number;
  }

  /** Commands that wait for a commit. */
  int pending() {
    return building.promises.size() + (writing == null ? 0 : writing.promises.size());
  }

  /** Number of the newest batch that may still be uncommitted; 0 when all is committed. */
  long newestPending() {
    if (!building.batch.isEmpty()) {
      return building.number;
    }
    return writing == null ? 0 : writing.number;
  }

  long committed() {
    return committed;
  }

  /** Runs {@code action} once batch {@code number} is committed: now, if it is. */
  void after(long number, Runnable action) {
    if (number <= committed) {
      action.run();
    } else {
      open(number).after.add(action);
    }
  }

  /** Completes {@code promise} with what {@code answer} gives once the batch is committed. */
  <T> void answer(long number, Promise<T> promise, Supplier<T> answer) {
    if (number <= committed) {
      promise.complete(answer.get());
      return;
    }
    Open open = open(number);
    open.promises.add(promise);
    open.after.add(() -> promise.complete(answer.get()));
  }

  /** Completes when everything decided so far is committed. */
  Future<Void> settled() {
    Promise<Void> promise = Promise.promise();
    answer(newestPending(), promise, () -> null);
    return promise.future();
  }

  private Open open(long number) {
    return writing != null && writing.number == number ? writing : building;
  }

  private void flush() {
    scheduled = false;
    if (broken || writing != null || building.batch.isEmpty()) {
      return;
    }
    beforeFlush.accept(building.batch);
    writing = building;
    building = new Open(writing.number + 1);
    journal
        .commit(writing.batch)
        .onComplete(
            done -> {
              if (broken) {
                return;
              }
              if (done.failed()) {
                breakOff(done.cause());
                onFailure.accept(done.cause());
                return;
              }
              Open written = writing;
              committed = written.number;
              writing = null;
              for (Runnable action : written.after) {
                action.run();
              }
              afterCommit.run();
              if (!building.batch.isEmpty()) {
                // Large batches go at once; small ones let the mailbox fill them first.
                if (building.batch.sizeBytes() >= batchBytes) {
                  flush();
                } else {
                  changed();
                }
              }
            });
  }

  /** Answers everything pending as unavailable; nothing further is committed. */
  void breakOff(Throwable cause) {
    if (broken) {
      return;
    }
    broken = true;
    List<Promise<?>> unanswered = new ArrayList<>();
    if (writing != null) {
      unanswered.addAll(writing.promises);
    }
    unanswered.addAll(building.promises);
    FailureException failure =
        new FailureException(
            new Failure.Unavailable(
                "the store could not be written: " + cause.getMessage(), 5_000));
    for (Promise<?> promise : unanswered) {
      promise.tryFail(failure);
    }
  }
}
