package io.perdure.invocation;

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
 */
public final class Transitions {
  /**
   * A cell of the table.
   *
   * @param next status while the budget lasts, or when no budget is involved
   * @param exhausted status once the retry policy or the platform budget gives no further attempt
   */
  public record Cell(Status next, Status exhausted) {}

  private static final Map<Status, Map<Signal.Kind, Cell>> TABLE = new EnumMap<>(Status.class);

  static {
    on(ENQUEUED, ATTEMPT_STARTED, RUNNING);
    // Could not be started: it keeps waiting, on the platform's budget.
    on(ENQUEUED, PLATFORM_FAILED, RETRYING, FAILED);
    on(ENQUEUED, CANCEL_REQUESTED, STOPPED); // passes through STOPPING, see Lifecycle
    on(ENQUEUED, GRACEFUL_STOP_REQUESTED, STOPPED); // nobody runs who could be told
    on(ENQUEUED, EVENT_AGE_EXCEEDED, EXPIRED);
    on(ENQUEUED, FUNCTION_DELETED, INVALID);

    on(RUNNING, ATTEMPT_SUCCEEDED, SUCCEEDED);
    on(RUNNING, ATTEMPT_FAILED, RETRYING, FAILED);
    on(RUNNING, PLATFORM_FAILED, RETRYING, FAILED);
    on(RUNNING, NODE_LOST, RETRYING, FAILED);
    on(RUNNING, CANCEL_REQUESTED, STOPPING);
    on(RUNNING, GRACEFUL_STOP_REQUESTED, RUNNING); // an event; the outcome decides
    on(RUNNING, STOP_PROGRESSED, RUNNING);

    on(RETRYING, ATTEMPT_STARTED, RUNNING);
    on(RETRYING, PLATFORM_FAILED, RETRYING, FAILED);
    on(RETRYING, CANCEL_REQUESTED, STOPPED);
    on(RETRYING, GRACEFUL_STOP_REQUESTED, STOPPED);
    on(RETRYING, EVENT_AGE_EXCEEDED, EXPIRED); // only when it never started, see Lifecycle
    on(RETRYING, FUNCTION_DELETED, INVALID);

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
  public static Optional<Cell> next(Status status, Signal.Kind signal) {
    return Optional.ofNullable(TABLE.getOrDefault(status, Map.of()).get(signal));
  }

  private static void on(Status status, Signal.Kind signal, Status next) {
    on(status, signal, next, next);
  }

  private static void on(Status status, Signal.Kind signal, Status next, Status exhausted) {
    TABLE
        .computeIfAbsent(status, s -> new EnumMap<>(Signal.Kind.class))
        .put(signal, new Cell(next, exhausted));
  }
}
