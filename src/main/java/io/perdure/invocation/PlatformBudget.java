package io.perdure.invocation;

/**
 * How failures that are not the function's are repeated: node lost, runtime could not start,
 * throttled. They never spend the function's own retry budget. The shape (0.5 s, doubling, for up
 * to 5 h) is what Alibaba documents for 429, 500 and 503 (spec alibaba-fc, section 7.2).
 *
 * @param firstMillis pause after the first failure in a row
 * @param capMillis longest pause
 * @param totalMillis time from the first failure in a row after which the invocation fails
 */
public record PlatformBudget(long firstMillis, long capMillis, long totalMillis) {
  /** 0.5 s doubling to 60 s, for 5 h. */
  public static final PlatformBudget DEFAULT = new PlatformBudget(500, 60_000, 18_000_000);

  /** Milliseconds to wait after the {@code failed}-th platform failure in a row. */
  public long delayMillis(int failed, long seed) {
    return Backoff.delayMillis(firstMillis, capMillis, 0.2, failed, seed);
  }
}
