package io.perdure.cluster.raft;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.LeaderElection;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** The settings of Ratis, each with its reason. */
final class RaftSettings {
  /** Of one entry, its head included: what is larger becomes several. */
  static final int ENTRY_BYTES_MAX = 1 << 20;

  /** What a leader hands to a follower at once; a few entries of the largest size. */
  private static final String APPEND_BYTES = "2MB";

  /** Has to be 8 bytes more than the above, at least. */
  static final String WRITE_BUFFER_BYTES = "3MB";

  private static final String WAITING_BYTES = "64MB";

  private RaftSettings() {}

  static RaftProperties of(RaftConfig config, String bindHost, int port) {
    RaftProperties all = new RaftProperties();
    network(all, config, bindHost, port);
    elections(all, config);
    log(all);
    snapshots(all);
    return all;
  }

  /** Where the groups are; Ratis asks whenever one is added. */
  static void directory(RaftProperties all, Path directory) {
    RaftServerConfigKeys.setStorageDir(all, List.<File>of(directory.toFile()));
  }

  private static void network(RaftProperties all, RaftConfig config, String bindHost, int port) {
    RaftConfigKeys.Rpc.setType(all, new CheckedRpc());
    GrpcConfigKeys.Server.setHost(all, bindHost);
    GrpcConfigKeys.Server.setPort(all, port);
    GrpcConfigKeys.setMessageSizeMax(all, SizeInBytes.valueOf(WAITING_BYTES));
    Rpc.setSlownessTimeout(all, TimeDuration.valueOf(10, TimeUnit.MINUTES)); // only ever logged
    Rpc.setRequestTimeout(all, time(max(config.electionTimeout(), Duration.ofSeconds(3))));
  }

  private static void elections(RaftProperties all, RaftConfig config) {
    TimeDuration least = time(config.electionTimeout());
    TimeDuration most = time(config.electionTimeout().multipliedBy(2));
    Rpc.setTimeoutMin(all, least);
    Rpc.setTimeoutMax(all, most);
    // Of a member that has just been started: nobody has to wait for a leader that there is not,
    // and one that there is refuses the vote.
    Rpc.setFirstElectionTimeoutMin(all, TimeDuration.valueOf(100, TimeUnit.MILLISECONDS));
    Rpc.setFirstElectionTimeoutMax(all, TimeDuration.valueOf(400, TimeUnit.MILLISECONDS));
    // Of one that gave up because the others were not heard: ten seconds by default, which is how
    // long the group would be without a leader after a cut has healed.
    LeaderElection.setLeaderStepDownWaitTime(all, most);
    // A process that was stopped for a minute would end its member, and never open it again.
    RaftServerConfigKeys.setCloseThreshold(all, TimeDuration.valueOf(3650, TimeUnit.DAYS));
    Read.setOption(all, Read.Option.LINEARIZABLE);
    Read.setLeaderLeaseEnabled(all, true);
    // Nothing is ever sent twice with one call id, so nothing need be remembered; the default of a
    // minute would be hundreds of thousands of replies.
    RaftServerConfigKeys.RetryCache.setExpiryTime(all, TimeDuration.valueOf(1, TimeUnit.SECONDS));
    Read.ReadAfterWriteConsistent.setWriteIndexCacheExpiryTime(
        all, TimeDuration.valueOf(1, TimeUnit.SECONDS));
    // Progress of a new member while it gets its snapshot.
    RaftServerConfigKeys.setStagingTimeout(all, TimeDuration.valueOf(30, TimeUnit.SECONDS));
  }

  private static void log(RaftProperties all) {
    // Zeros written ahead are written twice: 475 KB for each invocation against 11 KB.
    Log.setPreallocatedSize(all, SizeInBytes.valueOf("0"));
    // Else each commit is followed by an entry that says so, with a sync of its own.
    Log.setLogMetadataEnabled(all, false);
    Log.setWriteBufferSize(all, SizeInBytes.valueOf(WRITE_BUFFER_BYTES));
    Log.Appender.setBufferByteLimit(all, SizeInBytes.valueOf(APPEND_BYTES));
    // Else entries come into the log some time after they were taken, and a vote that is given
    // meanwhile does not count them, though they will be acknowledged.
    Log.setAppendEntriesComposeEnabled(all, false);
    // By default a follower that is down uses up the short waits and is then tried each 5 s.
    Log.Appender.setRetryPolicy(all, "1ms,10, 500ms,1000");
    // Held in memory for each group: the open segment, and two that followers may still need.
    Log.setSegmentSizeMax(all, SizeInBytes.valueOf("8MB"));
    Log.setSegmentCacheNumMax(all, 2);
    Log.setSegmentCacheSizeMax(all, SizeInBytes.valueOf("8MB"));
    Log.setQueueByteLimit(all, SizeInBytes.valueOf(WAITING_BYTES));
    // Not only up to where all members are: one that is gone for good would keep all of it. What
    // is kept beyond spares a member that was away for a moment the snapshot.
    Log.setPurgeUptoSnapshotIndex(all, true);
    Log.setPurgePreservationLogNum(all, 2_000);
    Log.setPurgeGap(all, 128);
  }

  private static void snapshots(RaftProperties all) {
    Snapshot.setAutoTriggerEnabled(all, true);
    Snapshot.setAutoTriggerThreshold(all, 5_000);
    Snapshot.setCreationGap(all, 1);
    Snapshot.setTriggerWhenStopEnabled(all, false); // the store flushes itself, which is the same
    Snapshot.setTriggerWhenRemoveEnabled(all, false);
    Snapshot.setRetentionFileNum(all, 3); // one that is being sent must not be removed
  }

  private static TimeDuration time(Duration of) {
    return TimeDuration.valueOf(of.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
