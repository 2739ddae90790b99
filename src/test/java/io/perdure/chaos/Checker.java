package io.perdure.chaos;

import io.perdure.chaos.Ledger.Execution;
import io.perdure.chaos.Op.Seen;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Holds what clients were answered, what the functions wrote down and what the healed cluster says
 * against what is promised. Pure. A violation is a broken promise; counts are for people.
 */
final class Checker {
  /** A call or an answer that was on its way may arrive so much later without any fault. */
  static final long ON_ITS_WAY_NANOS = 2_000_000_000L;

  private final List<Op> ops;
  private final Ledger ledger;
  private final Map<String, Final> finals;
  private final List<Incident> incidents;
  private final Findings findings = new Findings();

  /**
   * A checker of one run.
   *
   * @param finals by id, all that the lists of the healed cluster named
   */
  Checker(List<Op> ops, Ledger ledger, Map<String, Final> finals, List<Incident> incidents) {
    this.ops = ops.stream().sorted(Comparator.comparingLong(Op::startNanos)).toList();
    this.ledger = ledger;
    this.finals = Map.copyOf(finals);
    this.incidents = List.copyOf(incidents);
  }

  Findings check() {
    ops.forEach(this::checkAnswer);
    checkLost();
    checkKeys();
    checkOutcomes();
    new StatusHistories(ops, findings).check();
    checkStops();
    checkAfterTheEnd();
    ledger.executions().forEach(this::checkRepetition);
    new Walks(ops, findings).check();
    return findings;
  }

  // Answers.

  private void checkAnswer(Op op) {
    findings.count("requests", 1);
    if (!op.answered()) {
      findings.count("requests without an answer", 1);
    } else if (op.code() == 503 || op.code() == 429) {
      findings.count("refused with " + op.code(), 1);
      if (!op.retryAfter()) {
        findings.violation("refused without saying when to try again", op);
      }
    } else if (!isExpected(op)) {
      findings.violation("answered with what is no answer", op);
    }
    for (Incident incident : incidents) {
      checkMinority(op, incident);
    }
  }

  private static boolean isExpected(Op op) {
    return switch (op.kind()) {
      case SUBMIT -> op.code() == 202 || (op.code() == 200 && op.key() != null);
      case READ -> op.code() == 200 || op.code() == 404; // who judges a 404 is the status history
      case LIST -> op.code() == 200;
      case STOP -> op.succeeded() || op.code() == 409; // it had ended
      case REDRIVE -> op.code() == 202;
    };
  }

  /** What is sent to and answered by a minority while it is one cannot have been committed. */
  private void checkMinority(Op op, Incident incident) {
    boolean within = op.startNanos() > incident.startNanos() && op.endNanos() < incident.endNanos();
    if (!within || !incident.minority().contains(op.node())) {
      return;
    }
    boolean writes = op.kind() != Op.Kind.READ && op.kind() != Op.Kind.LIST;
    if (writes) {
      String what = op.answered() ? String.valueOf(op.code()) : "none";
      findings.count("writes asked of a minority, answer " + what, 1);
    }
    boolean known = op.code() == 200 && op.kind() == Op.Kind.SUBMIT; // its key, long since
    if (writes && op.succeeded() && !known) {
      findings.violation("a minority accepted a write", op + " in " + incident);
    }
  }

  // What was accepted.

  private void checkLost() {
    for (Op op : ops) {
      if (op.accepted()) {
        findings.count("acknowledged", 1);
        if (!finals.containsKey(op.only().id())) {
          findings.violation("acknowledged and lost", op);
        }
      }
    }
    findings.count("invocations", finals.size());
  }

  private void checkKeys() {
    Map<String, String> idByKey = new HashMap<>();
    Map<Integer, String> keyBySeq = new HashMap<>();
    Set<Integer> redriven = new HashSet<>();
    for (Op op : ops) {
      if (op.kind() == Op.Kind.REDRIVE) {
        redriven.add(op.seq());
      } else if (op.kind() == Op.Kind.SUBMIT && op.key() != null) {
        keyBySeq.put(op.seq(), op.key());
        if (op.accepted()) {
          String other = idByKey.putIfAbsent(op.key(), op.only().id());
          if (other != null && !other.equals(op.only().id())) {
            findings.violation("two ids under one key", op + ", and " + other);
          }
        }
      }
    }
    Map<Integer, Set<String>> idsBySeq = new HashMap<>();
    ledger
        .executions()
        .forEach(
            (id, ran) ->
                idsBySeq.computeIfAbsent(ran.get(0).seq(), seq -> new TreeSet<>()).add(id));
    idsBySeq.forEach(
        (seq, ids) -> {
          if (ids.size() > 1 && keyBySeq.containsKey(seq) && !redriven.contains(seq)) {
            findings.violation("ran under two ids, with one key", keyBySeq.get(seq) + ": " + ids);
          }
        });
  }

