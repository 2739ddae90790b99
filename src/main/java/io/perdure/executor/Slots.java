package io.perdure.executor;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.executor.Attempt.Phase;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.Running;
import io.perdure.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The attempts that hold a slot of this node, from their start until nothing of them is left: time
 * limits and stops. What each of them is answered is for {@link Answers}. Belongs to the executor's
 * event loop.
 */
final class Slots {
  /** Longest grace of an attempt that has passed its time limit, 5 s. */
  static final long TIMEOUT_GRACE_MILLIS_MAX = 5_000;

  /** How long an end by force may take before the attempt is given up, 10 s. */
  static final long FORCE_MILLIS = 10_000;

  private static final System.Logger LOG = System.getLogger(Slots.class.getName());

  /** Who hands out slots. */
  interface Host {
    /** The attempt has its answer, or needs none. */
    void answered(Attempt attempt);

    /** The attempt's slot is free. */
    void freed(Attempt attempt);

    /** Has {@link Attempt#host} run {@code call}. */
    Running startElsewhere(Attempt attempt, Call call);
  }

  private final ExecutorConfig config;
  private final Clock clock;
  private final Shards shards;
  private final HandOvers handOvers;
  private final Map<String, FunctionRuntime> runtimes;
  private final ExecutorMeters meters;
  private final Host host;
  private final Holders holders = new Holders();
  private final Alarm alarm;
  private final Answers answers;

  Slots(
      ExecutorConfig config,
      Clock clock,
      Shards shards,
      HandOvers handOvers,
      Map<String, FunctionRuntime> runtimes,
      ExecutorMeters meters,
      Host host) {
    this.config = config;
    this.clock = clock;
    this.shards = shards;
    this.handOvers = handOvers;
    this.runtimes = runtimes;
    this.meters = meters;
    this.host = host;
    this.alarm = new Alarm(clock, holders, this::due);
    this.answers =
        new Answers(config.resultBytesMax(), shards, handOvers, meters, host::answered, this::free);
  }

  /** Slots of this node that are taken. */
  int size() {
    return holders.size();
  }

  /** Whether nothing runs here, nor elsewhere for this node. */
  boolean isIdle() {
    return holders.isEmpty();
  }

  /** Attempts of other nodes have taken so many slots more, or less. */
  void guests(int more) {
    holders.guests(more);
    meters.running(size());
  }

  /** Those that hold a slot now, to be gone through while they change. */
  List<Attempt> copy() {
    return holders.copy();
  }

  // ---- start and end

  /**
   * Gives {@code attempt} a slot and starts it.
   *
   * @param host another node, whose slot it is; null for this one
   */
  void start(Attempt attempt, Function function, String host) {
    attempt.function = function;
    attempt.host = host;
    attempt.startedNanos = meters.nanos();
    holders.add(attempt);
    meters.running(size());
    byte[] payload = attempt.payload;
    attempt.payload = null;
    if (payload != null) {
      run(attempt, payload);
    } else if (attempt.invocation.payload().isEmpty()) {
      run(attempt, Outcome.NOTHING);
    } else {
      fetch(attempt);
    }
  }

  private void fetch(Attempt attempt) {
    attempt.phase = Phase.FETCHING;
    shards
        .payload(attempt)
        .onComplete(
            payload -> {
              if (attempt.phase != Phase.FETCHING) {
                return; // given back meanwhile
              }
              if (payload.succeeded()) {
                run(attempt, payload.result());
              } else {
                String why = "the payload cannot be read: " + payload.cause().getMessage();
                answers.ended(attempt, Outcomes.platform("PayloadUnreadable", why));
              }
            });
  }

