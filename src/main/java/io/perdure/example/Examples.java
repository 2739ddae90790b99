package io.perdure.example;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The functions of the tour: what each one is, and whether this machine can run it. */
final class Examples {
  /** An interpreter that does not say its version by then is as good as missing. */
  private static final long VERSION_SECONDS = 5;

  private final Path directory;

  /**
   * A function to be made.
   *
   * @param definition body of the PUT, null if it is skipped
   * @param remark what it is, or why it is skipped
   */
  record Example(String name, Map<String, Object> definition, String remark) {}

  /** Examples whose programs are written to {@code directory}. */
  Examples(Path directory) {
    this.directory = directory;
  }

  /** Source of the program that function {@code words} runs; there once {@link #all} was called. */
  Path wordCount() {
    return directory.resolve("WordCount.java");
  }

  /** Writes the programs, starts what serves the one over HTTP, and gives all examples. */
  List<Example> all() throws IOException, InterruptedException {
    var all = new ArrayList<Example>();
    all.add(words());
    all.add(interpreted("words-python", "python3", "word_count.py"));
    all.add(interpreted("words-node", "node", "word-count.mjs"));
    all.add(nap());
    String url = ShoutServer.start();
    all.add(
        new Example(
            "shout",
            Map.of("runtime", Map.of("kind", "http", "url", url)),
            "http: " + url + ", answers in capitals while this process runs"));
    all.add(
        new Example(
            "echo",
            Map.of("runtime", Map.of("kind", "event-bus", "address", EchoVerticle.ADDRESS)),
            "event-bus: " + EchoVerticle.ADDRESS + ", a verticle"));
    return all;
  }

  /** Needs nothing but the JDK that runs the node. */
  private Example words() throws IOException {
    if (ModuleFinder.ofSystem().find("jdk.compiler").isEmpty()) {
      throw new IOException(
          System.getProperty("java.home") + " has no compiler: the tour needs a JDK, not a JRE");
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> argv =
        List.of(
            java,
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            write("WordCount.java").toString());
    return new Example(
        "words",
        Map.of(
            "runtime",
            Map.of("kind", "command", "command", argv, "env", Map.of("FAIL_ATTEMPTS", "1")),
            "retry",
            Map.of("maxAttempts", 3, "backoffMs", 1000, "maxBackoffMs", 10_000)),
        "command: java WordCount.java, three attempts");
  }

  private Example interpreted(String name, String interpreter, String program)
      throws IOException, InterruptedException {
    Path source = write(program);
    Optional<Path> found = find(interpreter);
    if (found.isEmpty()) {
      return new Example(
          name, null, "skipped: there is no working " + interpreter + " on the PATH");
    }
    List<String> argv = List.of(found.get().toString(), source.toString());
    return new Example(
        name,
        Map.of("runtime", Map.of("kind", "command", "command", argv)),
        "command: " + interpreter + " " + program);
  }

  /** Long enough to be stopped, killed, or waited for behind others. */
  private static Example nap() {
    List<String> argv = List.of("/bin/sh", "-c", "sleep 10; echo rested");
    return new Example(
        "nap",
        Map.of("runtime", Map.of("kind", "command", "command", argv), "concurrency", 2),
        "command: sh -c 'sleep 10; echo rested', two at a time");
  }

  /** The first of that name on the PATH that runs: what stands there may be a broken shim. */
  private static Optional<Path> find(String program) throws IOException, InterruptedException {
    for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path file = Path.of(place).resolve(program).toAbsolutePath();
      if (Files.isExecutable(file) && !Files.isDirectory(file) && runs(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** In the same bare environment as later in a function. */
  private static boolean runs(Path program) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(program.toString(), "--version");
    builder.environment().keySet().retainAll(List.of("PATH", "LANG", "TZ"));
    builder.environment().put("HOME", "/nonexistent");
    builder.redirectErrorStream(true).redirectOutput(Redirect.DISCARD);
    Process process = builder.start();
    try {
      return process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private Path write(String program) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(program);
    try (InputStream source = Examples.class.getResourceAsStream(program)) {
      if (source == null) {
        throw new IOException("the jar has no " + program);
      }
      Files.copy(source, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }
}
