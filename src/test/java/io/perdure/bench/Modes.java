package io.perdure.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The measurements on a running node, one after the other. */
final class Modes {
  /** What every function answers. */
  static final int RESULT_BYTES = 200;

  private static final Duration WRITTEN_DOWN = Duration.ofSeconds(2);
  private static final Duration RESTART_AT_MOST = Duration.ofMinutes(5);

  /** Starts a node on the directory that the killed one left. */
  interface Restart {
    NodeProcess start() throws IOException;
  }

  private final NodeUnderTest on;
  private final BenchOptions options;
  private final Report report;
  private final StandIn functions;

  /**
   * @param functions the process that serves those of kind http
   */
  Modes(NodeUnderTest on, StandIn functions) {
    this.on = on;
    this.options = on.options;
    this.report = on.report;
    this.functions = functions;
  }

  /** All that are wanted, on a node that has no invocation. */
  void measure(Restart restart) throws IOException, InterruptedException {
    on.putFunctions(functions.port());
    CompletedMode completed = new CompletedMode(on, functions.pid());
    String[] ids = null;
    if (options.measures("completed")) {
      for (String kind : options.kinds()) {
        for (int payloadBytes : options.payloads()) {
          String[] done = completed.measure(kind, payloadBytes);
          ids = ids == null && kind.equals("event-bus") ? done : ids;
        }
      }
    }
    if (ids == null) {
      on.warmUp("the rest", seconds -> echo(seconds));
      ids = echo(1);
    }
    if (options.measures("accept")) {
      report.progress("accept");
      accept();
    }
    if (options.measures("latency")) {
      report.progress("latency");
      warmUpLatency();
      latency(200);
      latency(1000);
    }
    reads(ids);
    if (options.measures("steady")) {
      completed.steady();
    }
    if (options.measures("recovery")) {
      recovery(ids, restart);
    }
  }

  /** What depends on how many are retained, on a node that has them. */
  void measureRetained(Restart restart) throws IOException, InterruptedException {
    on.putFunctions(functions.port());
    on.settle(Duration.ofSeconds(30));
    CompletedMode completed = new CompletedMode(on, functions.pid());
    String[] ids;
    if (options.measures("completed")) {
      ids = completed.measure("event-bus", options.payloadBytes());
    } else {
      ids = echo(1);
    }
    reads(ids);
    if (options.measures("steady")) {
      completed.steady();
    }
    if (options.measures("recovery")) {
      recovery(ids, restart);
    }
  }

  private void reads(String[] ids) throws IOException, InterruptedException {
    ReadModes reads = new ReadModes(on);
    if (options.measures("status")) {
      reads.status(ids);
    }
    if (options.measures("signed")) {
      reads.signed(ids);
    }
    if (options.measures("list")) {
      reads.list();
    }
  }

  private String[] echo(double seconds) throws IOException, InterruptedException {
    return on.submit(NodeUnderTest.ECHO, options.payloadBytes(), seconds).ids();
  }

  private void accept() throws IOException, InterruptedException {
    var extent = new SubmitWorkload.Extent(options.seconds() * 1_000_000_000L, 0, Long.MAX_VALUE);
    SubmitWorkload load = on.submit(NodeUnderTest.ECHO, options.payloadBytes(), extent);
    String name = on.named("accepted, closed loop");
    report.add(name, load.acceptedPerSecond(), "inv/s", Limits.EMPTY_POST);
    report.detail(name, load.acknowledged());
    drain();
  }

  private void drain() throws IOException, InterruptedException {
    long before = -1;
    for (long open = open(); open > 0 && open != before; open = open()) {
      before = open;
      on.pause(Duration.ofMillis(500));
    }
  }

  private long open() throws IOException, InterruptedException {
    long open = 0;
    for (String status : List.of("ENQUEUED", "RUNNING", "RETRYING")) {
      open += on.api.count(NodeUnderTest.ECHO, status);
    }
    return open;
  }

  /** What asks for the ends is code of its own, and the generator's is on the way, too. */
  private void warmUpLatency() throws IOException, InterruptedException {
    List<Long> both = List.of(on.node.pid(), ProcessHandle.current().pid());
    new WarmUp(report, options.warmUpSeconds())
        .run(
            on.named("latency"),
            both,
            slice -> HttpLoop.run(on.api.port(), options.connections(), submits(4000, slice)));
  }

  private LatencyWorkload submits(int rate, double seconds) {
    return LatencyWorkload.submits(
        on.requests, NodeUnderTest.ECHO, options.payloadBytes(), rate, seconds);
  }

  private void latency(int rate) throws IOException {
    LatencyWorkload load = submits(rate, options.seconds());
    HttpLoop.run(on.api.port(), options.connections(), load); // it spins: busy by design
    percentiles("accept at " + rate + "/s", load.accept());
    percentiles("submit to completed at " + rate + "/s", load.completed());
    load.errors().forEach((error, times) -> report.note(rate + "/s: " + times + " x " + error));
    if (load.unfinished() > 0) {
      report.note(rate + "/s: " + load.unfinished() + " were not seen to succeed");
    }
  }

  private void percentiles(String figure, Histogram nanos) {
    String name = on.named(figure);
    report.detail(name, nanos);
    double p50 = nanos.getValueAtPercentile(50) / 1e6;
    report.add(
        name + ", p50",
        p50,
        "ms",
        figure.startsWith("submit") ? Limits.TWO_FSYNCS : Limits.FSYNC_P50);
    report.add(
        name + ", p99",
        nanos.getValueAtPercentile(99) / 1e6,
        "ms",
        Limits.FSYNC_P99,
        Limits.FSYNC_PACED_P99);
  }

  /** SIGKILL with attempts running and all that the run has left behind retained. */
  private void recovery(String[] ids, Restart restart) throws IOException, InterruptedException {
    report.progress(on.named("recovery"));
    on.submit(
        NodeUnderTest.HANG,
        options.payloadBytes(),
        new SubmitWorkload.Extent(Long.MAX_VALUE, 0, options.inFlight()));
    on.pause(WRITTEN_DOWN); // so that recovery finds each start on disk
    long running = on.api.count(NodeUnderTest.HANG, "RUNNING");
    long retained = on.api.count(NodeUnderTest.ECHO, "SUCCEEDED");
    on.node.kill();
    try (NodeProcess again = restart.start()) {
      NativeApi back = again.awaitReady(RESTART_AT_MOST);
      double took = again.readyAfter().toNanos() / 1e6;
      String name = on.named("ready after kill -9");
      report.add(name, took, "ms");
      report.add(name + ": node CPU", ProcStats.of(again.pid()).cpuMicros() / 1e3, "ms");
      report.detail(name, Map.of("retained", retained, "running", running));
      long found = back.count(NodeUnderTest.ECHO, "SUCCEEDED");
      if (found != retained) {
        report.note(name + ": " + retained + " had succeeded, " + found + " are found");
      }
      if (!CompletedMode.isSucceeded(back.invocation(ids[0], 0).json())) {
        report.note(name + ": " + ids[0] + " no longer reads SUCCEEDED");
      }
    }
  }
}
