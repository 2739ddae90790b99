package io.perdure.cluster.raft;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one member of a group tells, tagged {@code group}: {@code perdure.raft.term}, {@code
 * perdure.raft.led}, {@code perdure.raft.applied}, {@code perdure.raft.snapshots} and {@code
 * perdure.raft.resting}. Thread-safe.
 */
final class GroupMeters implements AutoCloseable {
  private final MeterRegistry registry;
  private final AtomicLong term = new AtomicLong();
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong resting = new AtomicLong();
  private final Counter led;
  private final Counter snapshots;
  private final List<Meter> all = new ArrayList<>();

  GroupMeters(String group, MeterRegistry registry) {
    this.registry = registry;
    led =
        Counter.builder("perdure.raft.led")
            .description("How often this member became the leader of the group")
            .tag("group", group)
            .register(registry);
    snapshots =
        Counter.builder("perdure.raft.snapshots")
            .description("Snapshots this member has made")
            .tag("group", group)
            .register(registry);
    all.add(led);
    all.add(snapshots);
    all.add(gauge(group, "perdure.raft.term", "Term this member led last", term));
    all.add(gauge(group, "perdure.raft.applied", "Index of the last entry applied", applied));
    all.add(
        gauge(group, "perdure.raft.resting", "1 while this member cannot write, else 0", resting));
  }

  private Gauge gauge(String group, String name, String description, AtomicLong value) {
    return Gauge.builder(name, value, AtomicLong::get)
        .description(description)
        .tag("group", group)
        .register(registry);
  }

  void term(long led) {
    term.set(led);
    this.led.increment();
  }

  void applied(long index) {
    applied.lazySet(index);
  }

  void resting(boolean now) {
    resting.set(now ? 1 : 0);
  }

  void snapshot() {
    snapshots.increment();
  }

  @Override
  public void close() {
    all.forEach(registry::remove);
  }
}
