package io.perdure.api.v1;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import java.time.Duration;

/**
 * Limits of the native API.
 *
 * @param batchLinesMax most lines of a batch, 1 to 100 000
 * @param batchBytesMax largest body of a batch, 1 KiB to 64 MiB
 * @param waitsMax most requests that wait for an invocation at once, streams of events included, 1
 *     to 1 000 000; more are refused
 * @param inlineCodeBytesMax largest code package inside of a function's JSON, 1 KiB to 100 MiB
 * @param invokeWaitMax longest wait for a result, 1 s to 55 min
 * @param heartbeat pause after which a quiet stream of events sends a comment, 1 s to 60 s
 */
public record NativeConfig(
    int batchLinesMax,
    int batchBytesMax,
    int waitsMax,
    int inlineCodeBytesMax,
    Duration invokeWaitMax,
    Duration heartbeat) {
  private static final Duration IDLE_MARGIN = Duration.ofSeconds(10);

  /** The defaults. */
  public static final NativeConfig DEFAULT =
      new NativeConfig(
          10_000, 16 << 20, 10_000, 50 << 20, Duration.ofMinutes(15), Duration.ofSeconds(15));

  /** Reads the section {@code native}. */
  public static NativeConfig read(Section section) {
    return new NativeConfig(
        section.integer("batch-lines-max", DEFAULT.batchLinesMax, between(1, 100_000)),
        (int) section.bytes("batch-bytes-max", DEFAULT.batchBytesMax, between(1_024L, 64L << 20)),
        section.integer("waits-max", DEFAULT.waitsMax, between(1, 1_000_000)),
        (int)
            section.bytes(
                "inline-code-bytes-max", DEFAULT.inlineCodeBytesMax, between(1_024L, 100L << 20)),
        section.duration(
            "invoke-wait-max",
            DEFAULT.invokeWaitMax,
            between(Duration.ofSeconds(1), Duration.ofMinutes(55))),
        section.duration(
            "heartbeat",
            DEFAULT.heartbeat,
            between(Duration.ofSeconds(1), Duration.ofSeconds(60))));
  }

  /** With waits that end before a quiet connection is closed. */
  public NativeConfig within(Duration idleTimeout) {
    Duration most = idleTimeout.minus(IDLE_MARGIN);
    return new NativeConfig(
        batchLinesMax,
        batchBytesMax,
        waitsMax,
        inlineCodeBytesMax,
        invokeWaitMax.compareTo(most) < 0 ? invokeWaitMax : most,
        heartbeat);
  }
}
