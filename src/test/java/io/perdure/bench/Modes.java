package io.perdure.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The measurements on a running node, one after the other. */
final class Modes {
  /** What every function answers. */
  static final int RESULT_BYTES = 200;

  private static final String ECHO = "echo"; // the one that EchoVerticle serves
  private static final int VERIFIED = 200;
  private static final double FULL = 0.95;
  private static final Duration WRITTEN_DOWN = Duration.ofSeconds(2);
  private static final Duration RESTART_AT_MOST = Duration.ofMinutes(5);

  /** Starts a node on the directory that the killed one left. */
  interface Restart {
    NodeProcess start() throws IOException;
  }

  private final BenchOptions options;
  private final Report report;
  private final NodeProcess node;
  private final NativeApi api;
  private final Requests requests;
  private final int functionPort;

  Modes(BenchOptions options, Report report, NodeProcess node, NativeApi api, int functionPort) {
    this.options = options;
    this.report = report;
    this.node = node;
    this.api = api;
    this.functionPort = functionPort;
    this.requests = new Requests(api.port(), api.token());
  }

  void measure(Restart restart) throws IOException, InterruptedException {
    putFunctions();
    report.progress("warming up");
    SubmitWorkload warm =
        submit(ECHO, new SubmitWorkload.Extent(seconds(3), options.window(), Long.MAX_VALUE));
    String[] ids = warm.ids();
    if (options.retained() > 0) {
      report.progress("filling with " + options.retained());
      ids = fill();
    }
    if (options.modes().contains("completed")) {
      for (String kind : options.kinds()) {
        report.progress("completed, " + kind);
        completed(kind);
      }
    }
    if (options.modes().contains("accept")) {
      report.progress("accept");
      accept();
    }
    if (options.modes().contains("latency")) {
      report.progress("latency");
      latency(200);
      latency(1000);
    }
    if (options.modes().contains("status")) {
      report.progress("status");
      status(ids);
    }
    if (options.modes().contains("list")) {
      report.progress("list");
      list();
    }
    if (options.modes().contains("recovery")) {
      report.progress("recovery");
      recovery(ids, restart);
    }
  }

  private void putFunctions() throws IOException, InterruptedException {
    String url = "http://127.0.0.1:" + functionPort;
    put(ECHO, Map.of("kind", "event-bus", "address", "perdure.fn.default.echo"), 256);
    put(functionOf("http"), Map.of("kind", "http", "url", url + "/echo"), 256);
    List<String> head = List.of("head", "-c", Integer.toString(RESULT_BYTES));
    put(functionOf("command"), Map.of("kind", "command", "command", head), 16);
    put("hang", Map.of("kind", "http", "url", url + "/hang"), options.inFlight());
  }

  private void put(String name, Map<String, Object> runtime, int concurrency)
      throws IOException, InterruptedException {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("runtime", runtime);
    definition.put("concurrency", concurrency);
    definition.put("timeoutMs", 600_000);
    api.putFunction(name, definition);
  }

  private static String functionOf(String kind) {
    return kind.equals("event-bus") ? ECHO : "bench-" + kind;
  }

  private SubmitWorkload submit(String function, SubmitWorkload.Extent extent)
      throws IOException, InterruptedException {
    long before = api.count(function, "SUCCEEDED");
    SubmitWorkload load =
        new SubmitWorkload(requests, function, options.payloadBytes(), extent, before);
    drive(function, options.connections(), load);
    load.errors().forEach((error, times) -> report.note(function + ": " + times + " x " + error));
    return load;
  }

  /** A generator whose core is full measures itself: then a note says so. */
  private void drive(String what, int connections, Workload load) throws IOException {
    long self = ProcessHandle.current().pid();
    long cpu = ProcStats.of(self).cpuMicros();
    long start = System.nanoTime();
    HttpLoop.run(api.port(), connections, load);
    double wallMicros = (System.nanoTime() - start) / 1e3;
    double busy = (ProcStats.of(self).cpuMicros() - cpu) / wallMicros;
    if (busy > FULL && wallMicros > 1e6) {
      report.note("%s: the generator was %.0f %% busy".formatted(what, busy * 100));
    }
  }

