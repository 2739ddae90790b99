package io.perdure.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.store.Verify;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Data directories full of ended invocations. Each is made and verified once, kept, and linked for
 * every round that needs it: tables are never changed once they are written.
 */
final class Retained {
  private static final Duration START_AT_MOST = Duration.ofMinutes(1);

  /** Invocations that a node itself makes before the filler copies one in each shard. */
  private static final int SAMPLES = 600;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What a child has found.
   *
   * @param verified seconds it took
   */
  record Filled(double filled, double verified, long records, long problems, List<String> texts) {}

  private final BenchOptions options;
  private final Report report;
  private final List<String> java;

  /**
   * @param java the words before the class path, such as {@code taskset -c 0-2 java}
   */
  Retained(BenchOptions options, Report report, List<String> java) {
    this.options = options;
    this.report = report;
    this.java = java;
  }

  /** Makes {@code directory} one with {@code count} of them. */
  void put(long count, Path directory, NodeProcess.Launch launch, int functionPort)
      throws IOException, InterruptedException {
    Path kept = make(count, launch, functionPort);
    try (Stream<Path> all = Files.walk(kept)) {
      for (Path from : all.toList()) {
        Path to = directory.resolve(kept.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else if (from.toString().endsWith(".sst")) {
          Files.createLink(to, from);
        } else {
          Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** The kept directory; made now if there is none. */
  Path make(long count, NodeProcess.Launch launch, int functionPort)
      throws IOException, InterruptedException {
    Path kept = options.filled().resolve(count + "-" + options.payloadBytes());
    if (Files.exists(kept)) {
      return kept;
    }
    report.progress("filling with " + count);
    Path making = kept.resolveSibling(kept.getFileName() + ".making");
    Trees.delete(making);
    samples(new NodeProcess.Launch(launch.command(), making, launch.settings()), functionPort);
    Filled filled = child(making, count - SAMPLES);
    report.progress("filled and verified: " + filled);
    if (filled.records() != count || filled.problems() > 0) {
      throw new IOException("filled wrongly: " + filled);
    }
    Files.move(making, kept);
    return kept;
  }

  private void samples(NodeProcess.Launch launch, int functionPort)
      throws IOException, InterruptedException {
    try (NodeProcess node = NodeProcess.start(launch)) {
      NativeApi api = node.awaitReady(START_AT_MOST);
      NodeUnderTest made = new NodeUnderTest(options, report, node, api, "");
      made.putFunctions(functionPort);
      made.submit(
          NodeUnderTest.ECHO,
          options.payloadBytes(),
          new SubmitWorkload.Extent(Long.MAX_VALUE, options.window(), SAMPLES));
      node.terminate(START_AT_MOST);
    }
  }

  /** Not in the generator: that has one core. */
  private Filled child(Path directory, long count) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(java);
    words.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Retained.class.getName(), directory.toString(), Long.toString(count)));
    Process process = new ProcessBuilder(words).redirectError(Redirect.INHERIT).start();
    try {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      if (line == null || process.waitFor() != 0) {
        throw new IOException("cannot fill " + directory);
      }
      return JSON.readValue(line, Filled.class);
    } finally {
      process.destroyForcibly();
    }
  }

  /** In the child: the directory, and how many are to be added. */
  public static void main(String[] args) throws Exception {
    Filler filler = new Filler(Path.of(args[0]), Limits.SHARDS);
    long start = System.nanoTime();
    filler.fill(Long.parseLong(args[1]), System.currentTimeMillis());
    long full = System.nanoTime();
    Verify.Report found = filler.verify();
    double verified = (System.nanoTime() - full) / 1e9;
    System.out.println(
        JSON.writeValueAsString(
            new Filled(
                (full - start) / 1e9, verified, found.records(), found.problems(), found.texts())));
  }
}
