package io.perdure.delivery;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The figures of deliveries. The gauges are read by other threads, all else is the event loop's.
 */
final class DeliveryMeters {
  private final MeterRegistry registry;
  private final Clock clock;
  private final Gauge runningGauge;
  private final Gauge waitingGauge;
  private final Map<String, Timer> times = new HashMap<>();
  private volatile int running;
  private volatile int waiting;

  DeliveryMeters(MeterRegistry registry) {
    this.registry = registry;
    this.clock = registry.config().clock();
    runningGauge =
        Gauge.builder("perdure.deliveries.running", this, meters -> meters.running)
            .description("Deliveries that are being attempted")
            .register(registry);
    waitingGauge =
        Gauge.builder("perdure.deliveries.waiting", this, meters -> meters.waiting)
            .description("Deliveries that are due and wait for their destination's limit")
            .register(registry);
    for (String kind : new String[] {"function", "webhook", "event-bus"}) {
      times.put(
          kind,
          Timer.builder("perdure.delivery.time")
              .description("From the start of an attempt to deliver to its end")
              .tag("kind", kind)
              .register(registry));
    }
  }

  void observe(int runningNow, int waitingNow) {
    running = runningNow;
    waiting = waitingNow;
  }

  /** What {@link #ended} wants to have. */
  long started() {
    return clock.monotonicTime();
  }

  void ended(String kind, long started) {
    times.get(kind).record(clock.monotonicTime() - started, TimeUnit.NANOSECONDS);
  }

  void close() {
    registry.remove(runningGauge);
    registry.remove(waitingGauge);
  }
}
