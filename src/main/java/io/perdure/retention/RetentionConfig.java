package io.perdure.retention;

import java.time.Duration;

/**
 * How often, and in what portions, ended invocations are removed.
 *
 * @param sweepInterval pause between two sweeps, 1 s to 1 h; short, since an idle sweep costs one
 *     look at an index for each shard, what was due is removed in smaller bursts, and waiting
 *     invocations expire on time
 * @param batchSize most invocations in one portion, 1 to 10 000
 */
public record RetentionConfig(Duration sweepInterval, int batchSize) {
  static final Duration SWEEP_INTERVAL_DEFAULT = Duration.ofSeconds(5);
  static final int BATCH_SIZE_DEFAULT = 500;

  /** The defaults. */
  public static RetentionConfig defaults() {
    return new RetentionConfig(SWEEP_INTERVAL_DEFAULT, BATCH_SIZE_DEFAULT);
  }
}
