package io.perdure.bus;

import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;

/** What shards and the deliveries of their node tell each other. */
public final class DeliveryMessages {
  private DeliveryMessages() {}

  /** About deliveries. */
  public sealed interface OfDeliveries extends Message {}

  /**
   * An attempt to deliver an outcome, to be made as soon as its destination's limit allows. Every
   * one is answered, sooner or later, by {@link DeliveryTold}.
   *
   * @param invocation as committed; it owes a delivery, and its bodies are stored
   * @param epoch of the shard's opening
   * @param attempt number of the attempt, from 1
   */
  public record Deliver(Invocation invocation, long epoch, int attempt) implements OfDeliveries {}

  /** What became of an attempt; (epoch, number of the attempt) is its fencing number. */
  public record DeliveryTold(InvocationId id, long epoch, DeliveryOutcome outcome)
      implements OfDeliveries {}
}
