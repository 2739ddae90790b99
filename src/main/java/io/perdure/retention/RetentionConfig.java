package io.perdure.retention;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import io.perdure.config.Section;
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
  /** Reads the section {@code retention}. */
  public static RetentionConfig read(Section retention) {
    return new RetentionConfig(
        retention.duration("sweep-interval", ofSeconds(5), between(ofSeconds(1), ofHours(1))),
        retention.integer("batch-size", 500, between(1, 10_000)));
  }
}
