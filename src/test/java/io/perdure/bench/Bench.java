package io.perdure.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One run: limits, node, modes, report. {@code scripts/bench} builds what it needs and pins this
 * process, the generator, to the last core; the node and the other servers get the rest.
 */
public final class Bench {
  private static final Duration START_AT_MOST = Duration.ofMinutes(2);

  private final BenchOptions options;
  private final Report report = new Report(System.err);
  private final int cores = Integer.getInteger("bench.cores", 1);

  private Bench(BenchOptions options) {
    this.options = options;
  }

  /** Ends with 0 when every figure was measured, with 1 and the reason otherwise. */
  public static void main(String[] args) throws Exception {
    try {
      new Bench(BenchOptions.parse(args)).run();
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "; see scripts/bench --help");
      System.exit(2);
    }
  }

  private void run() throws IOException, InterruptedException {
    deleteTree(options.data());
    Files.createDirectories(options.data());
    try (StandIn function = StandIn.start(serverJava(), FunctionServer.class)) {
      describe();
      new Limits(options, report, serverJava(), serverCores()).measure();
      try (NodeProcess node = NodeProcess.start(launch())) {
        NativeApi api = node.awaitReady(START_AT_MOST);
        report.add("ready, empty", (System.nanoTime() - node.startedNanos()) / 1e6, "ms");
        idleMemory(node);
        if (options.managed()) {
          new ManagedModes(options, report, node, api, pinning()).measure();
        } else {
          new Modes(options, report, node, api, function.port()).measure(this::restart);
        }
      }
    }
    report.print(System.out);
    report.write(options.out());
    System.out.println("written to " + options.out());
    deleteTree(options.data());
  }

  private void idleMemory(NodeProcess node) throws IOException, InterruptedException {
    if (node.endsWithin(Duration.ofSeconds(2))) {
      throw new IOException("the node ended by itself\n" + node.logEnd());
    }
    ProcStats stats = ProcStats.of(node.pid());
    report.add("resident memory, idle", stats.residentBytes() / 1e6, "MB");
    report.add("CPU to start", stats.cpuMicros() / 1e3, "ms");
  }

  private NodeProcess restart() throws IOException {
    return NodeProcess.start(launch());
  }

  private NodeProcess.Launch launch() {
    List<String> command = new ArrayList<>(serverJava());
    command.add("@conf/jvm.options");
    String jar = options.jar().toString();
    Path archive = Path.of(jar.replaceFirst("\\.jar$", ".jsa")); // as scripts/archive names it
    if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.addAll(List.of("-jar", jar));
    return new NodeProcess.Launch(command, options.data().resolve("node"), settings());
  }

  /** The defaults, but for limits that a mode would run into instead of measuring. */
  private Map<String, String> settings() {
    String attempts = Integer.toString(Math.max(256, options.inFlight()));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("verticles", "io.perdure.example.EchoVerticle");
    settings.put("executor.concurrency", attempts);
    settings.put("runtime.http.connections-per-host", attempts);
    settings.put("shard.backlog-per-function", "1000000"); // mode accept does not wait for the end
    settings.putAll(options.settings());
    return settings;
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
    report.setting("cores", cores);
    report.setting(
        "pinned", pinned() ? "node 0-" + (cores - 2) + ", generator " + (cores - 1) : "no");
    report.setting("load average before", Files.readString(Path.of("/proc/loadavg")).trim());
    report.setting("java", System.getProperty("java.runtime.version"));
    report.setting("kernel", System.getProperty("os.version"));
    report.setting("payload", options.payloadBytes() + " bytes, incompressible");
    report.setting("result", Modes.RESULT_BYTES + " bytes");
    report.setting("seconds each", options.seconds());
    report.setting("window", options.window());
    report.setting("connections", options.connections());
    report.setting("retained before", options.retained());
    report.setting("node settings", settings());
  }

  private static void deleteTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
