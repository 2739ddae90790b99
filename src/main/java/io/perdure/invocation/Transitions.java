package io.perdure.invocation;

import static io.perdure.invocation.Invocation.Mode.ASYNC;
import static io.perdure.invocation.Invocation.Mode.SYNC;
import static io.perdure.invocation.Signal.Kind.ATTEMPT_FAILED;
import static io.perdure.invocation.Signal.Kind.ATTEMPT_STARTED;
import static io.perdure.invocation.Signal.Kind.ATTEMPT_SUCCEEDED;
import static io.perdure.invocation.Signal.Kind.CANCEL_REQUESTED;
import static io.perdure.invocation.Signal.Kind.EVENT_AGE_EXCEEDED;
import static io.perdure.invocation.Signal.Kind.FUNCTION_DELETED;
import static io.perdure.invocation.Signal.Kind.GRACEFUL_STOP_REQUESTED;
import static io.perdure.invocation.Signal.Kind.NODE_LOST;
import static io.perdure.invocation.Signal.Kind.PLATFORM_FAILED;
import static io.perdure.invocation.Signal.Kind.STOP_PROGRESSED;
import static io.perdure.invocation.Status.ENQUEUED;
import static io.perdure.invocation.Status.EXPIRED;
import static io.perdure.invocation.Status.FAILED;
import static io.perdure.invocation.Status.INVALID;
import static io.perdure.invocation.Status.RETRYING;
import static io.perdure.invocation.Status.RUNNING;
import static io.perdure.invocation.Status.STOPPED;
import static io.perdure.invocation.Status.STOPPING;
import static io.perdure.invocation.Status.SUCCEEDED;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The life cycle as one table: no other class decides a next status. Where a budget decides, the
 * table names the status while the budget lasts and the one after it is spent.
 *
 * <p>What its caller waits for has no budget and no queue: it is never repeated, its age does not
 * matter, and once the node that had it is gone it has failed, begun or not.
 */
public final class Transitions {
  /**
   * A cell of the table.
   *
   * @param next status while the budget lasts, or when no budget is involved
   * @param exhausted status once the retry policy or the platform budget gives no further attempt
   */
  public record Cell(Status next, Status exhausted) {}

  private static final Map<Invocation.Mode, Map<Status, Map<Signal.Kind, Cell>>> TABLE =
      new EnumMap<>(Invocation.Mode.class);

  static {
    on(ENQUEUED, ATTEMPT_STARTED, RUNNING);
    // Could not be started: it keeps waiting, on the platform's budget.
    on(ASYNC, ENQUEUED, PLATFORM_FAILED, RETRYING, FAILED);
    on(SYNC, ENQUEUED, PLATFORM_FAILED, FAILED, FAILED);
    on(SYNC, ENQUEUED, NODE_LOST, FAILED, FAILED); // who waited for it is gone with the node
    on(ENQUEUED, CANCEL_REQUESTED, STOPPED); // passes through STOPPING, see Lifecycle
    on(ENQUEUED, GRACEFUL_STOP_REQUESTED, STOPPED); // nobody runs who could be told
    on(ASYNC, ENQUEUED, EVENT_AGE_EXCEEDED, EXPIRED, EXPIRED);
    on(ENQUEUED, FUNCTION_DELETED, INVALID);

    on(RUNNING, ATTEMPT_SUCCEEDED, SUCCEEDED);
    on(ASYNC, RUNNING, ATTEMPT_FAILED, RETRYING, FAILED);
    on(ASYNC, RUNNING, PLATFORM_FAILED, RETRYING, FAILED);
    on(ASYNC, RUNNING, NODE_LOST, RETRYING, FAILED);
    on(SYNC, RUNNING, ATTEMPT_FAILED, FAILED, FAILED);
    on(SYNC, RUNNING, PLATFORM_FAILED, FAILED, FAILED);
    on(SYNC, RUNNING, NODE_LOST, FAILED, FAILED);
    on(RUNNING, CANCEL_REQUESTED, STOPPING);
    on(RUNNING, GRACEFUL_STOP_REQUESTED, RUNNING); // an event; the outcome decides
    on(RUNNING, STOP_PROGRESSED, RUNNING);

    on(ASYNC, RETRYING, ATTEMPT_STARTED, RUNNING, RUNNING);
    on(ASYNC, RETRYING, PLATFORM_FAILED, RETRYING, FAILED);
    on(ASYNC, RETRYING, CANCEL_REQUESTED, STOPPED, STOPPED);
    on(ASYNC, RETRYING, GRACEFUL_STOP_REQUESTED, STOPPED, STOPPED);
    // Only when it never started, see Lifecycle.
    on(ASYNC, RETRYING, EVENT_AGE_EXCEEDED, EXPIRED, EXPIRED);
    on(ASYNC, RETRYING, FUNCTION_DELETED, INVALID, INVALID);

    // CANCEL was answered: whatever the attempt still returns is noted, not kept, and none follows.
    on(STOPPING, ATTEMPT_SUCCEEDED, STOPPED);
    on(STOPPING, ATTEMPT_FAILED, STOPPED);
    on(STOPPING, PLATFORM_FAILED, STOPPED);
    on(STOPPING, NODE_LOST, STOPPED);
    on(STOPPING, CANCEL_REQUESTED, STOPPING); // asked again, perhaps with a shorter grace
    on(STOPPING, STOP_PROGRESSED, STOPPING);
  }

  private Transitions() {}

  /** The cell for {@code signal} in {@code status}; empty when the status does not accept it. */
  public static Optional<Cell> next(Invocation.Mode mode, Status status, Signal.Kind signal) {
    return Optional.ofNullable(TABLE.get(mode).getOrDefault(status, Map.of()).get(signal));
  }

  private static void on(Status status, Signal.Kind signal, Status next) {
    for (Invocation.Mode mode : Invocation.Mode.values()) {
      on(mode, status, signal, next, next);
    }
  }

  private static void on(
      Invocation.Mode mode, Status status, Signal.Kind signal, Status next, Status exhausted) {
    TABLE
        .computeIfAbsent(mode, m -> new EnumMap<>(Status.class))
        .computeIfAbsent(status, s -> new EnumMap<>(Signal.Kind.class))
        .put(signal, new Cell(next, exhausted));
  }
}
