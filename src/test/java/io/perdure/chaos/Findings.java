package io.perdure.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a check has counted and found broken. One thread. */
final class Findings {
  private static final int SHOWN_OF_EACH = 5;

  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Map<String, List<String>> violations = new LinkedHashMap<>();

  void count(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  void violation(String what, Object of) {
    violations.computeIfAbsent(what, first -> new ArrayList<>()).add(of.toString());
  }

  /** Adds all of this to {@code others}. */
  void into(Findings others) {
    counts.forEach(others::count);
    violations.forEach((what, all) -> all.forEach(each -> others.violation(what, each)));
  }

  boolean clean() {
    return violations.isEmpty();
  }

  /** Names of the promises that were broken. */
  List<String> broken() {
    return List.copyOf(violations.keySet());
  }

  Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** One count a line, then the first violations of each kind. */
  String text() {
    StringBuilder text = new StringBuilder();
    counts.forEach((name, value) -> text.append("%-60s %8d%n".formatted(name, value)));
    violations.forEach(
        (what, all) -> {
          text.append("VIOLATED: %-50s %8d%n".formatted(what, all.size()));
          all.stream().limit(SHOWN_OF_EACH).forEach(each -> text.append("    " + each + "\n"));
        });
    return text.toString();
  }
}
