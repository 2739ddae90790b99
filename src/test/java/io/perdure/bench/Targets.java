package io.perdure.bench;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the figures are meant to be, on four cores with a payload of 1 KB. Printed beside them and
 * asserted nowhere: a shared machine may miss any of them.
 */
final class Targets {
  /**
   * A bound.
   *
   * @param atLeast whether it is a lower one
   */
  record Target(boolean atLeast, double bound) {
    /** Whether {@code value} (without a limit) or the ratio to the limit is as it should be. */
    boolean isMet(double value) {
      return atLeast ? value >= bound : value <= bound;
    }

    @Override
    public String toString() {
      return (atLeast ? ">= " : "<= ")
          + (bound >= 10
              ? String.format(Locale.ROOT, "%.0f", bound)
              : String.format(Locale.ROOT, "%.2f", bound));
    }
  }

  private static final Map<String, Target> ALL =
      Map.ofEntries(
          entry(of("completed, event-bus", Limits.COMMIT_PATH), atLeast(0.3)),
          entry(of("completed, event-bus", Peers.COMPLETED), atLeast(5)),
          entry(of("completed, http", Peers.COMPLETED), atLeast(4)),
          entry(of("completed, event-bus: node CPU", null), atMost(100)),
          entry(of("accept at 1000/s, p99", Limits.FSYNC_P99), atMost(3)),
          entry(of("submit to completed at 200/s, p50", Limits.TWO_FSYNCS), atMost(1)),
          entry(of("status by id", Limits.EMPTY_GET), atLeast(0.6)),
          entry(of("status by id", Peers.STATUS), atLeast(2)),
          entry(of("SCF GetAsyncEventStatus, signed", Limits.EMPTY_GET), atLeast(0.4)),
          entry(of("FC GetStatefulAsyncInvocation, signed", Limits.EMPTY_GET), atLeast(0.4)),
          entry(of("list, page of 100, p50; 1 M retained", null), atMost(2)),
          entry(
              of("list, page of 100, p50; 10 M retained", "list, page of 100, p50; 1 M retained"),
              atMost(1.5)),
          entry(of("steady: written; 1 M retained", Limits.PLAIN_LOG_BYTES), atMost(2.5)),
          entry(of("completed, event-bus; 10 M retained", "completed, event-bus"), atLeast(0.8)),
          entry(of("ready, empty", null), atMost(1000)),
          entry(of("ready after kill -9; 1 M retained", null), atMost(1500)),
          entry(of("resident memory, idle", null), atMost(120)),
          entry(of("resident memory, loaded, peak", null), atMost(512)));

  private Targets() {}

  /**
   * The target of a figure.
   *
   * @param limit what it is held against; null for the value itself
   */
  static Optional<Target> find(String figure, String limit) {
    return Optional.ofNullable(ALL.get(of(figure, limit)));
  }

  private static String of(String figure, String limit) {
    return figure + "\n" + limit;
  }

  private static Target atLeast(double bound) {
    return new Target(true, bound);
  }

  private static Target atMost(double bound) {
    return new Target(false, bound);
  }
}
