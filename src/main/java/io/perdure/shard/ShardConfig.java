package io.perdure.shard;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.perdure.config.Section;

/**
 * How a shard works.
 *
 * @param window most invocations of one function handed to the executor and not yet begun, 1 to 10
 *     000
 * @param windowTotal beyond this many in all functions together, each function gets two, 1 to 1 000
 *     000
 * @param inlineBytes payload bytes kept in memory for what waits in the executor; beyond, payloads
 *     are read when they are needed
 * @param pendingMax most commands waiting for a commit; beyond, new submits are refused
 * @param batchBytes a batch of that size is closed even if more is waiting
 * @param writeDownMillis an attempt that has run this long is written down
 * @param waitersMax most long-polls at once
 * @param scanRows most rows read for a filter that no index answers, and the farthest row of a
 *     search by offset and limit, in each shard
 * @param backlogPerFunction most unfinished invocations of one function on this node
 * @param backlogPerAccount most unfinished invocations of one account on this node
 */
public record ShardConfig(
    int window,
    int windowTotal,
    long inlineBytes,
    int pendingMax,
    int batchBytes,
    long writeDownMillis,
    int waitersMax,
    int scanRows,
    int backlogPerFunction,
    int backlogPerAccount) {

  /** What holds unless it is configured. */
  public static final ShardConfig DEFAULT =
      new ShardConfig(
          64, 4096, 16 << 20, 20_000, 4 << 20, 1_000, 10_000, 100_000, 100_000, 1_000_000);

  /** Reads the section {@code shard}. */
  public static ShardConfig read(Section conf) {
    return new ShardConfig(
        conf.integer("window", DEFAULT.window, between(1, 10_000)),
        conf.integer("window-total", DEFAULT.windowTotal, between(1, 1_000_000)),
        conf.bytes("inline-bytes", DEFAULT.inlineBytes, between(0L, 1L << 32)),
        conf.integer("pending-max", DEFAULT.pendingMax, between(1, 1_000_000)),
        (int) conf.bytes("batch-bytes", DEFAULT.batchBytes, between(64L << 10, 64L << 20)),
        conf.duration(
                "write-down-after",
                ofMillis(DEFAULT.writeDownMillis),
                between(ofMillis(10), ofSeconds(60)))
            .toMillis(),
        conf.integer("waiters-max", DEFAULT.waitersMax, between(1, 1_000_000)),
        conf.integer("scan-rows", DEFAULT.scanRows, between(1_000, 100_000_000)),
        conf.integer("backlog-per-function", DEFAULT.backlogPerFunction, between(1, 100_000_000)),
        conf.integer("backlog-per-account", DEFAULT.backlogPerAccount, between(1, 1_000_000_000)));
  }
}
