package io.perdure.executor;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;

/**
 * How much runs at the same time, and how much an attempt may answer.
 *
 * @param concurrency most attempts at once on this node, all functions together, 1 to 100 000
 * @param queuePerFunction most attempts of one function that wait here, of those with a waiting
 *     caller and of the others; not below the window of a shard times the number of shards, 64 to
 *     10 000 000
 * @param resultBytesMax a larger result is a bad response, 1 KiB to 64 MiB
 * @param logBytesMax of a larger log the end is kept, 0 to 16 MiB
 */
public record ExecutorConfig(
    int concurrency, int queuePerFunction, int resultBytesMax, int logBytesMax) {

  /** What holds unless it is configured. */
  public static final ExecutorConfig DEFAULT = new ExecutorConfig(256, 4096, 6 << 20, 64 << 10);

  /** Reads the section {@code executor}. */
  public static ExecutorConfig read(Section executor) {
    return new ExecutorConfig(
        executor.integer("concurrency", DEFAULT.concurrency, between(1, 100_000)),
        executor.integer("queue-per-function", DEFAULT.queuePerFunction, between(64, 10_000_000)),
        (int)
            executor.bytes(
                "result-bytes-max", DEFAULT.resultBytesMax, between(1L << 10, 64L << 20)),
        (int) executor.bytes("log-bytes-max", DEFAULT.logBytesMax, between(0L, 16L << 20)));
  }
}
