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

  /** As the longer one, for what has no destination. */
  public static Optional<Decision> decide(
      Invocation invocation,
      Signal signal,
      Function function,
      PlatformBudget budget,
      long nowMillis) {
    return decide(invocation, signal, function, DeliveryTerms.NONE, budget, nowMillis);
  }

  /**
   * What becomes of {@code invocation} on {@code signal}.
   *
   * @param function the function as it is now; null when it has been deleted
   * @param terms where its outcome is delivered to once it ends
   * @param budget for failures that are not the function's
   * @param nowMillis milliseconds since the epoch
   * @return empty when nothing changes: the status does not accept the signal, it comes from
   *     another attempt than the present one, or the event age it speaks of is not exceeded
   */
  public static Optional<Decision> decide(
      Invocation invocation,
      Signal signal,
      Function function,
      DeliveryTerms terms,
      PlatformBudget budget,
      long nowMillis) {
    if (signal instanceof Signal.OfAttempt of && fenced(invocation, of)) {
      return Optional.empty();
    }
    if (signal instanceof Signal.EventAgeExceeded && !tooOld(invocation, function, nowMillis)) {
      return Optional.empty();
    }
    return Transitions.next(invocation.mode(), invocation.status(), signal.kind())
        .map(cell -> new Turn(invocation, cell, function, terms, budget, nowMillis).take(signal));
  }

  /**
   * What becomes of {@code invocation} when an attempt to deliver its outcome has ended.
   *
   * @param function the function as it is now; null when it has been deleted
   * @param nowMillis milliseconds since the epoch
   * @return empty when nothing changes: it owes no delivery, or the outcome is of another attempt
   *     than the one expected
   */
  public static Optional<Decision> delivered(
      Invocation invocation,
      DeliveryOutcome outcome,
      Function function,
      DeliveryPolicy policy,
      long nowMillis) {
    return invocation.owes() && outcome.attempt() == invocation.delivery().attempts() + 1
        ? Optional.of(new DeliveryTurn(invocation, policy, nowMillis).take(outcome, function))
        : Optional.empty();
  }

  /**
   * True when {@link Signal.EventAgeExceeded} would be accepted: it waits, was never started, and
   * its event age is over. What its caller waits for has no age.
   *
   * @param function null when it has been deleted
   */
  public static boolean tooOld(Invocation invocation, Function function, long nowMillis) {
    return invocation.status().waiting()
        && nowMillis
            >= tooOldAt(
                invocation.mode(), invocation.acceptedAt(), invocation.startedAt(), function);
  }

  /**
   * When the reaper is to look at an unfinished invocation, because it becomes too old to be
   * started or because a body of it would be removed; {@link Long#MAX_VALUE} for never.
   *
   * @param function null when it has been deleted
   */
  public static long attentionAt(InvocationBuilder of, Function function) {
    long bodies = Math.min(movableAt(of.payload), movableAt(of.log));
    return of.status.waiting()
        ? Math.min(bodies, tooOldAt(of.mode, of.acceptedAt, of.startedAt, function))
        : bodies;
  }

  private static long movableAt(BodyRef body) {
    return body.isEmpty() || !body.isKept()
        ? Long.MAX_VALUE
        : body.removableFrom() - BODY_MARGIN_MILLIS;
  }

  /** When it may no longer be started for the first time; {@link Long#MAX_VALUE} for never. */
  private static long tooOldAt(
      Invocation.Mode mode, long acceptedAt, long startedAt, Function function) {
    boolean ages =
        mode == Invocation.Mode.ASYNC
            && startedAt == 0
            && function != null
            && function.eventAgeMillis() > 0;
    return ages ? acceptedAt + function.eventAgeMillis() : Long.MAX_VALUE;
  }

  /**
   * True when {@code signal} comes from another attempt than the one expected or running now, or
   * from an owner of the shard that has been followed by another.
   */
  private static boolean fenced(Invocation invocation, Signal.OfAttempt signal) {
    if (invocation.status().waiting()) {
      return signal.attempt() != invocation.attempts() + 1 || signal.epoch() < invocation.epoch();
    }
    return signal.attempt() != invocation.attempts() || signal.epoch() != invocation.epoch();
  }
}
