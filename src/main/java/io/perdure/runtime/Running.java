package io.perdure.runtime;

import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.util.function.BiConsumer;

/** An attempt under way. All calls on the executor's event loop. */
public interface Running {
  /**
   * Where it runs, for the record: "pid 4711", "http://...", an address. Never null; final once
   * {@link #started()} has completed.
   */
  String instance();

  /**
   * Completes, never fails, when the attempt has begun, at the latest with its outcome. Its time
   * limit runs from then; what comes before has limits of the runtime's own.
   */
  default Future<Void> started() {
    return Future.succeededFuture();
  }

  /**
   * Takes the attempt back unless it may have begun. When true, it never begins, nothing of it is
   * left, and its futures are of no interest any more.
   */
  default boolean withdraw() {
    return false;
  }

  /** Completes, never fails, once nothing of the attempt is left. */
  Future<Outcome> outcome();

  /**
   * Asks the attempt to stop; {@link #outcome()} completes when it has. May be called again, with a
   * harder mode or a shorter grace; of two graces the one that ends first counts.
   *
   * @param mode CANCEL: ended by force after the grace; GRACEFUL: only told
   * @param graceMillis 0 for by force at once
   * @param steps told "delivered" and "acknowledged" with a detail, as they happen
   */
  void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> steps);

  /** A step of a stop. */
  enum StopStep {
    DELIVERED,
    ACKNOWLEDGED
  }
}
