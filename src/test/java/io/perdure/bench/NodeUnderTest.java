package io.perdure.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A running node with the functions of the bench, and the ways in which the modes drive it. */
final class NodeUnderTest {
  /** The one that EchoVerticle serves. */
  static final String ECHO = "echo";

  /** As that one, but its ended invocations stay for seconds only. */
  static final String LEAVING = "leaving";

  /** Its attempts never end. */
  static final String HANG = "hang";

  /** Retention of {@link #LEAVING}. */
  static final Duration LEAVES_AFTER = Duration.ofSeconds(5);

  private static final double FULL = 0.95;

  final BenchOptions options;
  final Report report;
  final NodeProcess node;
  final NativeApi api;
  final Requests requests;
  private final String suffix;

  /**
   * @param suffix what the names of its figures end with
   */
  NodeUnderTest(
      BenchOptions options, Report report, NodeProcess node, NativeApi api, String suffix) {
    this.options = options;
    this.report = report;
    this.node = node;
    this.api = api;
    this.requests = new Requests(api.port(), api.token());
    this.suffix = suffix;
  }

  /** The name of a figure of this node. */
  String named(String figure) {
    return figure + suffix;
  }

  /** Which function is of that kind. */
  static String functionOf(String kind) {
    return kind.equals("event-bus") ? ECHO : "bench-" + kind;
  }

  void putFunctions(int functionPort) throws IOException, InterruptedException {
    String url = "http://127.0.0.1:" + functionPort;
    Map<String, Object> echo = Map.of("kind", "event-bus", "address", "perdure.fn.default.echo");
    put(ECHO, echo, 256, null);
    put(LEAVING, echo, 256, LEAVES_AFTER);
    put(functionOf("http"), Map.of("kind", "http", "url", url + "/echo"), 256, null);
    List<String> head = List.of("head", "-c", Integer.toString(Modes.RESULT_BYTES));
    put(functionOf("command"), Map.of("kind", "command", "command", head), 16, null);
    put(HANG, Map.of("kind", "http", "url", url + "/hang"), options.inFlight(), null);
  }

  private void put(String name, Map<String, Object> runtime, int concurrency, Duration retention)
      throws IOException, InterruptedException {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("runtime", runtime);
    definition.put("concurrency", concurrency);
    definition.put("timeoutMs", 600_000);
    if (retention != null) {
      long millis = retention.toMillis();
      definition.put("retention", Map.of("succeededMs", millis, "failedMs", millis));
    }
    api.putFunction(name, definition);
  }

  /** Submits, and waits for the ends if the extent has a window. */
  SubmitWorkload submit(String function, int payloadBytes, SubmitWorkload.Extent extent)
      throws IOException, InterruptedException {
    SubmitWorkload load =
        function.equals(LEAVING)
            ? SubmitWorkload.leaving(requests, function, payloadBytes, extent)
            : SubmitWorkload.staying(
                requests, function, payloadBytes, extent, api.count(function, "SUCCEEDED"));
    drive(function, options.connections(), load);
    load.errors()
        .forEach((error, times) -> report.note(named(function) + ": " + times + " x " + error));
    return load;
  }

  /** Submits for so long, the usual window open. */
  SubmitWorkload submit(String function, int payloadBytes, double seconds)
      throws IOException, InterruptedException {
    long nanos = (long) (seconds * 1e9);
    return submit(
        function, payloadBytes, new SubmitWorkload.Extent(nanos, options.window(), Long.MAX_VALUE));
  }

  /** A generator whose core is full measures itself: then a note says so. */
  void drive(String what, int connections, Workload load) throws IOException {
    long self = ProcessHandle.current().pid();
    long cpu = ProcStats.of(self).cpuMicros();
    long start = System.nanoTime();
    HttpLoop.run(api.port(), connections, load);
    double wallMicros = (System.nanoTime() - start) / 1e3;
    double busy = (ProcStats.of(self).cpuMicros() - cpu) / wallMicros;
    if (busy > FULL && wallMicros > 2.5e6) {
      report.note("%s: the generator was %.0f %% busy".formatted(named(what), busy * 100));
    }
  }

  /** Runs {@code load} until the node's compilers have calmed. */
  void warmUp(String what, WarmUp.Load load) throws IOException, InterruptedException {
    new WarmUp(report, options.warmUpSeconds()).run(named(what), node.pid(), load);
  }

  /** Lets the time pass. */
  void pause(Duration time) throws IOException, InterruptedException {
    if (node.endsWithin(time)) {
      throw new IOException("the node ended by itself\n" + node.logEnd());
    }
  }

  /** Until the node writes next to nothing any more: flushes and compactions have caught up. */
  void settle(Duration atMost) throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    long before;
    long now = ProcStats.of(node.pid()).writtenBytes();
    do {
      before = now;
      pause(Duration.ofSeconds(1));
      now = ProcStats.of(node.pid()).writtenBytes();
    } while (now - before > 1 << 20 && System.nanoTime() < end);
  }
}
