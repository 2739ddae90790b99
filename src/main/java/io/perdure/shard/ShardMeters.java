package io.perdure.shard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** Figures of one shard. Written by the shard's thread; gauges are read by any. */
final class ShardMeters {
  private static final long OBSERVE_MILLIS = 1_000;

  private final Counter accepted;
  private final Counter rejected;
  private final Map<Status, Counter> ended = new EnumMap<>(Status.class);
  private final Gauges gauges = new Gauges();
  private long observedAt;

  /** Values for the gauges, kept reachable by the meters that read them. */
  private static final class Gauges {
    volatile double waiting;
    volatile int inMemory;

    /** When the oldest waiting one became due, {@link Long#MAX_VALUE} for none. */
    volatile long oldestDue = Long.MAX_VALUE;
  }

  ShardMeters(MeterRegistry meters, int shard, Clock clock) {
    Tags tags = Tags.of("shard", Integer.toString(shard));
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
    Gauge.builder("perdure.shard.in.memory", gauges, g -> g.inMemory)
        .description("Invocations that are handed over, run, or are being written")
        .tags(tags)
        .strongReference(true)
        .register(meters);
    Gauge.builder("perdure.queue.depth", gauges, g -> g.waiting)
        .description("Invocations that wait to be run")
        .tags(tags)
        .strongReference(true)
        .register(meters);
    Gauge.builder(
            "perdure.queue.oldest.age",
            gauges,
            g -> Math.max(0, clock.millis() - g.oldestDue) / 1000.0)
        .description("How long the oldest due invocation has been waiting")
        .baseUnit("seconds")
        .tags(tags)
        .strongReference(true)
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