  private String[] fill() throws IOException, InterruptedException {
    var extent = new SubmitWorkload.Extent(Long.MAX_VALUE, options.window(), options.retained());
    SubmitWorkload load = submit(ECHO, extent);
    report.add("completed while filling", load.succeededPerSecond(), "inv/s", Limits.PLAIN_LOG);
    return load.ids();
  }

  private void completed(String kind) throws IOException, InterruptedException {
    var extent =
        new SubmitWorkload.Extent(seconds(options.seconds()), options.window(), Long.MAX_VALUE);
    NodeMetrics metrics = NodeMetrics.of(api);
    ProcStats before = ProcStats.of(node.pid());
    SubmitWorkload load = submit(functionOf(kind), extent);
    ProcStats after = ProcStats.of(node.pid());
    NodeMetrics commits = NodeMetrics.of(api).since(metrics);
    double invocations = Math.max(1, load.succeeded());
    String name = "completed, " + kind;
    report.add(name, load.succeededPerSecond(), "inv/s", Limits.PLAIN_LOG);
    report.detail(name, load.acknowledged());
    report.add(
        name + ": node CPU", (after.cpuMicros() - before.cpuMicros()) / invocations, "us/inv");
    double written = (after.writtenBytes() - before.writtenBytes()) / invocations;
    report.add(name + ": written", written, "B/inv", Limits.PLAIN_LOG_BYTES);
    grouping(name, load.succeededPerSecond(), commits);
    if (kind.equals("event-bus")) {
      report.add("resident memory, loaded, peak", after.peakResidentBytes() / 1e6, "MB");
    }
    if (load.succeeded() < load.accepted()) {
      report.note(name + ": " + (load.accepted() - load.succeeded()) + " never succeeded");
    }
    verify(name, load.ids());
  }

  /** The same once more against a plain log that syncs as often for as many steps as the node. */
  private void grouping(String name, double perSecond, NodeMetrics commits)
      throws IOException, InterruptedException {
    if (commits.group() == 0) {
      report.note(name + ": the node told nothing of its commits");
      return;
    }
    int group = Math.max(1, (int) Math.round(commits.group()));
    DiskLimits disk = new DiskLimits(options.data(), options.payloadBytes(), RESULT_BYTES);
    String log = "plain log, " + Limits.SHARDS + " writers, syncing each " + group;
    report.addOnce(log, disk.plainLog(Limits.SHARDS, group, 2).invocationsPerSecond(), "inv/s");
    report.add(name + ", again", perSecond, "inv/s", log);
    report.add(name + ": steps a commit", commits.group(), "");
    report.add(name + ": commit, mean", commits.commitSeconds() * 1e3 / commits.commits(), "ms");
    report.add(name + ": commit bytes", 2 * commits.commitBytes() / commits.steps(), "B/inv");
  }

  /** Reads some of the ids again: a count alone could be wrong. */
  private void verify(String name, String[] ids) throws IOException, InterruptedException {
    int wrong = 0;
    for (int i = 0; i < Math.min(VERIFIED, ids.length); i++) {
      NativeApi.Answer answer =
          api.invocation(ids[(int) ((long) i * ids.length / VERIFIED % ids.length)], 0);
      boolean right = answer.status() == 200 && isSucceeded(answer.json());
      wrong += right ? 0 : 1;
    }
    if (wrong > 0 || ids.length == 0) {
      report.note(name + ": " + wrong + " of " + ids.length + " sampled ids do not read SUCCEEDED");
    }
  }

  private static boolean isSucceeded(JsonNode invocation) {
    return invocation.path("status").asText().equals("SUCCEEDED")
        && invocation.path("resultBytes").asInt() == RESULT_BYTES;
  }

  private void accept() throws IOException, InterruptedException {
    var extent = new SubmitWorkload.Extent(seconds(options.seconds()), 0, Long.MAX_VALUE);
    SubmitWorkload load = submit(ECHO, extent);
    report.add("accepted, closed loop", load.acceptedPerSecond(), "inv/s", Limits.EMPTY_POST);
    report.detail("accepted, closed loop", load.acknowledged());
    drain();
  }

