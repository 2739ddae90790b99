package io.perdure.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run: limits, then for each number of retained invocations a node and the modes, then the
 * report. {@code scripts/bench} builds what it needs and pins this process, the generator, to the
 * last core; the node and the other servers get the rest.
 */
public final class Bench {
  private static final Duration START_AT_MOST = Duration.ofMinutes(2);

  /** By then the JVM has given back what only the start took; see conf/jvm.options. */
  private static final Duration IDLE_AFTER = Duration.ofSeconds(12);

  private final BenchOptions options;
  private final Report report = new Report(System.err);
  private final int cores = Integer.getInteger("bench.cores", 1);

  private Bench(BenchOptions options) {
    this.options = options;
  }

  /** Ends with 0 when every figure was measured, with 1 and the reason otherwise. */
  public static void main(String[] args) throws Exception {
    try {
      if (args.length > 0 && args[0].equals("--markdown")) {
        System.out.print(Table.markdown(Arrays.stream(args).skip(1).map(Path::of).toList()));
      } else {
        new Bench(BenchOptions.parse(args)).run();
      }
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "; see scripts/bench --help");
      System.exit(2);
    }
  }

  private void run() throws IOException, InterruptedException {
    Thread cutShort = new Thread(() -> report.print(System.out));
    Runtime.getRuntime().addShutdownHook(cutShort); // what there is by then
    measure();
    Runtime.getRuntime().removeShutdownHook(cutShort);
  }

  private void measure() throws IOException, InterruptedException {
    Trees.delete(options.data());
    Files.createDirectories(options.data());
    try (StandIn functions = StandIn.start(serverJava(), FunctionServer.class)) {
      if (options.fill()) {
        fill(functions);
        return;
      }
      NativeApi.isReady(functions.port()); // or the first node waits until this client is loaded
      describe();
      Peers.report(options.peers(), report);
      new Limits(options, report, serverJava(), serverCores()).measure();
      if (options.managed()) {
        managed();
      } else if (options.cluster() > 0) {
        cluster(functions);
      } else {
        for (long retained : options.retained()) {
          round(retained, functions);
        }
      }
    }
    report.print(System.out);
    report.write(options.out());
    System.out.println("written to " + options.out());
    Trees.delete(options.data());
  }

  /** Only makes the directories that the rounds need. */
  private void fill(StandIn functions) throws IOException, InterruptedException {
    Retained all = new Retained(options, report, serverJava());
    for (long retained : options.retained()) {
      if (retained > 0) {
        System.out.println(all.make(retained, launch("node-" + retained), functions.port()));
      }
    }
  }

  private void managed() throws IOException, InterruptedException {
    NodeProcess.Launch launch = launch("node");
    try (NodeProcess node = NodeProcess.start(launch)) {
      NativeApi api = awaitEmpty(node);
      new ManagedModes(options, report, node, api, pinning()).measure();
    }
  }

  private void cluster(StandIn functions) throws IOException, InterruptedException {
    NodeProcess.Launch alone = launch("alone");
    try (NodeProcess node = NodeProcess.start(alone)) {
      NativeApi api = node.awaitReady(START_AT_MOST);
      NodeUnderTest on = new NodeUnderTest(options, report, node, api, "");
      on.putFunctions(functions.port());
      new CompletedMode(on, functions.pid()).measure("event-bus", options.payloadBytes());
    }
    Trees.delete(alone.dataDir());
    try (ClusterUnderTest cluster = ClusterUnderTest.start(options, this::launch)) {
      new ClusterModes(options, report, cluster).measure(functions.port());
    }
  }

  /** A directory of its own, so that no round finds what another has left. */
  private void round(long retained, StandIn functions) throws IOException, InterruptedException {
    NodeProcess.Launch launch = launch("node-" + retained);
    if (retained > 0) {
      new Retained(options, report, serverJava())
          .put(retained, launch.dataDir(), launch, functions.port());
    }
    try (NodeProcess node = NodeProcess.start(launch)) {
      String suffix = Names.retained(retained);
      NativeApi api = retained == 0 ? awaitEmpty(node) : node.awaitReady(START_AT_MOST);
      Modes modes = new Modes(new NodeUnderTest(options, report, node, api, suffix), functions);
      if (retained == 0) {
        modes.measure(() -> NodeProcess.start(launch));
      } else {
        ready("ready after a clean end" + suffix, node);
        modes.measureRetained(() -> NodeProcess.start(launch));
      }
    }
    Trees.delete(launch.dataDir());
  }

  private NativeApi awaitEmpty(NodeProcess node) throws IOException, InterruptedException {
    NativeApi api = node.awaitReady(START_AT_MOST);
    ready("ready, empty", node);
    report.add("CPU to start", ProcStats.of(node.pid()).cpuMicros() / 1e3, "ms");
    if (node.endsWithin(IDLE_AFTER)) {
      throw new IOException("the node ended by itself\n" + node.logEnd());
    }
    ProcStats stats = ProcStats.of(node.pid());
    report.add("resident memory, peak of the start", stats.peakResidentBytes() / 1e6, "MB");
    report.add("resident memory, idle", stats.residentBytes() / 1e6, "MB");
    report.add("proportional memory, idle", ProcStats.proportionalBytes(node.pid()) / 1e6, "MB");
    return api;
  }

  private void ready(String name, NodeProcess node) {
    report.add(name, node.readyAfter().toNanos() / 1e6, "ms");
  }

  private NodeProcess.Launch launch(String directory) {
    List<String> command = new ArrayList<>(serverJava());
    command.add("@conf/jvm.options");
    String jar = options.jar().toString();
    Path archive = Path.of(jar.replaceFirst("\\.jar$", ".jsa")); // as scripts/archive names it
    if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.addAll(List.of("-jar", jar));
    return new NodeProcess.Launch(command, options.data().resolve(directory), settings());
  }

  /** The defaults, but for limits that a mode would run into instead of measuring. */
  private Map<String, String> settings() {
    String attempts = Integer.toString(Math.max(256, options.inFlight()));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("verticles", "io.perdure.example.EchoVerticle");
    settings.put("executor.concurrency", attempts);
    settings.put("runtime.http.connections-per-host", attempts);
    settings.put("shard.backlog-per-function", "1000000"); // mode accept does not wait for the end
    settings.put("rate-limit.rates", "scf.*=0"); // mode signed asks more often than a cloud allows
    settings.putAll(options.settings());
    return settings;
  }

  private static List<String> nodeOptions() throws IOException {
    return Files.readAllLines(Path.of("conf/jvm.options")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  private boolean pinned() {
    return options.pin() && cores >= 4;
  }

  private int serverCores() {
    return pinned() ? cores - 1 : cores;
  }

  private List<String> serverJava() {
    List<String> words = new ArrayList<>(pinning());
    words.add(options.java());
    return words;
  }

  /** What comes in front of a server's command. */
  private List<String> pinning() {
    return pinned() ? List.of("taskset", "-c", "0-" + (cores - 2)) : List.of();
  }

  private void describe() throws IOException {
    Machine.describe(report, options.data(), cores);
    report.setting(
        "pinned",
        pinned()
            ? "node 0-%d, functions of kind http beside it in a process of their own, generator %d"
                .formatted(cores - 2, cores - 1)
            : "no");
    report.setting(
        "payload", options.payloads().stream().map(Names::bytes).toList() + ", incompressible");
    report.setting("result", Modes.RESULT_BYTES + " bytes");
    report.setting("seconds each", options.seconds());
    report.setting(
        "warm-up",
        "until the compilers take less than %.0f %% of a core, at most %d s each%s"
            .formatted(
                WarmUp.CALM * 100, options.warmUpSeconds(), options.quick() ? " (quick)" : ""));
    report.setting("window", options.window() + " acknowledged and not ended");
    report.setting("connections", options.connections());
    report.setting("in flight at the kill", options.inFlight());
    report.setting("retained", options.retained());
    report.setting("node options", nodeOptions());
    report.setting("node settings", settings());
  }
}
