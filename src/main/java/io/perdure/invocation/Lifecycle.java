package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns a signal into the next value of an invocation and the effects that follow. Pure: reads no
 * clock, touches nothing, so the same input always gives the same decision.
 */
public final class Lifecycle {
  /** How long before its bucket may go a body of an unfinished invocation is moved to a later. */
  static final long BODY_MARGIN_MILLIS = 2 * BodyRef.BUCKET_MILLIS;

  private static final String GRACEFUL_NO_RETRY = "graceful stop requested: no retry";

  private Lifecycle() {}

  /**
   * What becomes of {@code now}'s invocation on {@code signal}.
   *
   * @param function the function as it is now; null when it has been deleted
   * @param budget for failures that are not the function's
   * @param nowMillis milliseconds since the epoch
   * @return empty when the status does not accept the signal or a later attempt has begun
   */
  public static Optional<Decision> decide(
      Invocation invocation,
      Signal signal,
      Function function,
      PlatformBudget budget,
      long nowMillis) {
    if (signal instanceof Signal.OfAttempt of && fenced(invocation, of)) {
      return Optional.empty();
    }
    return Transitions.next(invocation.status(), signal.kind())
        .map(cell -> apply(invocation, signal, cell, function, budget, nowMillis));
  }

  /** True when {@code signal} comes from another attempt than the one expected or running now. */
  private static boolean fenced(Invocation invocation, Signal.OfAttempt signal) {
    if (invocation.status().waiting()) {
      return signal.attempt() != invocation.attempts() + 1;
    }
    return signal.attempt() != invocation.attempts() || signal.epoch() != invocation.epoch();
  }

  private static Decision apply(
      Invocation before,
      Signal signal,
      Transitions.Cell cell,
      Function function,
      PlatformBudget budget,
      long now) {
    InvocationBuilder next = before.edit();
    List<Effect> effects = new ArrayList<>(1);
    next.status = cell.next();
    next.reason = null;
    if (signal instanceof Signal.AttemptStarted s) {
      next.attempts = s.attempt();
      next.epoch = s.epoch();
      next.instance = s.instance();
      next.startedAt = next.startedAt == 0 ? now : next.startedAt;
      next.event(Event.Type.RUNNING, now, "");
    } else if (signal instanceof Signal.AttemptSucceeded s) {
      if (before.status() == Status.STOPPING) {
        next.event(Event.Type.RESULT_DISCARDED, now, "the attempt succeeded after the stop");
        gone(next, now);
      } else {
        next.result = s.result();
        next.log = s.log();
        next.error = null;
        next.event(Event.Type.SUCCEEDED, now, "");
      }
    } else if (signal instanceof Signal.AttemptFailed s) {
      failed(before, s, cell, function, next, now);
    } else if (signal instanceof Signal.PlatformFailed s) {
      platformFailed(before, s.error(), s.retryAfterMillis(), s, cell, budget, next, now);
    } else if (signal instanceof Signal.NodeLost s) {
      RunError error = new RunError(RunError.Kind.PLATFORM, "NodeLost", s.detail());
      platformFailed(before, error, 0, null, cell, budget, next, now);
    } else if (signal instanceof Signal.StopRequested s) {
      stopRequested(before, s, next, effects, now);
    } else if (signal instanceof Signal.StopProgressed s) {
      next.event(s.step(), now, s.detail());
    } else if (signal instanceof Signal.EventAgeExceeded) {
      next.reason = "waited longer than its event age";
      next.error = new RunError(RunError.Kind.PLATFORM, "EventAgeExceeded", next.reason);
      next.event(Event.Type.EXPIRED, now, next.reason);
    } else if (signal instanceof Signal.FunctionDeleted s) {
      next.reason = s.detail();
      next.error = new RunError(RunError.Kind.PLATFORM, "FunctionDeleted", s.detail());
      next.event(Event.Type.INVALID, now, s.detail());
    }
    settle(before, next, function, effects, now);
    return new Decision(next.build(), effects);
  }

  private static void failed(
      Invocation before,
      Signal.AttemptFailed signal,
      Transitions.Cell cell,
      Function function,
      InvocationBuilder next,
      long now) {
    if (before.status() == Status.STOPPING) {
      next.event(Event.Type.RESULT_DISCARDED, now, signal.error().type() + " after the stop");
      gone(next, now);
      return;
    }
    next.error = signal.error();
    next.log = signal.log();
    next.failures = before.failures() + 1;
    next.platformFailures = 0;
    next.platformSince = 0;
    boolean again =
        before.stop() == null
            && function != null
            && function.retry().allows(next.failures, signal.error());
    if (again) {
      long pause = function.retry().delayMillis(next.failures, before.id().low());
      next.dueAt = now + Math.max(pause, signal.retryAfterMillis());
      next.event(Event.Type.RETRYING, now, describe(signal.error()));
    } else {
      next.status = cell.exhausted();
      next.result = signal.result();
      next.reason = whyFailed(before, signal.error(), next.failures, function);
      next.event(Event.Type.FAILED, now, describe(signal.error()));
    }
  }

