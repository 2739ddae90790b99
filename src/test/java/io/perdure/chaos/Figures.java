package io.perdure.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
      Map<Integer, String> owners = Owners.at(accepted, incident.startNanos());
      List<String> takeovers = new ArrayList<>();
      double otherGap = 0;
      for (Map.Entry<Integer, String> owner : owners.entrySet()) {
        if (incident.nodes().contains(owner.getValue())) {
          takeovers.add(takeover(owner.getKey(), incident));
        } else {
          otherGap = Math.max(otherGap, longestGap(owner.getKey(), incident));
        }
      }
      if (!takeovers.isEmpty()) {
        text.append("; its shards accepted again after ").append(String.join(", ", takeovers));
      }
      if (otherGap > 0) {
        text.append("; longest gap of another shard %.2f s".formatted(otherGap));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** From the fault until the first submit that was sent after it and accepted. */
  private String takeover(int shard, Incident incident) {
    long first = Long.MAX_VALUE;
    for (Op op : accepted) {
      if (op.startNanos() > incident.startNanos() && Owners.shard(op.only().id()) == shard) {
        first = Math.min(first, op.endNanos());
      }
    }
    return first == Long.MAX_VALUE
        ? "never"
        : "%.1f s".formatted(seconds(first - incident.startNanos()));
  }

  private double longestGap(int shard, Incident incident) {
    List<Long> ends = new ArrayList<>();
    ends.add(incident.startNanos());
    for (Op op : accepted) {
      boolean near =
          op.endNanos() > incident.startNanos()
              && op.endNanos() < incident.startNanos() + WINDOW_NANOS;
      if (near && Owners.shard(op.only().id()) == shard) {
        ends.add(op.endNanos());
      }
    }
    ends.sort(null);
    long gap = 0;
    for (int i = 1; i < ends.size(); i++) {
      gap = Math.max(gap, ends.get(i) - ends.get(i - 1));
    }
    return seconds(gap);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