  private void drain() throws IOException, InterruptedException {
    long before = -1;
    for (long open = open(); open > 0 && open != before; open = open()) {
      before = open;
      pause(Duration.ofMillis(500));
    }
  }

  private void pause(Duration time) throws IOException, InterruptedException {
    if (node.endsWithin(time)) {
      throw new IOException("the node ended by itself\n" + node.logEnd());
    }
  }

  private long open() throws IOException, InterruptedException {
    long open = 0;
    for (String status : List.of("ENQUEUED", "RUNNING", "RETRYING")) {
      open += api.count(ECHO, status);
    }
    return open;
  }

  private void latency(int rate) throws IOException {
    LatencyWorkload load =
        new LatencyWorkload(requests, ECHO, options.payloadBytes(), rate, options.seconds());
    HttpLoop.run(api.port(), options.connections(), load);
    percentiles("accept at " + rate + "/s", load.accept());
    percentiles("submit to completed at " + rate + "/s", load.completed());
    load.errors().forEach((error, times) -> report.note(rate + "/s: " + times + " x " + error));
    if (load.unfinished() > 0) {
      report.note(rate + "/s: " + load.unfinished() + " were not seen to succeed");
    }
  }

  private void percentiles(String name, Histogram nanos) {
    report.detail(name, nanos);
    report.add(name + ", p50", nanos.getValueAtPercentile(50) / 1e6, "ms", Limits.FSYNC_P50);
    report.add(name + ", p99", nanos.getValueAtPercentile(99) / 1e6, "ms", Limits.FSYNC_P99);
  }

  private void status(String[] ids) throws IOException {
    List<byte[]> asks =
        Arrays.stream(ids).map(id -> requests.get("/v1/invocations/" + id)).toList();
    RepeatWorkload load = new RepeatWorkload(asks, 200, options.seconds());
    drive("status by id", options.connections(), load);
    rate("status by id", load);
  }

  private void list() throws IOException {
    String path = NativeApi.functionPath(ECHO) + "/invocations?status=SUCCEEDED&limit=100";
    RepeatWorkload load = new RepeatWorkload(List.of(requests.get(path)), 200, options.seconds());
    HttpLoop.run(api.port(), 4, load);
    rate("list, page of 100, 4 connections", load);
    long rows = load.body().split("\"id\":", -1).length - 1L;
    if (rows != 100) {
      report.note("list: a page has " + rows + " rows");
    }
  }

  private void rate(String name, RepeatWorkload load) {
    report.add(name, load.perSecond(), "req/s", Limits.EMPTY_GET);
    report.add(name + ", p50", load.latency().getValueAtPercentile(50) / 1e6, "ms");
    report.add(name + ", p99", load.latency().getValueAtPercentile(99) / 1e6, "ms");
    report.detail(name, load.latency());
    load.errors().forEach((error, times) -> report.note(name + ": " + times + " x " + error));
  }

  /** SIGKILL with attempts running and all that the run has left behind retained. */
  private void recovery(String[] ids, Restart restart) throws IOException, InterruptedException {
    submit("hang", new SubmitWorkload.Extent(Long.MAX_VALUE, 0, options.inFlight()));
    pause(WRITTEN_DOWN); // so that recovery finds each start on disk
    long running = api.count("hang", "RUNNING");
    long retained = api.count(ECHO, "SUCCEEDED");
    node.kill();
    try (NodeProcess again = restart.start()) {
      NativeApi back = again.awaitReady(RESTART_AT_MOST);
      double took = (System.nanoTime() - again.startedNanos()) / 1e6;
      report.add("ready after kill -9", took, "ms");
      report.add(
          "ready after kill -9: node CPU", ProcStats.of(again.pid()).cpuMicros() / 1e3, "ms");
      report.detail("recovery", Map.of("retained", retained, "running", running));
      long found = back.count(ECHO, "SUCCEEDED");
      if (found != retained) {
        report.note("recovery: " + retained + " had succeeded, " + found + " are found");
      }
      if (!isSucceeded(back.invocation(ids[0], 0).json())) {
        report.note("recovery: " + ids[0] + " no longer reads SUCCEEDED");
      }
    }
  }

  private static long seconds(int seconds) {
    return seconds * 1_000_000_000L;
  }
}
