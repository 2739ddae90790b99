package io.perdure.example;

import io.perdure.client.CodeZip;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The functions of the tour. */
final class Examples {
  static final String PYTHON = "words-python";
  static final String NODE = "words-node";

  private final Path directory;

  /**
   * A function to be made.
   *
   * @param definition body of the PUT
   * @param remark what it is
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
  List<Example> all() throws IOException {
    var all = new ArrayList<Example>();
    all.add(words());
    all.add(uploaded(PYTHON, "python3", "word_count.py"));
    all.add(uploaded(NODE, "nodejs", "word_count.js"));
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

  /** Of a file that is uploaded as it is; whether its interpreter is here the node knows. */
  private static Example uploaded(String name, String kind, String file) throws IOException {
    Buffer zip = CodeZip.of(Map.of(file, resource(file)));
    String handler = file.substring(0, file.indexOf('.')) + ".handler";
    return new Example(
        name,
        Map.of(
            "runtime", Map.of("kind", kind, "handler", handler, "memoryMb", 128),
            "code", Map.of("zip", Base64.getEncoder().encodeToString(zip.getBytes()))),
        kind + ": " + file + ", uploaded, run in instances that stay warm");
  }

  /** Long enough to be stopped, killed, or waited for behind others. */
  private static Example nap() {
    List<String> argv = List.of("/bin/sh", "-c", "sleep 10; echo rested");
    return new Example(
        "nap",
        Map.of("runtime", Map.of("kind", "command", "command", argv), "concurrency", 2),
        "command: sh -c 'sleep 10; echo rested', two at a time");
  }

  private Path write(String program) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(program);
    return Files.writeString(file, resource(program));
  }

  private static String resource(String name) throws IOException {
    try (InputStream source = Examples.class.getResourceAsStream(name)) {
      if (source == null) {
        throw new IOException("the jar has no " + name);
      }
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
