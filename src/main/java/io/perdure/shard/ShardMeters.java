package io.perdure.shard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.perdure.invocation.Delivery;
import io.perdure.invocation.Effect;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Figures of one shard. Written by the shard's thread; gauges are read by any. */
final class ShardMeters {
  private static final long OBSERVE_MILLIS = 1_000;

  private final Counter accepted;
  private final Counter rejected;
  private final Map<Status, Counter> ended = new EnumMap<>(Status.class);
  private final Counter delivered;
  private final Counter deliveriesRetried;
  private final Counter deliveriesFailed;
  private final Counter deliveriesTooDeep;
  private final Gauges gauges = new Gauges();
  private final MeterRegistry meters;
  private final Tags tags;
  private final Clock clock;

  /** What only who owns the shard can tell; empty while another node does. */
  private final List<Meter> ofOwner = new ArrayList<>();

  private long observedAt;

  /** Values for the gauges, kept reachable by the meters that read them. */
  private static final class Gauges {
    volatile double waiting;
    volatile int inMemory;

    /** When the oldest waiting one became due, {@link Long#MAX_VALUE} for none. */
    volatile long oldestDue = Long.MAX_VALUE;
  }

  ShardMeters(MeterRegistry meters, int shard, Clock clock) {
    this.meters = meters;
    this.clock = clock;
    tags = Tags.of("shard", Integer.toString(shard));
    accepted =
        Counter.builder("perdure.submits")
            .description("Submits by outcome")
            .tags(tags.and("outcome", "accepted"))
            .register(meters);
    rejected =
        Counter.builder("perdure.submits")
            .description("Submits by outcome")
            .tags(tags.and("outcome", "rejected"))
            .register(meters);
    delivered = deliveries(meters, tags, "delivered");
    deliveriesRetried = deliveries(meters, tags, "retried");
    deliveriesFailed = deliveries(meters, tags, "failed");
    deliveriesTooDeep = deliveries(meters, tags, "too-deep");
    for (Status status : Status.values()) {
      if (status.terminal()) {
        ended.put(
            status,
            Counter.builder("perdure.ended")
                .description("Invocations by the status they ended with")
                .tags(tags.and("status", status.name()))
                .register(meters));
      }
    }
  }

  /** The shard is open here: its gauges are there, until it has moved. */
  void opened() {
    if (!ofOwner.isEmpty()) {
      return;
    }
    ofOwner.add(
        Gauge.builder("perdure.shard.in.memory", gauges, g -> g.inMemory)
            .description("Invocations that are handed over, run, or are being written")
            .tags(tags)
            .strongReference(true)
            .register(meters));
    ofOwner.add(
        Gauge.builder("perdure.queue.depth", gauges, g -> g.waiting)
            .description("Invocations that wait to be run")
            .tags(tags)
            .strongReference(true)
            .register(meters));
    ofOwner.add(
        Gauge.builder(
                "perdure.queue.oldest.age",
                gauges,
                g -> Math.max(0, clock.millis() - g.oldestDue) / 1000.0)
            .description("How long the oldest due invocation has been waiting")
            .baseUnit("seconds")
            .tags(tags)
            .strongReference(true)
            .register(meters));
  }

  /** Another node has them now. */
  void moved() {
    ofOwner.forEach(meters::remove);
    ofOwner.clear();
    observedAt = 0;
  }

  private static Counter deliveries(MeterRegistry meters, Tags tags, String outcome) {
    return Counter.builder("perdure.deliveries")
        .description("Attempts to deliver the outcome of an invocation by what became of them")
        .tags(tags.and("outcome", outcome))
        .register(meters);
  }

  void accepted() {
    accepted.increment();
  }

  void rejected() {
    rejected.increment();
  }

  void ended(Invocation invocation) {
    Counter counter = ended.get(invocation.status());
    if (counter != null) {
      counter.increment();
    }
  }

  /** What {@code effect} says of a delivery is committed. */
  void delivery(Effect effect, Delivery delivery) {
    if (effect instanceof Effect.DeliveryEnded) {
      if (delivery.state() == Delivery.State.SUCCEEDED) {
        delivered.increment();
      } else if (delivery.attempts() == 0) {
        deliveriesTooDeep.increment(); // refused before it was tried
      } else {
        deliveriesFailed.increment();
      }
    } else if (effect instanceof Effect.Deliver && delivery.attempts() > 0) {
      deliveriesRetried.increment();
    }
  }

  /** Looks at the queues, at most once a second. */
  void observe(Queues queues, Counters counters, int inMemory, Clock clock) {
    long now = clock.millis();
    if (now - observedAt < OBSERVE_MILLIS) {
      return;
    }
    observedAt = now;
    gauges.waiting = counters.waiting();
    gauges.inMemory = inMemory;
    gauges.oldestDue = queues.oldestDue();
  }
}
