package io.perdure.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Batch;
import io.perdure.node.Storages;
import io.perdure.shard.ShardStorage;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The commit path alone, in a process of its own: the stores and journals of a node are fed with
 * ready-made batches of what an invocation writes in its two steps. No HTTP, no bus, no JSON, no
 * decisions.
 */
final class CommitPath {
  private static final double SLICE_SECONDS = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What it did.
   *
   * @param steps creations and completions, two for each invocation
   * @param bytes of the batches
   */
  record Outcome(
      double seconds, long steps, long bytes, long commits, long cpuMicros, long writtenBytes) {
    double invocationsPerSecond() {
      return steps / 2.0 / seconds;
    }

    double perInvocation(long sum) {
      return sum * 2.0 / Math.max(1, steps);
    }

    private Outcome since(Outcome before) {
      return new Outcome(
          seconds - before.seconds,
          steps - before.steps,
          bytes - before.bytes,
          commits - before.commits,
          cpuMicros - before.cpuMicros,
          writtenBytes - before.writtenBytes);
    }
  }

  /** One shard: completes what the last commit created, and creates as many as may be in flight. */
  private static final class Feed implements Function<Batch, Boolean> {
    private final InvocationId.Minter minter;
    private final Stamp create;
    private final Stamp complete;
    private final int inFlight;
    private final Queue<InvocationId> created = new ArrayDeque<>();
    private volatile boolean stopped;
    private final LongAdder steps = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder commits = new LongAdder();

    Feed(int shard, Steps of, int inFlight) {
      minter = new InvocationId.Minter(shard, new SplittableRandom(shard));
      this.inFlight = inFlight;
      long now = System.currentTimeMillis();
      InvocationId sample = minter.next(now);
      Batch one = new Batch();
      of.create(sample, now, one);
      create = new Stamp(one, sample);
      Batch two = new Batch();
      of.complete(sample, now, two);
      complete = new Stamp(two, sample);
    }

    @Override
    public Boolean apply(Batch batch) {
      if (stopped) {
        return false;
      }
      int ending = created.size();
      for (int i = 0; i < ending; i++) {
        complete.put(created.remove(), batch);
      }
      long now = System.currentTimeMillis();
      int beginning = Math.max(1, ending == 0 ? inFlight / 2 : inFlight - ending);
      for (int i = 0; i < beginning; i++) {
        InvocationId id = minter.next(now);
        create.put(id, batch);
        created.add(id);
      }
      steps.add(ending + beginning);
      bytes.add(batch.sizeBytes());
      commits.increment();
      return true;
    }
  }

  private CommitPath() {}

  /**
   * Runs it and waits for its end.
   *
   * @param java the words before the class path, such as {@code taskset -c 0-2 java}
   * @param directory made by it
   * @param inFlight invocations, of all shards together
   * @param warmUpSeconds longest warm-up, until the compilers have calmed
   */
  static Outcome measure(
      List<String> java,
      Path directory,
      int payloadBytes,
      int inFlight,
      double seconds,
      double warmUpSeconds)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(java);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(CommitPath.class.getName(), directory.toString()));
    words.addAll(List.of(Integer.toString(payloadBytes), Integer.toString(inFlight)));
    words.addAll(List.of(Double.toString(seconds), Double.toString(warmUpSeconds)));
    Process process = new ProcessBuilder(words).redirectError(Redirect.INHERIT).start();
    try {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      if (line == null || process.waitFor() != 0) {
        throw new IOException("the commit path alone failed");
      }
      return JSON.readValue(line, Outcome.class);
    } finally {
      process.destroyForcibly();
    }
  }

  /** In the child: directory, payload bytes, invocations in flight, seconds, longest warm-up. */
  public static void main(String[] args) throws Exception {
    double seconds = Double.parseDouble(args[3]);
    double warmUpSeconds = Double.parseDouble(args[4]);
    Vertx vertx = Vertx.vertx();
    try (DataDirectory directory =
        DataDirectory.open(Path.of(args[0]), Limits.SHARDS, StoreConfig.DEFAULT)) {
      List<ShardStorage> shards = Storages.open(directory, vertx);
      List<Feed> feeds = new ArrayList<>();
      List<Future<Void>> lanes = new ArrayList<>();
      int inFlight = Math.max(2, Integer.parseInt(args[2]) / shards.size());
      for (int i = 0; i < shards.size(); i++) {
        Steps steps = Steps.of(Integer.parseInt(args[1]), Modes.RESULT_BYTES);
        Feed feed = new Feed(i, steps, inFlight);
        feeds.add(feed);
        lanes.add(Lane.run(vertx, shards.get(i).journal(), feed));
      }
      warmUp(warmUpSeconds);
      Outcome before = now(feeds);
      pause(seconds);
      Outcome outcome = now(feeds).since(before);
      feeds.forEach(feed -> feed.stopped = true);
      Future.all(lanes).await();
      for (ShardStorage shard : shards) {
        shard.close().await();
      }
      System.out.println(JSON.writeValueAsString(outcome));
    }
    vertx.close().await();
  }

  private static void warmUp(double atMostSeconds) throws IOException, InterruptedException {
    CompilerTime compilers = new CompilerTime(ProcessHandle.current().pid());
    double share;
    double waited = 0;
    do {
      pause(SLICE_SECONDS);
      waited += SLICE_SECONDS;
      share = compilers.sinceLastMicros() / (SLICE_SECONDS * 1e6);
    } while (share >= WarmUp.CALM && waited < atMostSeconds);
  }

  /** Others work; this thread has only to wait. */
  static void pause(double seconds) throws InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    synchronized (CommitPath.class) {
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        CommitPath.class.wait(left / 1_000_000 + 1);
      }
    }
  }

  private static Outcome now(List<Feed> feeds) throws IOException {
    ProcStats stats = ProcStats.of(ProcessHandle.current().pid());
    return new Outcome(
        System.nanoTime() / 1e9,
        feeds.stream().mapToLong(feed -> feed.steps.sum()).sum(),
        feeds.stream().mapToLong(feed -> feed.bytes.sum()).sum(),
        feeds.stream().mapToLong(feed -> feed.commits.sum()).sum(),
        stats.cpuMicros(),
        stats.writtenBytes());
  }
}
