package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One decision while it is made: an accepted signal is applied to a copy. Used once. */
final class Turn {
  private static final String GRACEFUL_NO_RETRY = "graceful stop requested: no retry";
  private static final String SYNC_NO_RETRY = "synchronous: no retry";
  private static final String DELETED_NO_RETRY = "function deleted: no retry";

  private final Invocation before;
  private final Transitions.Cell cell;
  private final Function function;
  private final DeliveryTerms terms;
  private final PlatformBudget budget;

  /** What time it is: the next attempt is planned from here. */
  private final long now;

  /** The time written down: that of the newest event when the clock has stepped back behind it. */
  private final long at;

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
      DeliveryTerms terms,
      PlatformBudget budget,
      long now) {
    this.before = before;
    this.cell = cell;
    this.function = function;
    this.terms = terms;
    this.budget = budget;
    this.now = now;
    at = Math.max(now, before.lastAt());
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
      next.event(s.step(), at, s.detail());
    } else if (signal instanceof Signal.EventAgeExceeded) {
      next.reason = "waited longer than its event age";
      next.error = new RunError(RunError.Kind.PLATFORM, "EventAgeExceeded", next.reason);
      next.event(Event.Type.EXPIRED, at, next.reason);
    } else if (signal instanceof Signal.FunctionDeleted s) {
      next.reason = s.detail();
      next.error = new RunError(RunError.Kind.PLATFORM, s.type(), s.detail());
      next.event(Event.Type.INVALID, at, s.detail());
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
    next.version = signal.version();
    next.startedAt = next.startedAt == 0 ? at : next.startedAt;
    next.event(Event.Type.RUNNING, at, signal.node() == null ? "" : "on node " + signal.node());
  }

  private void succeeded(Signal.AttemptSucceeded signal) {
    if (before.status() == Status.STOPPING) {
      next.event(Event.Type.RESULT_DISCARDED, at, "the attempt succeeded after the stop");
      gone("");
      return;
    }
    next.result = signal.result();
    next.log = signal.log();
    next.memoryBytes = signal.memoryBytes();
    next.error = null;
    next.event(Event.Type.SUCCEEDED, at, resultNotKept(signal.result()));
  }

  private static String resultNotKept(BodyRef result) {
    return result.isKept() ? "" : "its result of " + result.bytes() + " bytes was not kept";
  }

  private void failed(Signal.AttemptFailed signal) {
    if (before.status() == Status.STOPPING) {
      next.event(Event.Type.RESULT_DISCARDED, at, signal.error().type() + " after the stop");
      gone("");
      return;
    }
    next.error = signal.error();
    next.log = signal.log();
    next.memoryBytes = signal.memoryBytes();
    next.failures = before.failures() + 1;
    next.platformFailures = 0;
    next.platformSince = 0;
    boolean again =
        before.mode() == Invocation.Mode.ASYNC
            && before.stop() == null
            && function != null
            && function.retry().allows(next.failures, signal.error());
    if (again) {
      long pause = function.retry().delayMillis(next.failures, before.id().low());
      long wish = Math.min(signal.retryAfterMillis(), RetryPolicy.BACKOFF_MILLIS_MAX);
      next.dueAt = now + Math.max(pause, wish);
      next.event(Event.Type.RETRYING, at, signal.error().describe());
    } else {
      next.status = cell.exhausted();
      next.result = signal.result();
      next.reason = whyFailed(signal.error());
      next.event(Event.Type.FAILED, at, signal.error().describe());
    }
  }

  private String whyFailed(RunError error) {
    if (before.stop() != null) {
      return GRACEFUL_NO_RETRY;
    }
    if (before.mode() == Invocation.Mode.SYNC) {
      return SYNC_NO_RETRY;
    }
    if (function == null) {
      return DELETED_NO_RETRY;
    }
    if (!function.retry().retryOn().contains(error.kind())) {
      return "errors of class " + error.kind() + " are not retried";
    }
    return "attempt " + next.failures + " of " + function.retry().maxAttempts() + " failed";
  }

  private void platformFailed(RunError error, long retryAfterMillis, boolean nodeLost) {
    if (before.status() == Status.STOPPING) {
      gone(error.describe());
      return;
    }
    next.error = error;
    next.platformFailures = before.platformFailures() + 1;
    next.platformSince = before.platformSince() == 0 ? now : before.platformSince();
    Optional<String> over = whyNoPlatformRetry(error);
    if (over.isEmpty()) {
      // A lost node is no reason to wait: the first loss in a row is run again at once.
      boolean atOnce = nodeLost && next.platformFailures == 1;
      long pause = atOnce ? 0 : budget.delayMillis(next.platformFailures, before.id().low());
      long left = budget.totalMillis() - (now - next.platformSince);
      next.dueAt = now + Math.min(left, Math.max(pause, retryAfterMillis));
      next.event(Event.Type.PLATFORM_RETRY, at, error.describe());
    } else {
      next.status = cell.exhausted();
      next.reason = over.get();
      next.event(Event.Type.FAILED, at, error.describe());
    }
  }

  private Optional<String> whyNoPlatformRetry(RunError error) {
    if (before.stop() != null) {
      return Optional.of(GRACEFUL_NO_RETRY);
    }
    if (before.mode() == Invocation.Mode.SYNC) {
      return Optional.of(SYNC_NO_RETRY);
    }
    // What waits becomes INVALID when its turn comes.
    if (function == null && !before.status().waiting()) {
      return Optional.of(DELETED_NO_RETRY);
    }
    return now - next.platformSince >= budget.totalMillis()
        ? Optional.of("the platform kept failing: " + error.type())
        : Optional.empty();
  }

  private void stopRequested(Signal.StopRequested signal) {
    next.stop = signal.mode();
    next.event(
        Event.Type.STOP_REQUESTED,
        at,
        (signal.mode() == StopMode.CANCEL ? "cancel" : "graceful") + " by " + signal.by());
    if (before.status().waiting()) {
      next.event(Event.Type.STOPPING, at, "not running");
      next.event(Event.Type.STOPPED, at, "");
      next.reason =
          "stopped by "
              + signal.by()
              + " before it ran"
              + (before.startedAt() == 0 ? "" : " again");
      return;
    }
    if (next.status == Status.STOPPING && before.status() != Status.STOPPING) {
      next.event(Event.Type.STOPPING, at, "");
    }
    effects.add(
        new Effect.Interrupt(
            before.id(), before.epoch(), before.attempts(), signal.mode(), signal.graceMillis()));
  }

  /** A cancelled attempt is over. */
  private void gone(String detail) {
    next.event(Event.Type.STOP_GONE, at, detail);
    next.event(Event.Type.STOPPED, at, "");
    next.reason = "stopped while running";
  }

  /** Times that follow from the status alone, and who is told. */
  private void settle() {
    if (next.status.terminal()) {
      RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
      next.endedAt = at;
      next.dueAt = 0;
      next.attentionAt = next.endedAt + retention.millisFor(next.status);
      effects.add(new Effect.Ended(before.id()));
      DeliveryTurn.owe(next, terms, at, effects);
      return;
    }
    if (next.status.waiting()) { // another attempt, also when status and time are as before
      effects.add(new Effect.RunAt(before.id(), next.dueAt));
    }
    next.attentionAt = Lifecycle.attentionAt(next, function);
  }
}
