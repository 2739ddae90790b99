package io.perdure.shard;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.store.StoreException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The commit loop of a shard: batches are on their way, in order, while the next is being built.
 * Belongs to the shard's thread.
 */
final class Commits {
  /**
   * How batches follow each other.
   *
   * @param writingMax so many may be on their way
   * @param gatherMillisMax after a batch in which many had a share, the next one is left open for
   *     as long as that took to commit, and for no longer than this; 0 for not at all
   */
  record Pace(int writingMax, long gatherMillisMax) {
    /**
     * Where batches go to the log of the node. While it writes one, the other waits to be part of
     * its next write: with one alone, what is decided during a write would miss the next, which
     * begins before this thread has heard of the end of the first. More would only be smaller ones.
     */
    static final Pace LOCAL = new Pace(2, 0);

    /**
     * Where each commit is an entry that replicas agree on, which costs them milliseconds of CPU
     * together whatever its size: so fewer and larger ones. Those who have been answered are about
     * to ask again, and would else have missed a batch that went without them.
     */
    static final Pace REPLICATED = new Pace(1, 10);
  }

  /** A batch with so many answers and effects is one of many: of a few it would only delay them. */
  private static final int MANY = 16;

  private static final long NANOS_OF_MILLI = 1_000_000;

  private static final System.Logger LOG = System.getLogger(Commits.class.getName());

  /** What the shard does around a commit. */
  interface Hooks {
    /** Adds what belongs to every batch (counters); the batch is on its way after that. */
    void beforeFlush(Batch batch);

    /** The first of those on their way is committed; called before its answers and effects. */
    void committed();

    /** Called after the answers and effects of a committed batch. */
    void afterCommit();
  }

  private final Journal journal;
  private final Context context;
  private final LongSupplier nanos;
  private final Pace pace;
  private final int batchBytes;
  private final Hooks hooks;
  private final Consumer<Throwable> onFailure;

  private final Deque<Open> writing = new ArrayDeque<>(2);
  private Open building = new Open(1);
  private long committed;
  private boolean scheduled;

  /** Until then the batch being built stays open. */
  private long openUntilNanos;

  /** The last batch that may set out. */
  private long lastOut = Long.MAX_VALUE;

  private boolean refused;
  private FailureException broken;

  /** A batch on its way. */
  private static final class Open {
    final long number;
    final Batch batch = new Batch();
    final List<Runnable> after = new ArrayList<>();
    final List<Promise<?>> promises = new ArrayList<>();

    /** Of those who changed nothing. */
    final List<Promise<?>> readers = new ArrayList<>();

    /** When it set out. */
    long beganNanos;

    Open(long number) {
      this.number = number;
    }

    boolean isEmpty() {
      return batch.isEmpty() && after.isEmpty();
    }
  }

  /**
   * A loop over {@code journal}.
   *
   * @param nanos elapsed time
   * @param batchBytes a batch of that size does not wait for the rest of the mailbox
   * @param onFailure called with the reason when a commit or what followed it has failed; it breaks
   *     off
   */
  Commits(
      Journal journal,
      Context context,
      LongSupplier nanos,
      Pace pace,
      int batchBytes,
      Hooks hooks,
      Consumer<Throwable> onFailure) {
    this.journal = journal;
    this.context = context;
    this.nanos = nanos;
    this.openUntilNanos = nanos.getAsLong();
    this.pace = pace;
    this.batchBytes = batchBytes;
    this.hooks = hooks;
    this.onFailure = onFailure;
  }

  /** The batch being built, to be added to: it will be written. */
  Batch batch() {
    changed();
    return building.batch;
  }

  /** Size of the batch being built. */
  int sizeBytes() {
    return building.batch.sizeBytes();
  }

  /** Number of the batch being built, which will be written. */
  long changed() {
    if (!scheduled && !isHeld() && writing.size() < pace.writingMax) {
      scheduled = true;
      long open = openUntilNanos - nanos.getAsLong();
      if (open > 0) {
        context.owner().setTimer(open / NANOS_OF_MILLI + 1, timer -> flush());
      } else {
        // To the end of the mailbox: what waits there already goes into the same batch.
        context.runOnContext(v -> flush());
      }
    }
    return building.number;
  }

  /** Commands that wait for a commit. */
  int pending() {
    int pending = building.promises.size() + building.readers.size();
    for (Open open : writing) {
      pending += open.promises.size() + open.readers.size();
    }
    return pending;
  }

  /** Number of the newest batch that may still be uncommitted; 0 when all is committed. */
  long newestPending() {
    if (!building.isEmpty()) {
      return building.number;
    }
    return writing.isEmpty() ? 0 : writing.getLast().number;
  }

  long committed() {
    return committed;
  }

  /** Whether it was the journal that failed, and not what followed a commit. */
  boolean refused() {
    return refused;
  }

