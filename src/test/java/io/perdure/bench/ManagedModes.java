package io.perdure.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Functions uploaded as code, called by callers who wait for the result: each language's cold
 * start, warm calls and memory, beside what its interpreter costs alone and what the same handler
 * does behind a plain HTTP server on the same cores.
 */
final class ManagedModes {
  private static final int COLD_STARTS = 20;
  private static final int COLD_STARTS_QUICK = 5;
  private static final int[] AT_ONCE = {1, 16};
  private static final int MOST = 16;
  private static final double WARM_UP_SECONDS = 2;
  private static final double NODE_WARM_UP_SECONDS = 5; // its JIT compiler has more to do
  private static final Duration IDLE = Duration.ofSeconds(3);

  private final BenchOptions options;
  private final Report report;
  private final NodeProcess node;
  private final NativeApi api;
  private final Requests requests;
  private final List<String> pinned;

  /**
   * @param pinned words in front of a server's command that give it the node's cores
   */
  ManagedModes(
      BenchOptions options, Report report, NodeProcess node, NativeApi api, List<String> pinned) {
    this.options = options;
    this.report = report;
    this.node = node;
    this.api = api;
    this.requests = new Requests(api.port(), api.token());
    this.pinned = pinned;
  }

  void measure() throws IOException, InterruptedException {
    for (ManagedLanguage language : ManagedLanguage.values()) {
      if (options.languages().contains(language.kind())) {
        measure(language);
      }
    }
  }

  private void measure(ManagedLanguage language) throws IOException, InterruptedException {
    String kind = language.kind();
    String function = "warm-" + kind;
    report.progress(kind + ", cold start");
    NativeApi.Answer put = api.tryPutFunction(function, language.definition("warm", MOST));
    if (!put.succeeded()) {
      report.note(kind + " is left out: " + put.text());
      return;
    }
    NativeApi.Answer first = invoke(function);
    if (first.status() != 200) {
      report.note(kind + " is left out: its function failed: " + first.text());
      return;
    }
    List<String> interpreter = interpreter(language, instances(function).get(0));
    // On the node's cores: what starts it, the generator, has one alone.
    List<String> alone =
        ManagedLanguage.command(pinned, ManagedLanguage.command(interpreter, language.alone()));
    cold(language, alone);
    report.progress(kind + ", warm");
    List<Histogram> plain = plain(language, interpreter);
    warm(kind, function, plain);
    memory(language, function, alone);
    idle(kind);
    api.deleteFunction(function);
  }

  /** Every start is that of a function and of a package that have never been run before. */
  private void cold(ManagedLanguage language, List<String> alone)
      throws IOException, InterruptedException {
    String kind = language.kind();
    int starts = options.seconds() < 8 ? COLD_STARTS_QUICK : COLD_STARTS;
    Histogram own = new Histogram(3);
    Histogram cold = new Histogram(3);
    for (int i = 0; i < starts; i++) {
      try (Alone started = Alone.start(alone)) {
        own.recordValue(started.nanos());
      }
      String function = "cold-" + kind + "-" + i;
      api.tryPutFunction(function, language.definition("cold " + i, 1));
      long start = System.nanoTime();
      NativeApi.Answer answer = invoke(function);
      long nanos = System.nanoTime() - start;
      if (answer.status() == 200) {
        cold.recordValue(nanos);
      } else {
        report.note("cold start, " + kind + ": status " + answer.status());
      }
      api.deleteFunction(function); // so that its instance makes room
    }
    percentiles("start of " + kind + " alone", own, null);
    percentiles("cold start, " + kind, cold, "start of " + kind + " alone");
  }

  private List<Histogram> plain(ManagedLanguage language, List<String> interpreter)
      throws IOException {
    List<String> command =
        ManagedLanguage.command(pinned, ManagedLanguage.command(interpreter, language.server()));
    List<Histogram> measured = new ArrayList<>();
    try (StandIn server = StandIn.start(command)) {
      Requests plain = new Requests(server.port(), null);
      byte[] post = post(plain, "/");
      for (int atOnce : AT_ONCE) {
        String name = plainName(language.kind(), atOnce);
        measured.add(drive(name, server.port(), post, atOnce, null));
      }
    }
    return measured;
  }

  private void warm(String kind, String function, List<Histogram> plain)
      throws IOException, InterruptedException {
    byte[] post = post(requests, NativeApi.functionPath(function) + "/invoke");
    HttpLoop.run(api.port(), MOST, RepeatWorkload.random(List.of(post), 200, NODE_WARM_UP_SECONDS));
    for (int i = 0; i < AT_ONCE.length; i++) {
      int atOnce = AT_ONCE[i];
      JsonNode warmed = api.warm(function, atOnce).json();
      if (warmed.path("ready").asInt() < atOnce) {
        report.note(kind + ": " + warmed);
      }
      ProcStats before = ProcStats.of(node.pid());
      String name = "warm, " + kind + ", " + atOnce + " at once";
      Histogram ours = drive(name, api.port(), post, atOnce, plainName(kind, atOnce));
      double cpu = ProcStats.of(node.pid()).cpuMicros() - before.cpuMicros();
      report.add(name + ": node CPU", cpu / Math.max(1, ours.getTotalCount()), "us/inv");
      for (int percentile : new int[] {50, 99}) {
        double beyond =
            ours.getValueAtPercentile(percentile) - plain.get(i).getValueAtPercentile(percentile);
        report.add(name + ": beyond plain, p" + percentile, beyond / 1e6, "ms");
      }
    }
  }

