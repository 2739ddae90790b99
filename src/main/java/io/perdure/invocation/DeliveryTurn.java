package io.perdure.invocation;

import io.perdure.invocation.Delivery.State;
import java.util.List;

/**
 * One decision on the delivery of an outcome. What becomes of a delivery never changes the status,
 * so the table of transitions knows nothing of it. Used once.
 */
final class DeliveryTurn {
  private final Invocation before;
  private final DeliveryPolicy policy;

  /** What time it is: the next attempt is planned from here. */
  private final long now;

  /** The time written down: that of the newest event when the clock has stepped back behind it. */
  private final long at;

  private final InvocationBuilder next;

  DeliveryTurn(Invocation before, DeliveryPolicy policy, long now) {
    this.before = before;
    this.policy = policy;
    this.now = now;
    at = Math.max(now, before.lastAt());
    next = before.edit();
  }

  /** Adds to {@code ended}, which has just ended, the delivery that it owes, if any. */
  static void owe(InvocationBuilder ended, DeliveryTerms terms, long at, List<Effect> effects) {
    Destination to = ended.mode == Invocation.Mode.ASYNC ? terms.destination(ended.status) : null;
    if (to == null) {
      return;
    }
    int depthMax = terms.policy().depthMax();
    if (to.target() instanceof Destination.ToFunction && ended.depth >= depthMax) {
      String error =
          "not delivered: this invocation was made by delivery "
              + ended.depth
              + " in a row, and delivery.depth-max is "
              + depthMax
              + "; do its destinations lead back to it?";
      ended.delivery = new Delivery(to, State.FAILED, 0, 0, error, 0, at);
      ended.eventOfDelivery(Event.Type.DELIVERY_FAILED, at, error);
      effects.add(new Effect.DeliveryEnded(ended.id));
    } else {
      ended.delivery = Delivery.owed(to, at);
      effects.add(new Effect.Deliver(ended.id));
    }
  }

  /**
   * The decision on what became of the attempt.
   *
   * @param function null when it has been deleted
   */
  Decision take(DeliveryOutcome outcome, Function function) {
    if (outcome instanceof DeliveryOutcome.Succeeded succeeded) {
      ended(State.SUCCEEDED, succeeded.attempt(), null, function);
      next.eventOfDelivery(
          Event.Type.DELIVERED, at, detail(succeeded.attempt(), succeeded.detail()));
      return new Decision(next.build(), List.of(new Effect.DeliveryEnded(before.id())));
    }
    DeliveryOutcome.Failed failed = (DeliveryOutcome.Failed) outcome;
    Delivery delivery = before.delivery();
    String detail = detail(failed.attempt(), failed.error());
    long left = before.endedAt() + policy.totalMillis() - now;
    if (failed.lasting() || left <= 0) {
      ended(State.FAILED, failed.attempt(), failed.error(), function);
      next.eventOfDelivery(Event.Type.DELIVERY_FAILED, at, detail);
      return new Decision(next.build(), List.of(new Effect.DeliveryEnded(before.id())));
    }
    long pause = policy.delayMillis(failed.attempt(), before.id().low());
    long nextAt = now + Math.min(left, Math.max(pause, failed.retryAfterMillis()));
    next.delivery =
        new Delivery(
            delivery.destination(), State.PENDING, failed.attempt(), nextAt, failed.error(), at, 0);
    next.eventOfDelivery(Event.Type.DELIVERY_RETRY, at, detail);
    return new Decision(next.build(), List.of(new Effect.Deliver(before.id())));
  }

  private static String detail(int attempt, String text) {
    return "attempt " + attempt + (text.isEmpty() ? "" : ": " + text);
  }

  private void ended(State state, int attempts, String error, Function function) {
    next.delivery =
        new Delivery(before.delivery().destination(), state, attempts, 0, error, at, at);
    // What was kept beyond its retention because of this may go now.
    RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
    long planned = before.endedAt() + retention.millisFor(before.status());
    next.attentionAt = Math.min(before.attentionAt(), Math.max(at, planned));
  }
}