  /** Runs {@code action} once batch {@code number} is committed: now, if it is. */
  void after(long number, Runnable action) {
    if (number <= committed) {
      action.run();
    } else {
      open(number).after.add(action);
    }
  }

  /**
   * Completes {@code promise}, of one whose change the batch holds, with what {@code answer} gives
   * once it is committed.
   */
  <T> void answer(long number, Promise<T> promise, Supplier<T> answer) {
    answer(number, promise, answer, open -> open.promises);
  }

  /**
   * What {@code answer} gives once the batch is committed, for one who only asks: he may ask again
   * whatever becomes of the batch.
   */
  <T> Future<T> told(long number, Supplier<T> answer) {
    Promise<T> promise = Promise.promise();
    answer(number, promise, answer, open -> open.readers);
    return promise.future();
  }

  private <T> void answer(
      long number, Promise<T> promise, Supplier<T> answer, Function<Open, List<Promise<?>>> among) {
    if (number <= committed) {
      promise.complete(answer.get());
      return;
    }
    if (broken != null) {
      promise.fail(broken);
      return;
    }
    Open open = open(number);
    among.apply(open).add(promise);
    open.after.add(() -> promise.complete(answer.get()));
  }

  /** Completes when everything decided so far is committed. */
  Future<Void> settled() {
    return told(newestPending(), () -> null);
  }

  /**
   * What is decided from now on waits until it is released, and is undecided until then.
   *
   * @return completes when everything decided so far is committed
   */
  Future<Void> hold() {
    if (!isHeld()) {
      lastOut = building.isEmpty() ? building.number - 1 : building.number;
    }
    return told(Math.min(lastOut, newestPending()), () -> null);
  }

  /** Lets go what was held. */
  void release() {
    lastOut = Long.MAX_VALUE;
    if (!building.isEmpty()) {
      changed();
    }
  }

  private boolean isHeld() {
    return building.number > lastOut;
  }

  private Open open(long number) {
    for (Open open : writing) {
      if (open.number == number) {
        return open;
      }
    }
    return building;
  }

  private void flush() {
    scheduled = false;
    boolean restsOnOthers = building.batch.isEmpty() && !writing.isEmpty();
    if (broken != null
        || building.isEmpty()
        || restsOnOthers
        || isHeld()
        || writing.size() == pace.writingMax) {
      return;
    }
    Open batch = building;
    writing.add(batch);
    batch.beganNanos = nanos.getAsLong();
    building = new Open(batch.number + 1);
    try {
      hooks.beforeFlush(batch.batch);
      if (batch.batch.isEmpty()) {
        written(); // a decision that changed nothing: what it rests on is committed
      } else {
        journal.commit(batch.batch).onComplete(this::ended);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void ended(AsyncResult<Void> write) {
    if (broken != null) {
      return;
    }
    if (write.failed()) {
      refused = true;
      fail(write.cause());
      return;
    }
    try {
      written();
    } catch (RuntimeException e) {
      fail(e); // what memory knows cannot be trusted any more
    }
  }

  private void written() {
    Open batch = writing.remove();
    committed = batch.number;
    gather(batch);
    hooks.committed();
    StoreException failure = null;
    for (Runnable action : batch.after) {
      // The batch is on disk: whatever one action meets, the others have their turn.
      try {
        action.run();
      } catch (StoreException e) {
        failure = failure == null ? e : failure;
      } catch (RuntimeException e) {
        LOG.log(ERROR, "an answer or effect of a committed batch failed, the others go on", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    hooks.afterCommit();
    if (building.isEmpty() || broken != null) {
      return;
    }
    // Large batches go at once; small ones let the mailbox fill them first.
    if (building.batch.sizeBytes() >= batchBytes) {
      flush();
    } else {
      changed();
    }
  }

  /** Lets those who had a share in {@code batch} ask again before the next one sets out. */
  private void gather(Open batch) {
    long now = nanos.getAsLong();
    long most = batch.after.size() < MANY ? 0 : pace.gatherMillisMax * NANOS_OF_MILLI;
    openUntilNanos = now + Math.min(now - batch.beganNanos, most);
  }

  private void fail(Throwable cause) {
    if (broken == null) {
      onFailure.accept(cause);
    }
  }

  /**
   * Answers everything pending; nothing further is committed.
   *
   * @param undecided to those of whose requests nothing can have come into force
   * @param unknown to those whose changes have been handed to the journal
   */
  void breakOff(Failure undecided, Failure unknown) {
    if (broken != null) {
      return;
    }
    broken = new FailureException(undecided);
    List<Promise<?>> changes = new ArrayList<>();
    List<Promise<?>> unaffected = new ArrayList<>(building.promises);
    for (Open open : writing) {
      changes.addAll(open.promises);
      unaffected.addAll(open.readers);
    }
    unaffected.addAll(building.readers);
    FailureException notKnown = new FailureException(unknown);
    changes.forEach(promise -> promise.tryFail(notKnown));
    unaffected.forEach(promise -> promise.tryFail(broken));
  }
}
