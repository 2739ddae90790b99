package io.perdure.api.fc;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import java.time.Duration;

/**
 * The FC dialect.
 *
 * @param region of this node, in ARNs and for functions
 * @param bodyBytesMax largest body of settings, 64 KiB to 64 MiB
 * @param codeBodyBytesMax the same where a code package may be in it, 1 MiB to 512 MiB
 * @param payloadBytesMax largest payload of a synchronous invocation, 1 KiB to 64 MiB
 * @param eventBytesMax largest payload of an asynchronous invocation, 1 KiB to 64 MiB
 * @param invokeWaitMax longest wait of a caller for a result, 1 s to 55 min
 * @param waitsMax most callers who wait for a result at once, 1 to 1 000 000
 * @param retention of ended invocations of functions made through this dialect, 1 min to 10 years
 * @param clockSkew furthest a request's time may be from the server's, 1 s to 1 h
 * @param noncesMax most nonces of signatures kept of each account, 1 000 to 10 000 000
 */
public record FcConfig(
    String region,
    int bodyBytesMax,
    int codeBodyBytesMax,
    int payloadBytesMax,
    int eventBytesMax,
    Duration invokeWaitMax,
    int waitsMax,
    Duration retention,
    Duration clockSkew,
    int noncesMax) {

  private static final long MIB = 1L << 20;

  /** Reads the section {@code fc}; {@code region} is what functions are told, too. */
  public static FcConfig read(Section fc, String region) {
    return new FcConfig(
        region,
        (int) fc.bytes("body-bytes-max", MIB, between(64 * 1_024L, 64 * MIB)),
        (int) fc.bytes("code-body-bytes-max", 72 * MIB, between(MIB, 512 * MIB)),
        (int) fc.bytes("payload-bytes-max", 32 * MIB, between(1_024L, 64 * MIB)),
        (int) fc.bytes("event-bytes-max", 128 * 1_024, between(1_024L, 64 * MIB)),
        fc.duration(
            "invoke-wait-max",
            Duration.ofMinutes(15),
            between(Duration.ofSeconds(1), Duration.ofMinutes(55))),
        fc.integer("waits-max", 10_000, between(1, 1_000_000)),
        fc.duration(
            "retention",
            Duration.ofHours(72),
            between(Duration.ofMinutes(1), Duration.ofDays(3_650))),
        fc.duration(
            "clock-skew",
            Duration.ofMinutes(15),
            between(Duration.ofSeconds(1), Duration.ofHours(1))),
        fc.integer("nonces-max", 1_000_000, between(1_000, 10_000_000)));
  }

  /** The same, with no caller waiting longer than a connection may be idle. */
  public FcConfig within(Duration idleTimeout) {
    Duration most = idleTimeout.minusSeconds(15);
    return invokeWaitMax.compareTo(most) <= 0
        ? this
        : new FcConfig(
            region,
            bodyBytesMax,
            codeBodyBytesMax,
            payloadBytesMax,
            eventBytesMax,
            most,
            waitsMax,
            retention,
            clockSkew,
            noncesMax);
  }
}
