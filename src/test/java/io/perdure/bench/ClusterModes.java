package io.perdure.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a cluster does whose nodes share one machine: so figures are held against one node that
 * stood alone on the same cores in the same run, and against the peers.
 */
final class ClusterModes {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final int PACE = 500;

  /**
   * Of so many one is asked for until it has ended: asking for all would be 20 000 reads a second,
   * and the load that is looked at.
   */
  private static final int ASK_EACH = 20;

  /**
   * So many times what one node gets: all compile the same, with the cores of one between them, and
   * while they do they complete less that would tell them what is worth it.
   */
  private static final int WARM_UPS = 6;

  private final BenchOptions options;
  private final Report report;
  private final ClusterUnderTest cluster;
  private final String named;

  ClusterModes(BenchOptions options, Report report, ClusterUnderTest cluster) {
    this.options = options;
    this.report = report;
    this.cluster = cluster;
    this.named = "cluster of " + options.cluster() + ": ";
  }

  void measure(int functionPort) throws IOException, InterruptedException {
    NodeProcess first = cluster.nodes().get(0);
    report.add(named + "formed and ready", first.readyAfter().toNanos() / 1e6, "ms");
    idle();
    NodeUnderTest on = new NodeUnderTest(options, report, first, cluster.api(0), "");
    on.putFunctions(functionPort);
    completed();
    if (options.measures("latency")) {
      latency();
    }
  }

  /** What heartbeats and timers cost while nobody asks for anything. */
  private void idle() throws IOException, InterruptedException {
    pause(IDLE);
    ProcStats before = cluster.stats();
    pause(IDLE);
    ProcStats after = cluster.stats();
    double micros = after.cpuMicros() - before.cpuMicros();
    double each = micros / cluster.nodes().size() / (IDLE.toMillis() * 1e3);
    report.add(named + "idle, CPU of a node", each * 100, "% of a core");
    report.add(
        named + "resident memory of a node, idle",
        after.residentBytes() / 1e6 / cluster.nodes().size(),
        "MB");
  }

  private void completed() throws IOException, InterruptedException {
    String name = named + "completed, event-bus";
    report.progress(name);
    int warmUp = WARM_UPS * options.warmUpSeconds();
    new WarmUp(report, warmUp).run(name, cluster.pids(), this::submit);
    List<CompilerTime> compilers = new ArrayList<>();
    for (long pid : cluster.pids()) {
      compilers.add(new CompilerTime(pid));
    }
    NodeMetrics metrics = metrics();
    ProcStats before = cluster.stats();
    SubmitWorkload load = submit(options.seconds());
    ProcStats after = cluster.stats();
    double compiled = 0;
    for (CompilerTime one : compilers) {
      compiled += one.sinceLastMicros();
    }
    NodeMetrics commits = metrics().since(metrics);
    double invocations = Math.max(1, load.succeeded());
    report.add(name, load.succeededPerSecond(), "inv/s", "completed, event-bus", Peers.COMPLETED);
    report.detail(name, load.acknowledged());
    double cpu = after.cpuMicros() - before.cpuMicros();
    report.add(name + ": CPU of all nodes", cpu / invocations, "us/inv");
    report.add(name + ": of it compilers", compiled / invocations, "us/inv");
    double written = after.writtenBytes() - before.writtenBytes();
    report.add(
        name + ": written by all nodes", written / invocations, "B/inv", Limits.PLAIN_LOG_BYTES);
    if (commits.commits() > 0) {
      report.add(name + ": steps a commit", commits.steps() / commits.commits(), "");
      double mean = commits.commitSeconds() * 1e3 / commits.commits();
      report.add(name + ": commit, mean", mean, "ms");
    }
    double resident = after.peakResidentBytes() / 1e6 / cluster.nodes().size();
    report.add(named + "resident memory of a node, loaded, peak", resident, "MB");
    load.errors().forEach((error, times) -> report.note(name + ": " + times + " x " + error));
    if (load.succeeded() < load.accepted()) {
      report.note(name + ": " + (load.accepted() - load.succeeded()) + " never succeeded");
    }
  }

  private SubmitWorkload submit(double seconds) throws IOException, InterruptedException {
    NativeApi api = cluster.api(0);
    SubmitWorkload load =
        SubmitWorkload.staying(
            new Requests(api.port(), api.token()),
            NodeUnderTest.ECHO,
            options.payloadBytes(),
            new SubmitWorkload.Extent((long) (seconds * 1e9), options.window(), Long.MAX_VALUE),
            api.count(NodeUnderTest.ECHO, "SUCCEEDED"));
    HttpLoop.run(cluster.ports(), options.connections(), load);
    return load;
  }

  private LatencyWorkload paced(double seconds) throws IOException {
    NativeApi api = cluster.api(0);
    LatencyWorkload load =
        LatencyWorkload.submits(
            new Requests(api.port(), api.token()),
            NodeUnderTest.ECHO,
            options.payloadBytes(),
            PACE,
            seconds,
            ASK_EACH);
    HttpLoop.run(cluster.ports(), options.connections(), load);
    return load;
  }

  private void latency() throws IOException, InterruptedException {
    String name = named + "accept at " + PACE + "/s";
    report.progress(name);
    new WarmUp(report, WARM_UPS * options.warmUpSeconds()).run(name, cluster.pids(), this::paced);
    LatencyWorkload load = paced(options.seconds());
    Histogram accept = load.accept();
    report.detail(name, accept);
    double allowed = 4 * report.find(Limits.FSYNC_P50).orElse(0.0) + 2;
    String limit = "four fsyncs, p50, and 2 ms";
    report.add(limit, allowed, "ms");
    report.add(name + ", p50", accept.getValueAtPercentile(50) / 1e6, "ms", limit);
    report.add(name + ", p99", accept.getValueAtPercentile(99) / 1e6, "ms");
    double completed = load.completed().getValueAtPercentile(50) / 1e6;
    report.add(named + "submit to completed at " + PACE + "/s, p50", completed, "ms");
    load.errors().forEach((error, times) -> report.note(name + ": " + times + " x " + error));
  }

  private NodeMetrics metrics() throws IOException, InterruptedException {
    NodeMetrics sum = new NodeMetrics(0, 0, 0, 0, 0, 0);
    for (NativeApi api : cluster.apis()) {
      sum = sum.and(NodeMetrics.of(api));
    }
    return sum;
  }

  private void pause(Duration time) throws IOException, InterruptedException {
    if (cluster.nodes().get(0).endsWithin(time)) {
      throw new IOException("a node ended by itself\n" + cluster.nodes().get(0).logEnd());
    }
  }
}
