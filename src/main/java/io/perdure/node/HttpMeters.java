package io.perdure.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.perdure.api.Observer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** Times answers by dialect, operation and status. Thread-safe. */
final class HttpMeters implements Observer {
  private final MeterRegistry meters;
  private final ConcurrentMap<Key, Timer> timers = new ConcurrentHashMap<>();

  private record Key(String dialect, String operation, int status) {}

  HttpMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public void answered(String dialect, String operation, int status, long nanos) {
    timers
        .computeIfAbsent(new Key(dialect, operation, status), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Key key) {
    return Timer.builder("perdure.http.requests")
        .description("Time from the head of a request to its answer")
        .tag("dialect", key.dialect())
        .tag("operation", key.operation())
        .tag("status", Integer.toString(key.status()))
        .register(meters);
  }
}
