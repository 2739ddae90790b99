package io.perdure.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;

/** How many invocations a node completes a second, and what each costs it. */
final class CompletedMode {
  private static final int VERIFIED = 200;

  /** Until as much is removed as comes in: a retention and a sweep of the reaper have passed. */
  private static final double STEADY_AFTER_SECONDS = 12;

  private final NodeUnderTest on;
  private final BenchOptions options;
  private final Report report;
  private final long functionPid;

  /**
   * @param functionPid process of the functions of kind http
   */
  CompletedMode(NodeUnderTest on, long functionPid) {
    this.on = on;
    this.options = on.options;
    this.report = on.report;
    this.functionPid = functionPid;
  }

  /** One kind with one size of payload; the ids of what it completed. */
  String[] measure(String kind, int payloadBytes) throws IOException, InterruptedException {
    String function = NodeUnderTest.functionOf(kind);
    String name = on.named("completed, " + kind + size(payloadBytes));
    report.progress(name);
    on.warmUp(name, seconds -> on.submit(function, payloadBytes, seconds));
    NodeMetrics metrics = NodeMetrics.of(on.api);
    CompilerTime compilers = new CompilerTime(on.node.pid());
    ProcStats before = ProcStats.of(on.node.pid());
    long functionBefore = ProcStats.of(functionPid).cpuMicros();
    SubmitWorkload load = on.submit(function, payloadBytes, options.seconds());
    ProcStats after = ProcStats.of(on.node.pid());
    double functionCpu = ProcStats.of(functionPid).cpuMicros() - functionBefore;
    double compiled = compilers.sinceLastMicros();
    NodeMetrics commits = NodeMetrics.of(on.api).since(metrics);
    double invocations = Math.max(1, load.succeeded());
    boolean usual = payloadBytes == options.payloadBytes(); // peers were measured with that alone
    report.add(
        name,
        load.succeededPerSecond(),
        "inv/s",
        Limits.named(Limits.COMMIT_PATH, options, payloadBytes),
        Limits.named(Limits.PLAIN_LOG, options, payloadBytes),
        usual ? Peers.COMPLETED : name,
        name.substring(0, name.length() - on.named("").length()));
    report.detail(name, load.acknowledged());
    double cpu = after.cpuMicros() - before.cpuMicros();
    report.add(name + ": node CPU", cpu / invocations, "us/inv");
    report.add(name + ": of it compilers", compiled / invocations, "us/inv");
    if (kind.equals("http")) {
      report.add(name + ": function CPU", functionCpu / invocations, "us/inv");
    }
    double written = (after.writtenBytes() - before.writtenBytes()) / invocations;
    String plainBytes = Limits.named(Limits.PLAIN_LOG_BYTES, options, payloadBytes);
    report.add(name + ": written", written, "B/inv", plainBytes);
    grouping(name, payloadBytes, load.succeededPerSecond(), commits);
    if (kind.equals("event-bus") && payloadBytes == options.payloadBytes()) {
      memory(after);
    }
    if (load.succeeded() < load.accepted()) {
      report.note(name + ": " + (load.accepted() - load.succeeded()) + " never succeeded");
    }
    verify(name, load.ids());
    return load.ids();
  }

  private String size(int payloadBytes) {
    return payloadBytes == options.payloadBytes() ? "" : ", payload " + Names.bytes(payloadBytes);
  }

  private void memory(ProcStats after) throws IOException {
    report.add(on.named("resident memory, loaded, peak"), after.peakResidentBytes() / 1e6, "MB");
    double proportional = ProcStats.proportionalBytes(on.node.pid()) / 1e6;
    report.add(on.named("proportional memory, loaded"), proportional, "MB");
  }

  /** The same once more against a plain log that syncs as often for as many steps as the node. */
  private void grouping(String name, int payloadBytes, double perSecond, NodeMetrics commits)
      throws IOException, InterruptedException {
    if (commits.group() == 0) {
      report.note(name + ": the node told nothing of its commits");
      return;
    }
    report.add(name + ": steps a sync", commits.group(), "");
    report.add(name + ": commit, mean", commits.commitSeconds() * 1e3 / commits.commits(), "ms");
    report.add(name + ": commit bytes", 2 * commits.commitBytes() / commits.steps(), "B/inv");
    int group = Math.max(1, (int) Math.round(commits.group()));
    DiskLimits disk = new DiskLimits(options.data(), payloadBytes, Modes.RESULT_BYTES);
    String log = Limits.named("plain log, 1 writer, syncing each " + group, options, payloadBytes);
    if (report.find(log).isEmpty()) {
      report.add(log, disk.plainLog(1, group, 1).invocationsPerSecond(), "inv/s");
    }
    report.add(name + ", again", perSecond, "inv/s", log);
  }

  /** Reads some of the ids again: a count alone could be wrong. */
  private void verify(String name, String[] ids) throws IOException, InterruptedException {
    int wrong = 0;
    for (int i = 0; i < Math.min(VERIFIED, ids.length); i++) {
      NativeApi.Answer answer =
          on.api.invocation(ids[(int) ((long) i * ids.length / VERIFIED % ids.length)], 0);
      boolean right = answer.status() == 200 && isSucceeded(answer.json());
      wrong += right ? 0 : 1;
    }
    if (wrong > 0 || ids.length == 0) {
      report.note(name + ": " + wrong + " of " + ids.length + " sampled ids do not read SUCCEEDED");
    }
  }

  static boolean isSucceeded(JsonNode invocation) {
    return invocation.path("status").asText().equals("SUCCEEDED")
        && invocation.path("resultBytes").asInt() == Modes.RESULT_BYTES;
  }

  /**
   * As many records are removed as come in, on top of what is retained: those of a function whose
   * retention is {@link NodeUnderTest#LEAVES_AFTER}. Their bodies stay for hours: whole files of
   * them are dropped then, which costs next to nothing.
   */
  void steady() throws IOException, InterruptedException {
    String name = on.named("steady");
    report.progress(name);
    int payloadBytes = options.payloadBytes();
    on.settle(Duration.ofSeconds(20));
    on.submit(NodeUnderTest.LEAVING, payloadBytes, STEADY_AFTER_SECONDS);
    double seconds = Math.max(2 * NodeUnderTest.LEAVES_AFTER.toSeconds(), options.seconds());
    NodeMetrics metrics = NodeMetrics.of(on.api);
    ProcStats before = ProcStats.of(on.node.pid());
    SubmitWorkload load = on.submit(NodeUnderTest.LEAVING, payloadBytes, seconds);
    ProcStats after = ProcStats.of(on.node.pid());
    double removed = NodeMetrics.of(on.api).since(metrics).removed();
    double invocations = Math.max(1, load.succeeded());
    report.add(
        on.named("steady: completed"), load.succeededPerSecond(), "inv/s", Limits.COMMIT_PATH);
    report.add(on.named("steady: removed for each completed"), removed / invocations, "");
    double written = (after.writtenBytes() - before.writtenBytes()) / invocations;
    report.add(on.named("steady: written"), written, "B/inv", Limits.PLAIN_LOG_BYTES);
    double cpu = (after.cpuMicros() - before.cpuMicros()) / invocations;
    report.add(on.named("steady: node CPU"), cpu, "us/inv");
  }
}
