package io.perdure.invocation;

/**
 * What is to be done after a decision has been committed. An effect may happen twice; a decision is
 * never lost.
 */
public sealed interface Effect {
  /** It waits: to be run at {@code dueAt} (milliseconds since the epoch) or as soon as it can. */
  record RunAt(InvocationId id, long dueAt) implements Effect {}

  /** Its running attempt is to be told to stop. */
  record Interrupt(InvocationId id, long epoch, int attempt, StopMode mode, long graceMillis)
      implements Effect {}

  /** Its outcome is owed to its destination: to be delivered when its delivery says. */
  record Deliver(InvocationId id) implements Effect {}

  /** The delivery of its outcome has succeeded or was given up. */
  record DeliveryEnded(InvocationId id) implements Effect {}

  /** It has ended: whoever waits for it is told. */
  record Ended(InvocationId id) implements Effect {}
}