  private void run(Attempt attempt, byte[] payload) {
    Function function = attempt.function;
    attempt.phase = Phase.RUNNING;
    FunctionRuntime runtime = runtimes.get(function.runtime().kind());
    if (runtime == null) {
      String why = "this node has no runtime of kind " + function.runtime().kind();
      answers.ended(attempt, Outcomes.platform("NoRuntime", why));
      return;
    }
    attempt.room = attempt.direct ? handOvers.room() : null;
    Call call =
        new Call(
            attempt.invocation,
            function,
            attempt.epoch,
            attempt.number,
            payload,
            clock.millis() + function.timeoutMillis(),
            attempt.room == null ? ResultRoom.of(config.resultBytesMax()) : attempt.room,
            config.logBytesMax());
    try {
      attempt.running =
          attempt.host == null ? runtime.start(call) : host.startElsewhere(attempt, call);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "attempt " + attempt.describe() + " was not started, it is retried", e);
      answers.ended(attempt, Outcomes.platform("CannotStart", e.toString()));
      return;
    }
    attempt.forced = runtime.endsByForce();
    begin(attempt);
    attempt.running.outcome().onComplete(outcome -> answers.ended(attempt, outcome));
  }

  private void begin(Attempt attempt) {
    if (attempt.running.started().isComplete()) {
      began(attempt);
      return;
    }
    attempt
        .running
        .started()
        .onComplete(
            started -> {
              if (attempt.phase == Phase.RUNNING && !attempt.began) {
                began(attempt);
              }
            });
  }

  /** Its time limit counts from here: how long an instance takes to start is not its doing. */
  private void began(Attempt attempt) {
    attempt.deadline = clock.millis() + attempt.function.timeoutMillis();
    alarm.wakeAt(attempt.deadline);
    shards.began(attempt);
  }

  private void free(Attempt attempt) {
    if (attempt.slot >= 0) {
      leave(attempt);
      host.freed(attempt);
    }
  }

  private void leave(Attempt attempt) {
    holders.remove(attempt);
    meters.running(size());
  }

  // ---- stop

  /** Tells a running attempt to stop; the steps become events. */
  void stop(Attempt attempt, StopMode mode, long graceMillis) {
    attempt.stopAsked = true;
    attempt.running.stop(mode, graceMillis, steps(attempt));
    if (mode == StopMode.CANCEL) {
      giveUpAfter(attempt, graceMillis);
    }
  }

  /** Gives back what waits for its payload or an instance; what may have begun is left alone. */
  void takeBack(Attempt attempt) {
    boolean waits =
        attempt.phase == Phase.FETCHING
            || (attempt.phase == Phase.RUNNING && !attempt.began && attempt.running.withdraw());
    if (!waits) {
      return;
    }
    answers.released(attempt);
    free(attempt);
  }

  /**
   * Another node has not begun {@code attempt}, and will not.
   *
   * @param again whether it may wait for its turn once more
   * @return whether it is to: it has no slot any more then; else it is given back
   */
  boolean cameBack(Attempt attempt, boolean again) {
    if (attempt.phase == Phase.RUNNING && again && !attempt.stopAsked) {
      leave(attempt);
      attempt.phase = Phase.QUEUED;
      attempt.host = null;
      attempt.running = null;
      return true;
    }
    if (attempt.phase != Phase.ANSWERED) {
      answers.released(attempt);
    }
    free(attempt);
    return false;
  }

  /** Ends {@code attempt}; {@code error} is what is answered, null for no answer at all. */
  void end(Attempt attempt, RunError error) {
    if (error != null && attempt.phase != Phase.ANSWERED) {
      answers.broke(attempt, error);
    }
    answers.none(attempt);
    if (attempt.running == null) {
      free(attempt);
      return;
    }
    attempt.deadline = Attempt.NEVER;
    attempt.running.stop(StopMode.CANCEL, 0, steps(attempt));
    giveUpAfter(attempt, 0);
  }

  private BiConsumer<Running.StopStep, String> steps(Attempt attempt) {
    return (step, detail) -> {
      // Without a wish of somebody's (time limit), the outcome says it all.
      if (attempt.phase == Phase.RUNNING && attempt.stopAsked) {
        boolean delivered = step == Running.StopStep.DELIVERED;
        shards.stopped(
            attempt, delivered ? Event.Type.STOP_DELIVERED : Event.Type.STOP_ACKNOWLEDGED, detail);
      }
    };
  }

  private void passedItsLimit(Attempt attempt) {
    attempt.deadline = Attempt.NEVER;
    long limit = attempt.function.timeoutMillis();
    if (attempt.verdict == null) {
      attempt.verdict =
          new RunError(RunError.Kind.TIMEOUT, "Timeout", "ran longer than " + limit + " ms");
    }
    long grace = attempt.forced ? Math.min(limit, TIMEOUT_GRACE_MILLIS_MAX) : 0;
    attempt.running.stop(StopMode.CANCEL, grace, steps(attempt));
    giveUpAfter(attempt, grace);
  }

  /** Its end is waited for no longer than {@code graceMillis}, and what force takes. */
  private void giveUpAfter(Attempt attempt, long graceMillis) {
    if (attempt.slot < 0) {
      return; // it ended at once
    }
    if (!attempt.forced && graceMillis <= 0) {
      giveUp(attempt);
      return;
    }
    long at = clock.millis() + graceMillis + (attempt.forced ? FORCE_MILLIS : 0);
    attempt.giveUpAt = Math.min(attempt.giveUpAt, at);
    alarm.wakeAt(attempt.giveUpAt);
  }

  private void giveUp(Attempt attempt) {
    if (attempt.forced) {
      LOG.log(
          WARNING,
          "attempt {0} in {1} did not end by force, given up: it may go on",
          attempt.describe(),
          attempt.running.instance());
    }
    answers.abandon(attempt);
  }

  // ---- time

  void cancelAlarm() {
    alarm.cancel();
  }

  private void due(Attempt attempt, long now) {
    if (attempt.giveUpAt <= now) {
      giveUp(attempt);
    } else {
      passedItsLimit(attempt);
    }
  }
}
