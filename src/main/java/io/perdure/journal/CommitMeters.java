package io.perdure.journal;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * What a journal tells of its commits, tagged {@code shard}: {@code perdure.commit.time}, {@code
 * perdure.commit.bytes} and {@code perdure.commit.operations}. Thread-safe.
 */
public final class CommitMeters {
  private final Timer time;
  private final DistributionSummary bytes;
  private final DistributionSummary operations;

  /** Registers them. */
  public CommitMeters(String shard, MeterRegistry meters) {
    time =
        Timer.builder("perdure.commit.time")
            .description("Duration of a commit, the sync to disk included")
            .tag("shard", shard)
            .publishPercentiles(0.5, 0.99)
            .register(meters);
    bytes = summary(shard, meters, "perdure.commit.bytes", "Encoded size of a commit", "bytes");
    operations =
        summary(shard, meters, "perdure.commit.operations", "Puts and deletes of a commit", null);
  }

  private static DistributionSummary summary(
      String shard, MeterRegistry meters, String meter, String description, String unit) {
    return DistributionSummary.builder(meter)
        .description(description)
        .baseUnit(unit)
        .tag("shard", shard)
        .register(meters);
  }

  /** {@code batch} is committed, which began at {@code beganNanos} of {@link System#nanoTime}. */
  public void committed(Batch batch, long beganNanos) {
    time.record(System.nanoTime() - beganNanos, TimeUnit.NANOSECONDS);
    bytes.record(batch.sizeBytes());
    operations.record(batch.operations());
  }
}
