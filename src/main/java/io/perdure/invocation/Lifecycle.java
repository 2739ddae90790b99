package io.perdure.invocation;

import java.util.Optional;

/**
 * Turns a signal into the next value of an invocation and the effects that follow. Pure: reads no
 * clock, touches nothing, so the same input always gives the same decision.
 */
public final class Lifecycle {
  /** How long before its bucket may go a body of an unfinished invocation is moved to a later. */
  static final long BODY_MARGIN_MILLIS = 2 * BodyRef.BUCKET_MILLIS;

  private Lifecycle() {}

  /**
   * What becomes of {@code invocation} on {@code signal}.
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
        .map(cell -> new Turn(invocation, cell, function, budget, nowMillis).take(signal));
  }

  /** True when {@code signal} comes from another attempt than the one expected or running now. */
  private static boolean fenced(Invocation invocation, Signal.OfAttempt signal) {
    if (invocation.status().waiting()) {
      return signal.attempt() != invocation.attempts() + 1;
    }
    return signal.attempt() != invocation.attempts() || signal.epoch() != invocation.epoch();
  }

  /** When the reaper is to look at an unfinished invocation; {@link Long#MAX_VALUE} for never. */
  public static long attentionAt(InvocationBuilder of, Function function) {
    long body =
        of.payload.isEmpty() ? Long.MAX_VALUE : of.payload.removableFrom() - BODY_MARGIN_MILLIS;
    boolean ages =
        of.status == Status.ENQUEUED && function != null && function.eventAgeMillis() > 0;
    return ages ? Math.min(body, of.acceptedAt + function.eventAgeMillis()) : body;
  }
}
