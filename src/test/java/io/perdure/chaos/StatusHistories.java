package io.perdure.chaos;

import io.perdure.chaos.Op.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Linearizability of what was seen of each invocation. Pure.
 *
 * <p>The committed state of an invocation only moves up: accepted, one more attempt behind it,
 * stopping, ended. What it does in between is its own affair. Of such a register a history is
 * linearizable exactly if no request that began after another one had been answered shows less than
 * that one did. ENQUEUED and RUNNING show the same: a start that was not written down is undone by
 * the loss of its owner, and then the attempt begins once more.
 */
final class StatusHistories {
  static final Set<String> TERMINAL =
      Set.of("STOPPED", "SUCCEEDED", "FAILED", "EXPIRED", "INVALID");

  static final int ABSENT = -1;
  static final int STOPPING = 1_000_000;
  static final int ENDED = 2_000_000;

  /**
   * One answer about one invocation.
   *
   * @param least the committed state had come as far as that
   * @param most and not beyond this
   */
  private record Sight(Op op, int least, int most) {
    static Sight of(Op op, Seen seen) {
      boolean untold = seen.attempts() == Seen.UNTOLD && level(seen) < STOPPING;
      return untold ? new Sight(op, 0, STOPPING - 1) : new Sight(op, level(seen), level(seen));
    }
  }

  private final List<Op> ops;
  private final Findings findings;

  StatusHistories(List<Op> ops, Findings findings) {
    this.ops = ops;
    this.findings = findings;
  }

  /** How far the committed state has come at least, when it is shown like that. */
  static int level(Seen seen) {
    if (TERMINAL.contains(seen.status())) {
      return ENDED;
    }
    return switch (seen.status()) {
      case "STOPPING" -> STOPPING;
      case "RUNNING" -> Math.max(0, seen.attempts() - 1);
      case "ENQUEUED", "RETRYING" -> seen.attempts();
      default -> throw new IllegalArgumentException("no such status: " + seen);
    };
  }

  void check() {
    Map<String, List<Sight>> byId = new HashMap<>();
    for (Op op : ops) {
      for (Seen seen : op.seen()) {
        byId.computeIfAbsent(seen.id(), id -> new ArrayList<>()).add(Sight.of(op, seen));
      }
      if (op.kind() == Op.Kind.READ && op.code() == 404) {
        byId.computeIfAbsent(op.target(), id -> new ArrayList<>())
            .add(new Sight(op, ABSENT, ABSENT));
      }
    }
    byId.forEach(this::check);
  }

  private void check(String id, List<Sight> sights) {
    List<Sight> byEnd =
        sights.stream().sorted(Comparator.comparingLong(sight -> sight.op().endNanos())).toList();
    List<Sight> byStart =
        sights.stream().sorted(Comparator.comparingLong(sight -> sight.op().startNanos())).toList();
    int answered = 0;
    Sight highest = null;
    for (Sight sight : byStart) {
      for (; byEnd.get(answered).op().endNanos() < sight.op().startNanos(); answered++) {
        Sight earlier = byEnd.get(answered);
        highest = highest == null || earlier.least() > highest.least() ? earlier : highest;
      }
      if (highest != null && sight.most() < highest.least()) {
        findings.violation(
            "stale status", "%s: %s after %s".formatted(id, text(id, sight), text(id, highest)));
      }
    }
    findings.count("statuses seen", sights.size());
  }

  private static String text(String id, Sight sight) {
    Op op = sight.op();
    Seen seen = op.seen().stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    return "%s of %s at %d to %d: %s"
        .formatted(
            op.kind(),
            op.node(),
            op.startNanos(),
            op.endNanos(),
            seen == null ? "not found" : seen.status() + " attempts " + seen.attempts());
  }
}
