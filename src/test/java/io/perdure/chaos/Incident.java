package io.perdure.chaos;

import java.util.Map;
import java.util.Set;

/**
 * A fault as it happened.
 *
 * @param nodes whom it troubled: an attempt that runs there may be repeated elsewhere
 * @param minority who could reach no majority while it lasted; empty for none or unknown
 * @param owners who led which shard just before, as far as that was known
 * @param startNanos when it was in force as a whole (a kill: before the signal)
 * @param endNanos when it began to be undone
 * @param overNanos when all nodes served again
 * @param levelNanos when all replicas had caught up; the same where there is one of each only
 */
record Incident(
    Fault fault,
    Set<String> nodes,
    Set<String> minority,
    Map<Integer, String> owners,
    long startNanos,
    long endNanos,
    long overNanos,
    long levelNanos) {
  Incident {
    nodes = Set.copyOf(nodes);
    minority = Set.copyOf(minority);
    owners = Map.copyOf(owners);
  }

  /** Whether it may be why what {@code node} (null: unknown) did from then to then went wrong. */
  boolean troubled(String node, long fromNanos, long toNanos) {
    return (node == null || nodes.contains(node))
        && startNanos <= toNanos
        && fromNanos <= overNanos;
  }
}