  private static String whyFailed(
      Invocation before, RunError error, int failures, Function function) {
    if (before.stop() != null) {
      return GRACEFUL_NO_RETRY;
    }
    if (function == null) {
      return "function deleted: no retry";
    }
    if (!function.retry().retryOn().contains(error.kind())) {
      return "errors of class " + error.kind() + " are not retried";
    }
    return "attempt " + failures + " of " + function.retry().maxAttempts() + " failed";
  }

  private static void platformFailed(
      Invocation before,
      RunError error,
      long retryAfter,
      Signal.PlatformFailed signal,
      Transitions.Cell cell,
      PlatformBudget budget,
      InvocationBuilder next,
      long now) {
    if (signal != null && before.status().waiting()) {
      next.attempts = signal.attempt();
      next.epoch = signal.epoch();
    }
    if (before.status() == Status.STOPPING) {
      next.event(Event.Type.RESULT_DISCARDED, now, describe(error));
      gone(next, now);
      return;
    }
    next.error = error;
    next.platformFailures = before.platformFailures() + 1;
    next.platformSince = before.platformSince() == 0 ? now : before.platformSince();
    boolean spent = now - next.platformSince >= budget.totalMillis();
    if (before.stop() == null && !spent) {
      long pause = budget.delayMillis(next.platformFailures, before.id().low());
      // A lost node is no reason to wait: the first loss in a row is run again at once.
      boolean first = signal == null && next.platformFailures == 1;
      next.dueAt = now + Math.max(first ? 0 : pause, retryAfter);
      next.event(Event.Type.PLATFORM_RETRY, now, describe(error));
    } else {
      next.status = cell.exhausted();
      next.reason = spent ? "the platform kept failing: " + error.type() : GRACEFUL_NO_RETRY;
      next.event(Event.Type.FAILED, now, describe(error));
    }
  }

  private static void stopRequested(
      Invocation before,
      Signal.StopRequested signal,
      InvocationBuilder next,
      List<Effect> effects,
      long now) {
    next.stop = signal.mode();
    next.event(
        Event.Type.STOP_REQUESTED,
        now,
        (signal.mode() == StopMode.CANCEL ? "cancel" : "graceful") + " by " + signal.by());
    if (before.status().waiting()) {
      next.event(Event.Type.STOPPING, now, "not running");
      next.event(Event.Type.STOPPED, now, "");
      next.reason = "stopped by " + signal.by() + " before it ran";
      return;
    }
    if (next.status == Status.STOPPING && before.status() != Status.STOPPING) {
      next.event(Event.Type.STOPPING, now, "");
    }
    effects.add(
        new Effect.Interrupt(
            before.id(), before.epoch(), before.attempts(), signal.mode(), signal.graceMillis()));
  }

  /** A cancelled attempt is over. */
  private static void gone(InvocationBuilder next, long now) {
    next.event(Event.Type.STOP_GONE, now, "");
    next.event(Event.Type.STOPPED, now, "");
    next.reason = "stopped while running";
  }

  /** Times that follow from the status alone, and who is told. */
  private static void settle(
      Invocation before,
      InvocationBuilder next,
      Function function,
      List<Effect> effects,
      long now) {
    if (next.status.terminal()) {
      RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
      next.endedAt = Math.max(now, next.acceptedAt);
      next.dueAt = 0;
      next.attentionAt = next.endedAt + retention.millisFor(next.status);
      effects.add(new Effect.Ended(before.id()));
    } else {
      boolean changed = next.status != before.status() || next.dueAt != before.dueAt();
      if (next.status.waiting() && changed) {
        effects.add(new Effect.RunAt(before.id(), next.dueAt));
      }
      next.attentionAt = attentionAt(next, function);
    }
  }

  /** When the reaper is to look at an unfinished invocation; {@link Long#MAX_VALUE} for never. */
  public static long attentionAt(InvocationBuilder of, Function function) {
    long body =
        of.payload.isEmpty() ? Long.MAX_VALUE : of.payload.removableFrom() - BODY_MARGIN_MILLIS;
    boolean ages =
        of.status == Status.ENQUEUED && function != null && function.eventAgeMillis() > 0;
    return ages ? Math.min(body, of.acceptedAt + function.eventAgeMillis()) : body;
  }

  private static String describe(RunError error) {
    return error.message().isEmpty() ? error.type() : error.type() + ": " + error.message();
  }
}
