package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;

/** One decision while it is made: an accepted signal is applied to a copy. Used once. */
final class Turn {
  private static final String GRACEFUL_NO_RETRY = "graceful stop requested: no retry";

  private final Invocation before;
  private final Transitions.Cell cell;
  private final Function function;
  private final PlatformBudget budget;
  private final long now;
  private final InvocationBuilder next;
  private final List<Effect> effects = new ArrayList<>(1);

  /**
   * A turn of {@code before}.
   *
   * @param cell what the table says of its status and the signal
   * @param function null when it has been deleted
   */
  Turn(
      Invocation before,
      Transitions.Cell cell,
      Function function,
      PlatformBudget budget,
      long now) {
    this.before = before;
    this.cell = cell;
    this.function = function;
    this.budget = budget;
    this.now = now;
    next = before.edit();
  }

  /** The decision on {@code signal}. */
  Decision take(Signal signal) {
    next.status = cell.next();
    next.reason = null;
    if (signal instanceof Signal.AttemptStarted s) {
      started(s);
    } else if (signal instanceof Signal.AttemptSucceeded s) {
      succeeded(s);
    } else if (signal instanceof Signal.AttemptFailed s) {
      failed(s);
    } else if (signal instanceof Signal.PlatformFailed s) {
      if (before.status().waiting()) {
        next.attempts = s.attempt();
        next.epoch = s.epoch();
      }
      platformFailed(s.error(), s.retryAfterMillis(), false);
    } else if (signal instanceof Signal.NodeLost s) {
      platformFailed(new RunError(RunError.Kind.PLATFORM, "NodeLost", s.detail()), 0, true);
    } else if (signal instanceof Signal.StopRequested s) {
      stopRequested(s);
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
    } else {
      throw new IllegalStateException(
          "the table accepts " + signal.kind() + ", nothing applies it");
    }
    settle();
    return new Decision(next.build(), effects);
  }

  private void started(Signal.AttemptStarted signal) {
    next.attempts = signal.attempt();
    next.epoch = signal.epoch();
    next.instance = signal.instance();
    next.startedAt = next.startedAt == 0 ? now : next.startedAt;
    next.event(Event.Type.RUNNING, now, "");
  }

  private void succeeded(Signal.AttemptSucceeded signal) {
    if (before.status() == Status.STOPPING) {
      gone("the attempt succeeded after the stop");
      return;
    }
    next.result = signal.result();
    next.log = signal.log();
    next.error = null;
    next.event(Event.Type.SUCCEEDED, now, "");
  }

  private void failed(Signal.AttemptFailed signal) {
    if (before.status() == Status.STOPPING) {
      gone(signal.error().type() + " after the stop");
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
      next.reason = whyFailed(signal.error());
      next.event(Event.Type.FAILED, now, describe(signal.error()));
    }
  }

  private String whyFailed(RunError error) {
    if (before.stop() != null) {
      return GRACEFUL_NO_RETRY;
    }
    if (function == null) {
      return "function deleted: no retry";
    }
    if (!function.retry().retryOn().contains(error.kind())) {
      return "errors of class " + error.kind() + " are not retried";
    }
    return "attempt " + next.failures + " of " + function.retry().maxAttempts() + " failed";
  }

  private void platformFailed(RunError error, long retryAfterMillis, boolean nodeLost) {
    if (before.status() == Status.STOPPING) {
      gone(describe(error));
      return;
    }
    next.error = error;
    next.platformFailures = before.platformFailures() + 1;
    next.platformSince = before.platformSince() == 0 ? now : before.platformSince();
    boolean spent = now - next.platformSince >= budget.totalMillis();
    if (before.stop() == null && !spent) {
      // A lost node is no reason to wait: the first loss in a row is run again at once.
      boolean atOnce = nodeLost && next.platformFailures == 1;
      long pause = atOnce ? 0 : budget.delayMillis(next.platformFailures, before.id().low());
      next.dueAt = now + Math.max(pause, retryAfterMillis);
      next.event(Event.Type.PLATFORM_RETRY, now, describe(error));
    } else {
      next.status = cell.exhausted();
      next.reason = spent ? "the platform kept failing: " + error.type() : GRACEFUL_NO_RETRY;
      next.event(Event.Type.FAILED, now, describe(error));
    }
  }

  private void stopRequested(Signal.StopRequested signal) {
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

  /** A cancelled attempt is over; {@code outcome}: what it still returned. */
  private void gone(String outcome) {
    next.event(Event.Type.RESULT_DISCARDED, now, outcome);
    next.event(Event.Type.STOP_GONE, now, "");
    next.event(Event.Type.STOPPED, now, "");
    next.reason = "stopped while running";
  }

  /** Times that follow from the status alone, and who is told. */
  private void settle() {
    if (next.status.terminal()) {
      RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
      next.endedAt = Math.max(now, next.acceptedAt);
      next.dueAt = 0;
      next.attentionAt = next.endedAt + retention.millisFor(next.status);
      effects.add(new Effect.Ended(before.id()));
      return;
    }
    boolean changed = next.status != before.status() || next.dueAt != before.dueAt();
    if (next.status.waiting() && changed) {
      effects.add(new Effect.RunAt(before.id(), next.dueAt));
    }
    next.attentionAt = Lifecycle.attentionAt(next, function);
  }

  private static String describe(RunError error) {
    return error.message().isEmpty() ? error.type() : error.type() + ": " + error.message();
  }
}
