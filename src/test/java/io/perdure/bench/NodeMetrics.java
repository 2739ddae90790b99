package io.perdure.bench;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the node says of its own commits since it started; taken twice, it gives the grouping of a
 * measurement.
 *
 * @param syncs fsyncs of the log, each for what all shards had ready
 * @param commits batches of all shards
 * @param steps durable steps: invocations created and ended
 * @param commitSeconds time spent in commits
 * @param commitBytes their encoded size
 * @param removed invocations removed at the end of their retention
 */
record NodeMetrics(
    double syncs,
    double commits,
    double steps,
    double commitSeconds,
    double commitBytes,
    double removed) {
  static NodeMetrics of(NativeApi api) throws IOException, InterruptedException {
    String text = api.get("/metrics").text();
    return new NodeMetrics(
        sum(text, "perdure_fsync_time_seconds_count"),
        sum(text, "perdure_commit_time_seconds_count"),
        sum(text, "perdure_submits_total") + sum(text, "perdure_ended_total"),
        sum(text, "perdure_commit_time_seconds_sum"),
        sum(text, "perdure_commit_bytes_sum"),
        sum(text, "perdure_retention_removed_total"));
  }

  NodeMetrics since(NodeMetrics before) {
    return new NodeMetrics(
        syncs - before.syncs,
        commits - before.commits,
        steps - before.steps,
        commitSeconds - before.commitSeconds,
        commitBytes - before.commitBytes,
        removed - before.removed);
  }

  /** What two nodes say together. */
  NodeMetrics and(NodeMetrics other) {
    return new NodeMetrics(
        syncs + other.syncs,
        commits + other.commits,
        steps + other.steps,
        commitSeconds + other.commitSeconds,
        commitBytes + other.commitBytes,
        removed + other.removed);
  }

  /** Durable steps for each sync; 0 when the node told nothing. */
  double group() {
    return syncs == 0 ? 0 : steps / syncs;
  }

  /** Over all label values, the rejected submits left out. */
  private static double sum(String text, String meter) {
    Matcher lines = Pattern.compile("(?m)^" + meter + "(\\{[^}]*})? (\\S+)$").matcher(text);
    double sum = 0;
    while (lines.find()) {
      boolean rejected = lines.group(1) != null && lines.group(1).contains("rejected");
      sum += rejected ? 0 : Double.parseDouble(lines.group(2));
    }
    return sum;
  }
}
