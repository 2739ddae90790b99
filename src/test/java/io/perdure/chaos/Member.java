package io.perdure.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One node: its process of the moment, its data, its log. Used by the thread of the faults. */
final class Member {
  /**
   * Where it lives and how it is started.
   *
   * @param before words in front of the command: a namespace, an environment
   * @param command that starts a node, without its settings
   * @param directory holds {@code data} and {@code node.log}
   */
  record Place(
      String name,
      String host,
      int port,
      List<String> before,
      List<String> command,
      Map<String, String> settings,
      Path directory) {
    Path data() {
      return directory.resolve("data");
    }

    Path log() {
      return directory.resolve("node.log");
    }
  }

  private static final int LOG_LINES = 8;
  private static final int LOG_LINES_LONG = 40;
  private static final int LINE_CHARS = 400;

  private final Place place;
  private final Endpoint endpoint;
  private Process process;

  Member(Place place, String token) {
    this.place = place;
    URI base = URI.create("http://" + place.host() + ":" + place.port());
    this.endpoint = new Endpoint(place.name(), base, token);
  }

  String name() {
    return place.name();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Place place() {
    return place;
  }

  /** Starts it, and returns at once. */
  void start() throws IOException {
    Files.createDirectories(place.data());
    List<String> words = new ArrayList<>(place.before());
    words.addAll(place.command());
    set(words, "data.dir", place.data().toString());
    set(words, "http.host", place.host());
    set(words, "http.port", Integer.toString(place.port()));
    place.settings().forEach((key, value) -> set(words, key, value));
    note("started");
    process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(place.log().toFile()))
            .start();
  }

  private static void set(List<String> words, String key, String value) {
    words.addAll(List.of("--set", key + "=" + value));
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** SIGKILL; returns when no thread of it is left. */
  void kill() throws IOException, InterruptedException {
    note("SIGKILL");
    process.destroyForcibly().waitFor();
  }

  void pause() throws IOException, InterruptedException {
    note("SIGSTOP");
    Shell.run("kill -STOP " + process.pid());
  }

  void resume() throws IOException, InterruptedException {
    note("SIGCONT");
    Shell.run("kill -CONT " + process.pid());
  }

  /**
   * SIGTERM.
   *
   * @return the exit code; -1 if it did not end in time and was killed
   */
  int terminate(int seconds) throws IOException, InterruptedException {
    note("SIGTERM");
    process.destroy();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      kill();
      return -1;
    }
    return process.exitValue();
  }

  /** Ends it without any question. */
  void destroy() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  /** Exit code of what has ended. */
  int exitValue() {
    return process.exitValue();
  }

  /** A line in the node's own log, so that it can be read beside what was done to it. */
  void note(String what) throws IOException {
    Files.createDirectories(place.directory());
    Files.writeString(
        place.log(),
        "---- %s %s%n".formatted(Instant.now(), what),
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** The last lines it printed. */
  String logEnd() {
    return logEnd(LOG_LINES);
  }

  /** More of them, for a run that has failed. */
  String longLogEnd() {
    return logEnd(LOG_LINES_LONG);
  }

  private String logEnd(int count) {
    try {
      List<String> lines = Files.readAllLines(place.log());
      return lines.subList(Math.max(0, lines.size() - count), lines.size()).stream()
          .map(line -> line.substring(0, Math.min(line.length(), LINE_CHARS)))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
