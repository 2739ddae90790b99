package io.perdure.executor;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.executor.Attempt.Phase;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.RunError;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.vertx.core.AsyncResult;
import java.util.function.Consumer;

/**
 * The one answer that an attempt gets: what came of it is told to its shard, and a result that is
 * too large to be kept is put where its caller fetches it. Belongs to the executor's event loop.
 */
final class Answers {
  private static final System.Logger LOG = System.getLogger(Answers.class.getName());

  private final int resultBytesMax;
  private final Shards shards;
  private final HandOvers handOvers;
  private final ExecutorMeters meters;
  private final Consumer<Attempt> answered;
  private final Consumer<Attempt> over;

  /**
   * None yet.
   *
   * @param resultBytesMax largest result that is kept
   * @param answered told of each attempt that has its answer, or needs none
   * @param over told, behind that, of each whose runtime has nothing to do with it any more
   */
  Answers(
      int resultBytesMax,
      Shards shards,
      HandOvers handOvers,
      ExecutorMeters meters,
      Consumer<Attempt> answered,
      Consumer<Attempt> over) {
    this.resultBytesMax = resultBytesMax;
    this.shards = shards;
    this.handOvers = handOvers;
    this.meters = meters;
    this.answered = answered;
    this.over = over;
  }

  /** Its runtime is done with it. */
  void ended(Attempt attempt, AsyncResult<Outcome> outcome) {
    if (outcome.succeeded()) {
      ended(attempt, outcome.result());
      return;
    }
    LOG.log(
        ERROR, "attempt " + attempt.describe() + " has no outcome, it is retried", outcome.cause());
    ended(attempt, Outcomes.platform("NoOutcome", outcome.cause().toString()));
  }

  /** As above, or it never came to a runtime. */
  void ended(Attempt attempt, Outcome outcome) {
    byte[] result = outcome.result();
    boolean wanted = attempt.phase != Phase.ANSWERED && attempt.verdict == null;
    if (!wanted || attempt.room == null || result.length <= resultBytesMax) {
      ended(attempt, outcome, null);
    } else if (!attempt.room.admits(result.length)) {
      ended(attempt, Outcomes.resultTooLarge(attempt.room, outcome.log()), null);
    } else {
      HandOvers.describe(result)
          .onSuccess(unkept -> ended(attempt, outcome, unkept))
          .onFailure(
              e -> ended(attempt, Outcomes.platform("ResultUnreadable", e.toString()), null));
    }
  }

  /**
   * @param unkept what the record tells of a result that its caller fetches, or null
   */
  private void ended(Attempt attempt, Outcome outcome, BodyRef unkept) {
    if (attempt.phase != Phase.ANSWERED) {
      give(attempt, outcome, unkept);
    }
    over.accept(attempt);
  }

  /** It is given up: its runtime may go on. */
  void abandon(Attempt attempt) {
    if (attempt.phase != Phase.ANSWERED) {
      String why = "told to stop, it did not end within its grace; it may go on";
      give(attempt, Outcomes.platform("Abandoned", why), null);
    }
    over.accept(attempt);
  }

  /** It failed with {@code error}, whatever its runtime may say yet. */
  void broke(Attempt attempt, RunError error) {
    broke(attempt, new Outcome.Failed(error), null);
  }

  /** It is given back to its shard: nothing has begun. */
  void released(Attempt attempt) {
    shards.released(attempt);
    none(attempt);
  }

  /** It gets none any more. */
  void none(Attempt attempt) {
    attempt.phase = Phase.ANSWERED;
    if (attempt.room != null) {
      attempt.room.release();
    }
    answered.accept(attempt);
  }

  private void give(Attempt attempt, Outcome outcome, BodyRef unkept) {
    RunError verdict = attempt.verdict;
    if (verdict == null && unkept != null) {
      handOvers.put(attempt.id(), outcome.result(), attempt.room);
      attempt.room = null; // it is the hand-over's now
    }
    if (verdict != null) {
      byte[] log = outcome.log();
      long memoryBytes = outcome.memoryBytes();
      broke(attempt, new Outcome.Failed(verdict, 0, Outcome.NOTHING, log, memoryBytes), null);
    } else if (outcome instanceof Outcome.Succeeded succeeded) {
      beganFirst(attempt);
      shards.succeeded(attempt, succeeded, unkept);
      meters.succeeded(attempt.kind(), attempt.startedNanos);
      none(attempt);
    } else if (outcome instanceof Outcome.Failed failed) {
      broke(attempt, failed, unkept);
    } else if (outcome instanceof Outcome.PlatformFailed failed) {
      RunError error = failed.error();
      long retryAfterMillis = failed.retryAfterMillis();
      byte[] none = Outcome.NOTHING;
      broke(attempt, new Outcome.Failed(error, retryAfterMillis, none, none), null);
    }
  }

  private void broke(Attempt attempt, Outcome.Failed failed, BodyRef unkept) {
    if (failed.error().kind() != RunError.Kind.PLATFORM) {
      beganFirst(attempt);
    }
    shards.broke(attempt, failed, unkept);
    meters.broke(attempt.kind(), failed.error().kind(), attempt.startedNanos);
    none(attempt);
  }

  /** What is not the platform's failure is the outcome of something that has begun. */
  private void beganFirst(Attempt attempt) {
    if (!attempt.began) {
      shards.began(attempt);
    }
  }
}
