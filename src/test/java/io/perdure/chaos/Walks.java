package io.perdure.chaos;

import io.perdure.chaos.Op.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Walks over a list by cursor: whatever was acknowledged before a walk began is in it, and nothing
 * is in it twice, whoever led what meanwhile. Pure.
 */
final class Walks {
  private final List<Op> ops;
  private final Findings findings;

  Walks(List<Op> ops, Findings findings) {
    this.ops = ops;
    this.findings = findings;
  }

  void check() {
    Map<Integer, List<Op>> walks = new TreeMap<>();
    for (Op op : ops) {
      if (op.walk() > 0 && op.succeeded()) {
        walks.computeIfAbsent(op.walk(), number -> new ArrayList<>()).add(op);
      }
    }
    List<Op> accepted =
        ops.stream().filter(Op::accepted).sorted(Comparator.comparingLong(Op::endNanos)).toList();
    walks.forEach((number, pages) -> check(number, pages, accepted));
  }

  private void check(int number, List<Op> pages, List<Op> accepted) {
    Set<String> listed = new HashSet<>();
    for (Op page : pages) {
      for (Seen seen : page.seen()) {
        if (!listed.add(seen.id())) {
          findings.violation("listed twice", "walk " + number + ": " + seen);
        }
      }
    }
    if (pages.get(pages.size() - 1).more()) {
      findings.count("walks over the list left unfinished", 1);
      return;
    }
    findings.count("walks over the list", 1);
    long began = pages.get(0).startNanos();
    for (Op op : accepted) {
      if (op.endNanos() >= began) {
        break;
      }
      if (!listed.contains(op.only().id())) {
        findings.violation(
            "acknowledged and not listed",
            "walk %d of %d pages from %d: %s".formatted(number, pages.size(), began, op));
      }
    }
  }
}
