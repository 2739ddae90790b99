package io.perdure.testkit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How far the replicas of each group have applied their log. */
public final class Applied {
  private static final Pattern LINE =
      Pattern.compile("(?m)^perdure_raft_applied\\{[^}]*group=\"([^\"]+)\"[^}]*} (\\S+)$");

  private Applied() {}

  /**
   * Returns when the stores of {@code nodes} hold the same of each group. One that follows learns
   * with the next word of its leader what has been decided: one that ends before it has that in its
   * log, and applies it when it starts again. So a test that opens the stores of nodes that have
   * ended calls this first, when nothing is submitted any more.
   */
  public static void awaitAlike(List<NodeApi> nodes) {
    while (nodes.stream().map(Applied::of).collect(Collectors.toSet()).size() > 1) {
      Thread.onSpinWait(); // each look asks the nodes, which takes its time
    }
  }

  private static Map<String, String> of(NodeApi node) {
    Map<String, String> applied = new TreeMap<>();
    LINE.matcher(node.get("/metrics").expect(200).text())
        .results()
        .forEach(found -> applied.put(found.group(1), found.group(2)));
    if (applied.isEmpty()) {
      throw new AssertionError("a node without groups");
    }
    return applied;
  }
}
