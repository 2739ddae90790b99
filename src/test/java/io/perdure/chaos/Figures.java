package io.perdure.chaos;

import io.perdure.invocation.InvocationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long the faults were felt, by the answers that clients got. For people. Pure. */
final class Figures {
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final List<Op> accepted;
  private final List<Incident> incidents;

  Figures(List<Op> ops, List<Incident> incidents) {
    this.accepted =
        ops.stream().filter(op -> op.kind() == Op.Kind.SUBMIT && op.accepted()).toList();
    this.incidents = incidents;
  }

  /** A line for each fault. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Incident incident : incidents) {
      text.append(
          "%-14s %-12s lasted %5.1f s; all serve after %.1f s, level after %.1f s"
              .formatted(
                  incident.fault().word(),
                  String.join(",", incident.nodes()),
                  seconds(incident.endNanos() - incident.startNanos()),
                  seconds(incident.overNanos() - incident.endNanos()),
                  seconds(incident.levelNanos() - incident.endNanos())));
      List<String> takeovers = new ArrayList<>();
      double slowest = 0;
      for (Map.Entry<Integer, String> owner : new TreeMap<>(incident.owners()).entrySet()) {
        if (incident.nodes().contains(owner.getValue())) {
          takeovers.add(takeover(owner.getKey(), incident));
        } else {
          slowest = Math.max(slowest, slowest(owner.getKey(), incident));
        }
      }
      if (!takeovers.isEmpty()) {
        text.append("; its shards accepted again after ").append(String.join(", ", takeovers));
      }
      if (slowest > 0) {
        text.append("; slowest submit of another shard %.2f s".formatted(slowest));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** From the fault until the first submit that was sent after it and accepted. */
  private String takeover(int shard, Incident incident) {
    long first = Long.MAX_VALUE;
    for (Op op : accepted) {
      if (op.startNanos() > incident.startNanos() && shard(op) == shard) {
        first = Math.min(first, op.endNanos());
      }
    }
    return first == Long.MAX_VALUE
        ? "never"
        : "%.1f s".formatted(seconds(first - incident.startNanos()));
  }

  /** What it took of those that were under way at the fault, or begun soon after it. */
  private double slowest(int shard, Incident incident) {
    long slowest = 0;
    for (Op op : accepted) {
      boolean near =
          op.endNanos() > incident.startNanos()
              && op.startNanos() < incident.startNanos() + WINDOW_NANOS;
      if (near && shard(op) == shard) {
        slowest = Math.max(slowest, op.endNanos() - op.startNanos());
      }
    }
    return seconds(slowest);
  }

  /** The one that its id names. */
  private static int shard(Op op) {
    return InvocationId.parse(op.only().id()).orElseThrow().shard();
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
