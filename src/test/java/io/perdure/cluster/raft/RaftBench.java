package io.perdure.cluster.raft;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.store.Meta;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a commit costs: three members in one JVM, six groups with leaders spread evenly, two batches
 * of each group on their way at a time. Arguments: seconds, bytes of a batch.
 */
final class RaftBench {
  private static final int GROUPS = 6;
  private static final int WINDOW = 2;
  private static final int VALUE_BYTES = 500;

  /** Ascending, as ids are. */
  private final AtomicLong keys = new AtomicLong();

  private final AtomicLong commits = new AtomicLong();
  private final List<Long> nanos = new ArrayList<>();
  private volatile boolean ended;

  private RaftBench() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
    int bytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30_000;
    Path dir = Files.createTempDirectory("raft-bench");
    new RaftBench().run(dir, seconds, bytes);
    System.exit(0);
  }

  private void run(Path dir, int seconds, int bytes) throws IOException, InterruptedException {
    RaftConfig config = new RaftConfig(Duration.ofSeconds(1), 64 << 20);
    TestCluster cluster = new TestCluster(dir, config);
    List<TestNode> nodes = List.of(cluster.node("a"), cluster.node("b"), cluster.node("c"));
    nodes.forEach(TestNode::start);
    for (int group = 0; group < GROUPS; group++) {
      for (TestNode node : nodes) {
        node.open("shard-" + group, TestCluster.members(nodes));
      }
    }
    for (int group = 0; group < GROUPS; group++) {
      String name = "shard-" + group;
      TestNode leader = cluster.leader(name);
      TestNode wanted = nodes.get(group % nodes.size());
      if (leader != wanted) {
        Seat.get(leader.seat(name).group.transferTo(wanted.member.id()));
      }
      Journal journal = wanted.seat(name).lead();
      SplittableRandom random = new SplittableRandom(group);
      for (int i = 0; i < WINDOW; i++) {
        cluster.vertx.executeBlocking(
            () -> {
              commit(journal, random.split(), bytes);
              return null;
            });
      }
    }
    TimeUnit.SECONDS.sleep(seconds); // warm-up
    long before = commits.get();
    long cpu = cpuNanos();
    synchronized (nanos) {
      nanos.clear();
    }
    TimeUnit.SECONDS.sleep(seconds);
    report(commits.get() - before, cpuNanos() - cpu, seconds, bytes);
    ended = true;
  }

  private void commit(Journal journal, SplittableRandom random, int bytes) {
    Batch batch = new Batch();
    while (batch.sizeBytes() < bytes) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      batch.put(Family.RECORD, Meta.value(keys.incrementAndGet()), value);
    }
    long began = System.nanoTime();
    journal
        .commit(batch)
        .onSuccess(
            done -> {
              commits.incrementAndGet();
              synchronized (nanos) {
                nanos.add(System.nanoTime() - began);
              }
              if (!ended) {
                commit(journal, random, bytes);
              }
            })
        .onFailure(Throwable::printStackTrace);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void report(long count, long cpu, int seconds, int bytes) {
    long[] sorted;
    synchronized (nanos) {
      sorted = nanos.stream().mapToLong(Long::longValue).toArray();
    }
    Arrays.sort(sorted);
    System.out.printf(
        "%d commits/s of %d bytes, %d us CPU each over 3 members, p50 %.1f ms, p99 %.1f ms%n",
        count / seconds,
        bytes,
        cpu / 1000 / Math.max(1, count),
        sorted[sorted.length / 2] / 1e6,
        sorted[sorted.length * 99 / 100] / 1e6);
  }
}
