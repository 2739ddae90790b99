package io.perdure.cluster.raft;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import java.time.Duration;

/**
 * What may be set of the groups; everything else is fixed.
 *
 * @param electionTimeout a member that has heard nothing of its leader for this long, up to twice
 *     as long, calls an election: 100 ms to 1 min. Whoever leads tells so twice in that time, and
 *     twice a second at least. Nobody is elected within 1 s
 * @param snapshotBytes a member makes a snapshot when it has applied so much since the last: 1 MiB
 *     to 1 GiB. It is about what is read again at a start
 */
public record RaftConfig(Duration electionTimeout, long snapshotBytes) {
  private static final long MIB = 1 << 20;

  /** What is in the file. */
  public static final RaftConfig DEFAULT = new RaftConfig(Duration.ofSeconds(1), 64 * MIB);

  /** Reads {@code cluster.raft}. */
  public static RaftConfig read(Section conf) {
    return new RaftConfig(
        conf.duration(
            "election-timeout",
            DEFAULT.electionTimeout,
            between(Duration.ofMillis(100), Duration.ofMinutes(1))),
        conf.bytes("snapshot-bytes", DEFAULT.snapshotBytes, between(MIB, 1024 * MIB)));
  }
}
