package io.perdure.chaos;

import java.util.List;
import java.util.Map;

/**
 * What the functions wrote down, outside all nodes.
 *
 * @param executions by id, each list in the order of arrival
 * @param deliveries statuses that the outcomes were delivered with, by id
 */
record Ledger(Map<String, List<Execution>> executions, Map<String, List<String>> deliveries) {
  /**
   * One call.
   *
   * @param node whose it was; null where that cannot be told
   * @param startNanos when it arrived
   * @param endNanos when it was answered; {@link Long#MAX_VALUE} if never
   * @param failed answered with a failure on purpose, so that another one follows
   */
  record Execution(
      String id,
      int seq,
      int attempt,
      String node,
      long startNanos,
      long endNanos,
      boolean failed) {}
}
