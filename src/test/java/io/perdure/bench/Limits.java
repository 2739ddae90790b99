package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Measures what the disk and an HTTP server allow, under the names that other figures refer to. */
final class Limits {
  static final String FSYNC_P50 = "fsync alone, p50";
  static final String FSYNC_P99 = "fsync alone, p99";
  static final String PLAIN_LOG = "plain log, 256 in flight, 1 writer";
  static final String PLAIN_LOG_SHARDS = "plain log, 256 in flight, 6 writers";
  static final String PLAIN_LOG_BYTES = "plain log, bytes written";
  static final String EMPTY_POST = "empty HTTP server, POST";
  static final String EMPTY_GET = "empty HTTP server, GET";

  /** Shards of a node unless it is told otherwise. */
  static final int SHARDS = 6;

  private static final int IN_FLIGHT = 256;

  private final BenchOptions options;
  private final Report report;
  private final List<String> java;
  private final int cores;

  Limits(BenchOptions options, Report report, List<String> java, int cores) {
    this.options = options;
    this.report = report;
    this.java = java;
    this.cores = cores;
  }

  void measure() throws IOException, InterruptedException {
    report.progress("limits of disk and HTTP");
    double seconds = Math.min(3, options.seconds());
    disk(seconds);
    try (StandIn empty = StandIn.start(java, EmptyServer.class, Integer.toString(cores))) {
      Requests requests = new Requests(empty.port(), null);
      http(empty, post(requests), 202, EMPTY_POST, seconds);
      http(empty, requests.get("/"), 200, EMPTY_GET, seconds);
    }
  }

  private void disk(double seconds) throws IOException, InterruptedException {
    DiskLimits disk = new DiskLimits(options.data(), options.payloadBytes(), Modes.RESULT_BYTES);
    Histogram fsync = disk.fsync(seconds);
    report.detail("fsync", fsync);
    report.add(FSYNC_P50, fsync.getValueAtPercentile(50) / 1e6, "ms");
    report.add(FSYNC_P99, fsync.getValueAtPercentile(99) / 1e6, "ms");
    DiskLimits.PlainLog log = disk.plainLog(1, IN_FLIGHT, seconds);
    report.add(PLAIN_LOG, log.invocationsPerSecond(), "inv/s");
    report.add(PLAIN_LOG_BYTES, log.writtenBytesPerInvocation(), "B/inv");
    DiskLimits.PlainLog logs = disk.plainLog(SHARDS, IN_FLIGHT / SHARDS, seconds);
    report.add(PLAIN_LOG_SHARDS, logs.invocationsPerSecond(), "inv/s");
  }

  private byte[] post(Requests requests) {
    byte[] head = requests.postHead("/", options.payloadBytes());
    ByteBuffer whole = ByteBuffer.allocate(head.length + options.payloadBytes());
    whole.put(head);
    requests.putPayload(whole, 0, options.payloadBytes());
    return whole.array();
  }

  private void http(StandIn empty, byte[] request, int status, String name, double seconds)
      throws IOException {
    HttpLoop.run(
        empty.port(), options.connections(), new RepeatWorkload(List.of(request), status, 2));
    RepeatWorkload measured = new RepeatWorkload(List.of(request), status, seconds);
    HttpLoop.run(empty.port(), options.connections(), measured);
    report.add(name, measured.perSecond(), "req/s");
    report.detail(name, measured.latency());
  }
}
