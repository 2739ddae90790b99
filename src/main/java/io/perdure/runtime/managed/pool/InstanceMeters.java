package io.perdure.runtime.managed.pool;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.perdure.invocation.RuntimeSpec.Language;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Figures of instances. Gauges are read by other threads, all else is the event loop's. */
final class InstanceMeters {
  private final Map<String, Map<Instance.State, AtomicInteger>> states = new HashMap<>();
  private final Map<String, Timer> starts = new HashMap<>();
  private final Map<String, Counter> failures = new HashMap<>();
  private final Map<Retirement, Counter> retirements = new EnumMap<>(Retirement.class);

  InstanceMeters(MeterRegistry registry) {
    for (Language language : Language.values()) {
      states.computeIfAbsent(language.kind(), kind -> kind(registry, kind));
    }
    for (Retirement reason : Retirement.values()) {
      retirements.put(
          reason,
          Counter.builder("perdure.instances.retired")
              .description("Instances ended, by reason")
              .tag("reason", reason.label())
              .register(registry));
    }
  }

  private Map<Instance.State, AtomicInteger> kind(MeterRegistry registry, String kind) {
    starts.put(
        kind,
        Timer.builder("perdure.instance.start.time")
            .description("Cold starts, from the first step until the instance takes calls")
            .tag("kind", kind)
            .register(registry));
    failures.put(
        kind,
        Counter.builder("perdure.instance.start.failures")
            .description("Instances that never took a call")
            .tag("kind", kind)
            .register(registry));
    Map<Instance.State, AtomicInteger> counts = new EnumMap<>(Instance.State.class);
    for (Instance.State state : EnumSet.complementOf(EnumSet.of(Instance.State.GONE))) {
      AtomicInteger count = new AtomicInteger();
      counts.put(state, count);
      Gauge.builder("perdure.instances", count, AtomicInteger::get)
          .description("Instances of managed functions, by kind of runtime and state")
          .tag("kind", kind)
          .tag("state", state.label())
          .strongReference(true)
          .register(registry);
    }
    return counts;
  }

  /** An instance changed its state; {@code from} is null for a new one. */
  void moved(String kind, Instance.State from, Instance.State to) {
    if (from != null) {
      states.get(kind).get(from).decrementAndGet();
    }
    if (to != Instance.State.GONE) {
      states.get(kind).get(to).incrementAndGet();
    }
  }

  void started(String kind, long millis) {
    starts.get(kind).record(millis, TimeUnit.MILLISECONDS);
  }

  void failedToStart(String kind) {
    failures.get(kind).increment();
  }

  void retired(Retirement reason) {
    retirements.get(reason).increment();
  }

  /** Why an instance was ended. */
  enum Retirement {
    /** It had nothing to do for as long as its function allows. */
    IDLE,
    /** Its function was changed or deleted. */
    CHANGED,
    /** Another function needed the room, and this one was idle. */
    ROOM,
    /** Another function needed the room, and this one's had more than its share. */
    SHARE,
    /** A call was stopped or passed its time limit. */
    STOPPED,
    /** It ended by itself, or does not speak any more. */
    LOST,
    /** It said itself that it must not be used any more. */
    FATAL,
    /** It never took a call. */
    NOT_STARTED,
    /** Somebody asked for it. */
    ASKED,
    /** The node is shutting down. */
    SHUTDOWN;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