  private static String plainName(String kind, int atOnce) {
    return "plain server, " + kind + ", " + atOnce + " at once";
  }

  /** Closed loop of {@code atOnce} connections, the beginning not counted. */
  private Histogram drive(String name, int port, byte[] request, int atOnce, String limit)
      throws IOException {
    HttpLoop.run(port, atOnce, RepeatWorkload.random(List.of(request), 200, WARM_UP_SECONDS));
    RepeatWorkload load = RepeatWorkload.random(List.of(request), 200, options.seconds());
    HttpLoop.run(port, atOnce, load);
    if (limit == null) {
      report.add(name, load.perSecond(), "inv/s");
    } else {
      report.add(name, load.perSecond(), "inv/s", limit);
    }
    percentiles(name, load.latency(), limit);
    load.errors().forEach((error, times) -> report.note(name + ": " + times + " x " + error));
    if (!load.body().equals("ok")) {
      report.note(name + ": the first answer was " + load.body());
    }
    return load.latency();
  }

  /** Resident memory of warm instances that have served, beside the interpreter's with nothing. */
  private void memory(ManagedLanguage language, String function, List<String> alone)
      throws IOException, InterruptedException {
    String name = "memory of " + language.kind();
    try (Alone bare = Alone.start(alone)) {
      report.add(name + " alone", resident(bare.pid()) / 1e6, "MB");
    }
    long sum = 0;
    int count = 0;
    for (long pid : instances(function)) {
      sum += resident(pid);
      count++;
    }
    double each = sum / 1e6 / Math.max(1, count);
    report.add(name + ", warm instance", each, "MB", name + " alone");
    report.add(name + ", beyond alone", each - report.find(name + " alone").orElseThrow(), "MB");
    report.detail(name, Map.of("instances", count));
  }

  /** What instances with nothing to do cost the node, which watches them. */
  private void idle(String kind) throws IOException, InterruptedException {
    long before = ProcStats.of(node.pid()).cpuMicros();
    if (node.endsWithin(IDLE)) {
      throw new IOException("the node ended by itself\n" + node.logEnd());
    }
    double perSecond = (ProcStats.of(node.pid()).cpuMicros() - before) / 1e3 / IDLE.toSeconds();
    report.add(kind + ", " + MOST + " idle instances: node CPU", perSecond, "ms/s");
  }

  /** All processes of an instance together. */
  private static long resident(long pid) throws IOException {
    long sum = 0;
    for (ProcessHandle process : tree(pid)) {
      sum += ProcStats.residentBytes(process.pid());
    }
    return sum;
  }

  private static List<ProcessHandle> tree(long pid) {
    Optional<ProcessHandle> first = ProcessHandle.of(pid);
    return Stream.concat(first.stream(), first.stream().flatMap(ProcessHandle::descendants))
        .toList();
  }

  private List<Long> instances(String function) throws IOException, InterruptedException {
    JsonNode list = api.get(NativeApi.functionPath(function) + "/instances").json();
    List<Long> pids = new ArrayList<>();
    list.path("instances").forEach(instance -> pids.add(instance.path("pid").asLong()));
    return pids;
  }

  /**
   * The program that runs an instance, and with a JVM the options of its memory: what it is
   * compared with has to be the same.
   */
  private static List<String> interpreter(ManagedLanguage language, long pid) throws IOException {
    for (ProcessHandle process : tree(pid)) {
      Path proc = Path.of("/proc", Long.toString(process.pid()));
      Path exe = Files.readSymbolicLink(proc.resolve("exe"));
      if (exe.getFileName().toString().startsWith(language.program())) {
        List<String> words = new ArrayList<>(List.of(exe.toString()));
        String all = Files.readString(proc.resolve("cmdline"), StandardCharsets.UTF_8);
        Stream.of(all.split("\0", -1)).filter(word -> word.startsWith("-X")).forEach(words::add);
        return words;
      }
    }
    throw new IOException("no " + language.program() + " below process " + pid);
  }

  private NativeApi.Answer invoke(String function) throws IOException, InterruptedException {
    return api.invoke(function, "{}".getBytes(StandardCharsets.UTF_8));
  }

  private byte[] post(Requests to, String path) {
    byte[] head = to.postHead(path, options.payloadBytes());
    ByteBuffer whole = ByteBuffer.allocate(head.length + options.payloadBytes());
    whole.put(head);
    to.putPayload(whole, 0, options.payloadBytes());
    return whole.array();
  }

  private void percentiles(String name, Histogram nanos, String limit) {
    report.detail(name, nanos);
    for (int percentile : new int[] {50, 99}) {
      String figure = name + ", p" + percentile;
      double millis = nanos.getValueAtPercentile(percentile) / 1e6;
      if (limit == null) {
        report.add(figure, millis, "ms");
      } else {
        report.add(figure, millis, "ms", limit + ", p" + percentile);
      }
    }
  }

  /** An interpreter that runs nothing, from its start to its first line of output. */
  private record Alone(Process process, long nanos) implements AutoCloseable {
    static Alone start(List<String> command) throws IOException {
      long start = System.nanoTime();
      Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
      BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
      if (out.readLine() == null) {
        throw new IOException(command.get(0) + " did not start");
      }
      return new Alone(process, System.nanoTime() - start);
    }

    long pid() {
      return process.pid();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
