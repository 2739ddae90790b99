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
 * @param resultBytesMax largest result that is kept; a larger one is a bad response, unless its
 *     caller takes it himself, 1 KiB to 64 MiB
 * @param directResultBytesMax largest result that a waiting caller takes, 1 KiB to 64 MiB; not
 *     below the one that is kept
 * @param unkeptBytesMax most bytes of results that are not kept, held until they are fetched, 0 to
 *     1 TiB
 * @param logBytesMax of a larger log the end is kept, 0 to 16 MiB
 */
public record ExecutorConfig(
    int concurrency,
    int queuePerFunction,
    int resultBytesMax,
    int directResultBytesMax,
    long unkeptBytesMax,
    int logBytesMax) {

  /** What holds unless it is configured. */
  public static final ExecutorConfig DEFAULT =
      new ExecutorConfig(256, 4096, 6 << 20, 32 << 20, 128 << 20, 64 << 10);

  public ExecutorConfig {
    directResultBytesMax = Math.max(resultBytesMax, directResultBytesMax);
  }

  /** Where every result is kept. */
  public ExecutorConfig(
      int concurrency, int queuePerFunction, int resultBytesMax, int logBytesMax) {
    this(concurrency, queuePerFunction, resultBytesMax, resultBytesMax, 0, logBytesMax);
  }

  /** Reads the section {@code executor}. */
  public static ExecutorConfig read(Section executor) {
    return new ExecutorConfig(
        executor.integer("concurrency", DEFAULT.concurrency, between(1, 100_000)),
        executor.integer("queue-per-function", DEFAULT.queuePerFunction, between(64, 10_000_000)),
        (int)
            executor.bytes(
                "result-bytes-max", DEFAULT.resultBytesMax, between(1L << 10, 64L << 20)),
        (int)
            executor.bytes(
                "sync-result-bytes-max",
                DEFAULT.directResultBytesMax,
                between(1L << 10, 64L << 20)),
        executor.bytes("unkept-bytes-max", DEFAULT.unkeptBytesMax, between(0L, 1L << 40)),
        (int) executor.bytes("log-bytes-max", DEFAULT.logBytesMax, between(0L, 16L << 20)));
  }
}
