package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Measures what the disk and an HTTP server allow, under the names that other figures refer to. */
final class Limits {
  static final String FSYNC_P50 = "fsync alone, p50";
  static final String FSYNC_P99 = "fsync alone, p99";
  static final String FSYNC_PACED_P99 = "fsync alone at 1000/s, p99";
  static final String EMPTY_PACED_P99 = "empty HTTP server, POST at 1000/s, p99";
  static final String TWO_FSYNCS = "two fsyncs, p50, and 1 ms";
  static final String PLAIN_LOG = "plain log, 256 in flight, 1 writer";
  static final String PLAIN_LOG_SHARDS = "plain log, 256 in flight, 6 writers";
  static final String PLAIN_LOG_BYTES = "plain log, bytes written";
  static final String COMMIT_PATH = "commit path alone, 256 in flight";
  static final String EMPTY_POST = "empty HTTP server, POST";
  static final String EMPTY_GET = "empty HTTP server, GET";

  /** Shards of a node unless it is told otherwise. */
  static final int SHARDS = 6;

  private static final int IN_FLIGHT = 256;

  /** Requests a second in an open loop. */
  private static final int PACE = 1000;

  /** A plain log of larger payloads syncs more often: its group has at most so many bytes. */
  private static final int GROUP_BYTES_MAX = 8 << 20;

  private final BenchOptions options;
  private final Report report;
  private final List<String> java;
  private final int cores;
  private final double seconds;

  Limits(BenchOptions options, Report report, List<String> java, int cores) {
    this.options = options;
    this.report = report;
    this.java = java;
    this.cores = cores;
    this.seconds = Math.min(3, options.seconds());
  }

  /** The name of {@code limit} for another payload than the usual one. */
  static String named(String limit, BenchOptions options, int payloadBytes) {
    return payloadBytes == options.payloadBytes()
        ? limit
        : limit + ", payload " + Names.bytes(payloadBytes);
  }

  void measure() throws IOException, InterruptedException {
    report.progress("limits of disk and HTTP");
    fsync();
    for (int payloadBytes : options.payloads()) {
      disk(payloadBytes);
    }
    try (StandIn empty = StandIn.start(java, EmptyServer.class, Integer.toString(cores))) {
      Requests requests = new Requests(empty.port(), null);
      http(empty, post(requests), 202, EMPTY_POST);
      http(empty, requests.get("/"), 200, EMPTY_GET);
      if (options.measures("latency")) {
        paced(empty, requests);
      }
    }
  }

  private void fsync() throws IOException {
    DiskLimits disk = new DiskLimits(options.data(), options.payloadBytes(), Modes.RESULT_BYTES);
    Histogram fsync = disk.fsync(seconds);
    report.detail("fsync", fsync);
    double p50 = fsync.getValueAtPercentile(50) / 1e6;
    report.add(FSYNC_P50, p50, "ms");
    report.add(FSYNC_P99, fsync.getValueAtPercentile(99) / 1e6, "ms");
    report.add(TWO_FSYNCS, 2 * p50 + 1, "ms");
    if (options.measures("latency")) {
      Histogram paced = disk.fsync(PACE, seconds);
      report.detail("fsync at 1000/s", paced);
      report.add(FSYNC_PACED_P99, paced.getValueAtPercentile(99) / 1e6, "ms");
    }
  }

  private void disk(int payloadBytes) throws IOException, InterruptedException {
    DiskLimits disk = new DiskLimits(options.data(), payloadBytes, Modes.RESULT_BYTES);
    int group = Math.max(1, Math.min(IN_FLIGHT, GROUP_BYTES_MAX / payloadBytes));
    DiskLimits.PlainLog log = disk.plainLog(1, group, seconds);
    report.add(named(PLAIN_LOG, payloadBytes), log.invocationsPerSecond(), "inv/s");
    report.add(named(PLAIN_LOG_BYTES, payloadBytes), log.writtenBytesPerInvocation(), "B/inv");
    if (payloadBytes == options.payloadBytes()) {
      DiskLimits.PlainLog logs = disk.plainLog(SHARDS, IN_FLIGHT / SHARDS, seconds);
      report.add(PLAIN_LOG_SHARDS, logs.invocationsPerSecond(), "inv/s");
    }
    commitPath(payloadBytes);
  }

  private void commitPath(int payloadBytes) throws IOException, InterruptedException {
    Path directory = options.data().resolve("commit-path");
    String name = named(COMMIT_PATH, payloadBytes);
    CommitPath.Outcome path =
        CommitPath.measure(
            java, directory, payloadBytes, IN_FLIGHT, seconds, options.warmUpSeconds());
    Trees.delete(directory);
    report.add(name, path.invocationsPerSecond(), "inv/s", named(PLAIN_LOG, payloadBytes));
    report.add(name + ": CPU", path.perInvocation(path.cpuMicros()), "us/inv");
    report.add(name + ": commit bytes", path.perInvocation(path.bytes()), "B/inv");
    report.add(
        name + ": written",
        path.perInvocation(path.writtenBytes()),
        "B/inv",
        named(PLAIN_LOG_BYTES, payloadBytes));
    report.detail(name, path);
  }

  /** What is left of a latency when the node does nothing: generator, kernel, HTTP. */
  private void paced(StandIn empty, Requests requests) throws IOException {
    LatencyWorkload warmUp = LatencyWorkload.posts(requests, options.payloadBytes(), 4 * PACE, 1);
    HttpLoop.run(empty.port(), options.connections(), warmUp);
    LatencyWorkload load =
        LatencyWorkload.posts(requests, options.payloadBytes(), PACE, options.seconds());
    HttpLoop.run(empty.port(), options.connections(), load);
    report.detail("empty HTTP server, POST at 1000/s", load.accept());
    report.add(EMPTY_PACED_P99, load.accept().getValueAtPercentile(99) / 1e6, "ms");
  }

  private String named(String limit, int payloadBytes) {
    return named(limit, options, payloadBytes);
  }

  private byte[] post(Requests requests) {
    byte[] head = requests.postHead("/", options.payloadBytes());
    ByteBuffer whole = ByteBuffer.allocate(head.length + options.payloadBytes());
    whole.put(head);
    requests.putPayload(whole, 0, options.payloadBytes());
    return whole.array();
  }

  private void http(StandIn empty, byte[] request, int status, String name)
      throws IOException, InterruptedException {
    List<byte[]> requests = List.of(request);
    new WarmUp(report, options.warmUpSeconds())
        .run(
            name,
            empty.pid(),
            slice ->
                HttpLoop.run(
                    empty.port(),
                    options.connections(),
                    RepeatWorkload.random(requests, status, slice)));
    RepeatWorkload measured = RepeatWorkload.random(requests, status, seconds);
    HttpLoop.run(empty.port(), options.connections(), measured);
    report.add(name, measured.perSecond(), "req/s");
    report.detail(name, measured.latency());
  }
}