  // How it ended.

  private void checkOutcomes() {
    for (Final end : finals.values()) {
      findings.count("ended " + end.status(), 1);
      List<String> ends = end.events().stream().filter(StatusHistories.TERMINAL::contains).toList();
      if (!StatusHistories.TERMINAL.contains(end.status())) {
        findings.violation("not ended", end);
        continue;
      }
      if (!ends.equals(List.of(end.status()))) {
        findings.violation("finished other than once", end);
      }
      List<String> told = ledger.deliveries().getOrDefault(end.id(), List.of());
      if (told.isEmpty()) {
        findings.violation("outcome not delivered", end);
      } else if (!told.stream().allMatch(end.status()::equals)) {
        findings.violation("two outcomes", end + " was delivered as " + told);
      }
      List<Execution> ran = ledger.executions().getOrDefault(end.id(), List.of());
      if (end.status().equals("SUCCEEDED") && ran.stream().allMatch(Execution::failed)) {
        findings.violation("succeeded and never ran", end + " " + ran);
      }
    }
    for (Op op : ops) {
      for (Seen seen : op.seen()) {
        Final end = finals.get(seen.id());
        boolean ended = StatusHistories.TERMINAL.contains(seen.status());
        if (ended && end != null && !end.status().equals(seen.status())) {
          findings.violation("two outcomes", end + " was shown by " + brief(op) + " as " + seen);
        }
      }
    }
  }

  private void checkStops() {
    for (Op op : ops) {
      if (op.kind() != Op.Kind.STOP || !op.succeeded()) {
        continue;
      }
      findings.count("stops answered", 1);
      Final end = finals.get(op.only().id());
      if (end != null && !end.status().equals("STOPPED")) {
        findings.violation("stopped by the answer, not by the state", op + " is " + end);
      }
    }
  }

  /** Once an answer said that it has ended, or will end stopped, no call may begin. */
  private void checkAfterTheEnd() {
    Map<String, Op> told = new HashMap<>();
    for (Op op : ops) {
      for (Seen seen : op.seen()) {
        if (StatusHistories.level(seen) >= StatusHistories.STOPPING) {
          told.merge(seen.id(), op, (a, b) -> a.endNanos() <= b.endNanos() ? a : b);
        }
      }
    }
    told.forEach(
        (id, op) -> {
          for (Execution ran : ledger.executions().getOrDefault(id, List.of())) {
            if (ran.startNanos() > op.endNanos() + ON_ITS_WAY_NANOS
                && reason(ran.node(), op.startNanos(), ran.startNanos()) == null) {
              findings.violation("ran after its end was told", ran + ", told by " + brief(op));
            }
          }
        });
  }

  // What ran.

  /**
   * A second call needs a reason: the first failed on purpose, or a fault fell upon its node, or
   * the second comes from a node that was held up and did not know yet that others had gone on.
   */
  private void checkRepetition(String id, List<Execution> ran) {
    findings.count("executions", ran.size());
    for (int i = 1; i < ran.size(); i++) {
      Execution before = ran.get(i - 1);
      Execution after = ran.get(i);
      if (before.failed()) {
        continue;
      }
      Incident reason = reason(before.node(), before.startNanos(), after.startNanos());
      if (reason == null) {
        reason = heldUp(after.node(), before.startNanos(), after.startNanos());
      }
      if (reason == null) {
        findings.violation("ran again, and its node was well", id + " " + ran);
      } else {
        findings.count("executions repeated after " + reason.fault().word(), 1);
      }
    }
  }

  private Incident reason(String node, long fromNanos, long toNanos) {
    return incidents.stream()
        .filter(each -> each.troubled(node, fromNanos, toNanos))
        .findFirst()
        .orElse(null);
  }

  private Incident heldUp(String node, long fromNanos, long toNanos) {
    return incidents.stream()
        .filter(each -> !each.fault().kills() && each.troubled(node, fromNanos, toNanos))
        .findFirst()
        .orElse(null);
  }

  private static String brief(Op op) {
    return "%s of %s at %d to %d".formatted(op.kind(), op.node(), op.startNanos(), op.endNanos());
  }
}
