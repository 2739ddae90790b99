package io.perdure.executor;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.perdure.invocation.RunError;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** The executor's figures. Gauges are read by other threads, all else is the event loop's. */
final class ExecutorMeters {
  private static final class Kind {
    final Counter succeeded;
    final Map<RunError.Kind, Counter> broken = new EnumMap<>(RunError.Kind.class);
    final Timer time;

    Kind(MeterRegistry registry, String kind) {
      succeeded = attempts(registry, kind, "succeeded");
      for (RunError.Kind error : RunError.Kind.values()) {
        String outcome = error.name().toLowerCase(Locale.ROOT).replace('_', '-');
        broken.put(error, attempts(registry, kind, outcome));
      }
      time =
          Timer.builder("perdure.attempt.time")
              .description("From the start of an attempt to its end")
              .tag("kind", kind)
              .register(registry);
    }

    private static Counter attempts(MeterRegistry registry, String kind, String outcome) {
      return Counter.builder("perdure.attempts")
          .description("Attempts answered, by kind of runtime and class of outcome")
          .tag("kind", kind)
          .tag("outcome", outcome)
          .register(registry);
    }
  }

  private final MeterRegistry registry;
  private final Clock clock;
  private final Map<String, Kind> kinds = new HashMap<>();

  // Null where this node stands alone.
  private Counter handedOut;
  private Counter refused;
  private Counter takenIn;

  private volatile int running;
  private volatile int queued;

  ExecutorMeters(MeterRegistry registry, Set<String> kinds) {
    this.registry = registry;
    this.clock = registry.config().clock();
    kinds.forEach(kind -> this.kinds.put(kind, new Kind(registry, kind)));
    Gauge.builder("perdure.attempts.running", this, meters -> meters.running)
        .description("Attempts that hold a slot of this node")
        .strongReference(true)
        .register(registry);
    Gauge.builder("perdure.attempts.queued", this, meters -> meters.queued)
        .description("Attempts that are due and wait for a slot, or whose function is paused")
        .strongReference(true)
        .register(registry);
  }

  void unkept(LongSupplier bytes) {
    Gauge.builder("perdure.unkept.bytes", bytes, LongSupplier::getAsLong)
        .description("Bytes of results too large to be kept, held for their waiting callers")
        .strongReference(true)
        .register(registry);
  }

  /** In a cluster. */
  void inCluster(IntSupplier places) {
    handedOut = handed("out", "Attempts that this node, being full, had others run");
    refused = handed("refused", "Attempts that another node was to run, and had no slot for");
    takenIn = handed("in", "Attempts that this node ran for others");
    Gauge.builder("perdure.places.leased", places, IntSupplier::getAsInt)
        .description("Places of functions that the cluster has lent to this node")
        .strongReference(true)
        .register(registry);
  }

  private Counter handed(String way, String what) {
    return Counter.builder("perdure.attempts.handed." + way).description(what).register(registry);
  }

  void handedOut() {
    handedOut.increment();
  }

  void refusedElsewhere() {
    refused.increment();
  }

  void takenIn() {
    takenIn.increment();
  }

  long nanos() {
    return clock.monotonicTime();
  }

  void succeeded(String kind, long startedNanos) {
    Kind meters = kinds.get(kind);
    meters.succeeded.increment();
    meters.time.record(nanos() - startedNanos, TimeUnit.NANOSECONDS);
  }

  void broke(String kind, RunError.Kind error, long startedNanos) {
    Kind meters = kinds.get(kind);
    if (meters != null) {
      meters.broken.get(error).increment();
      meters.time.record(nanos() - startedNanos, TimeUnit.NANOSECONDS);
    }
  }

  void queued(int now) {
    queued = now;
  }

  void running(int now) {
    running = now;
  }
}
