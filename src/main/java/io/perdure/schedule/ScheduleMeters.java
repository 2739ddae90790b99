package io.perdure.schedule;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** The figures of schedules. The gauge is read by other threads, all else is the event loop's. */
final class ScheduleMeters {
  private final MeterRegistry registry;
  private final Gauge planned;
  final Counter submitted;
  final Counter repeated;
  final Counter refused;
  final Counter skipped;
  private volatile int schedules;

  ScheduleMeters(MeterRegistry registry) {
    this.registry = registry;
    planned =
        Gauge.builder("perdure.schedules", this, meters -> meters.schedules)
            .description("Schedules that will fire")
            .register(registry);
    submitted = firings("submitted");
    repeated = firings("repeated");
    refused = firings("refused");
    skipped = firings("skipped");
  }

  private Counter firings(String outcome) {
    return Counter.builder("perdure.schedule.firings")
        .description("Firings of schedules by outcome")
        .tag("outcome", outcome)
        .register(registry);
  }

  void schedules(int count) {
    schedules = count;
  }

  void close() {
    registry.remove(planned);
  }
}
