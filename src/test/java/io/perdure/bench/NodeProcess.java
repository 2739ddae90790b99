package io.perdure.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.api.auth.AccessKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A node in a process of its own, started by the start contract on port 0. Its output goes to
 * {@code node.log} beside the data directory. Not thread-safe, but {@link #kill} may be called from
 * any thread.
 */
public final class NodeProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What to start.
   *
   * @param command everything up to and with the jar or the main class, such as {@code java -jar
   *     perdure.jar}; a {@code taskset} in front is welcome
   * @param dataDir the data directory, made when absent
   * @param settings further keys of the configuration
   */
  public record Launch(List<String> command, Path dataDir, Map<String, String> settings) {
    List<String> words() {
      List<String> words = new ArrayList<>(command);
      words.addAll(List.of("--set", "data.dir=" + dataDir, "--set", "http.port=0"));
      settings.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
      return words;
    }

    public Path log() {
      return dataDir.resolveSibling("node.log");
    }
  }

  private final Launch launch;
  private final Process process;
  private final long startedNanos;
  private volatile long readyNanos;

  private NodeProcess(Launch launch, Process process, long startedNanos) {
    this.launch = launch;
    this.process = process;
    this.startedNanos = startedNanos;
  }

  /** Starts the process and returns at once; see {@link #awaitReady}. */
  public static NodeProcess start(Launch launch) throws IOException {
    Files.createDirectories(launch.dataDir());
    Files.deleteIfExists(portFile(launch)); // a node that was killed left its own behind
    ProcessBuilder builder = new ProcessBuilder(launch.words());
    builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(launch.log().toFile()));
    long now = System.nanoTime();
    return new NodeProcess(launch, builder.start(), now);
  }

  private static Path portFile(Launch launch) {
    return launch.dataDir().resolve("http.port");
  }

  /**
   * Waits until {@code /readyz} answers 200.
   *
   * @return a client of the node, with the token of its first account
   * @throws IOException if the process ends, or is not ready in time; the message has the log's end
   */
  public NativeApi awaitReady(Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      int port = boundPort();
      if (port > 0 && NativeApi.isReady(port)) {
        readyNanos = System.nanoTime();
        return new NativeApi(port, token());
      }
      if (endsWithin(Duration.ofMillis(2))) {
        throw new IOException("the node ended with " + process.exitValue() + "\n" + logEnd());
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("the node is not ready after " + atMost + "\n" + logEnd());
      }
    }
  }

  /** Whether the process ends within that time; this is how a poll for anything else pauses. */
  public boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private int boundPort() throws IOException {
    if (!Files.exists(portFile(launch))) {
      return 0;
    }
    String text = Files.readString(portFile(launch), StandardCharsets.US_ASCII).trim();
    return text.isEmpty() ? 0 : Integer.parseInt(text);
  }

  private String token() throws IOException {
    return account().at("/tokens/0").asText();
  }

  /** The key of its first account, for requests that are signed. */
  AccessKey key() throws IOException {
    JsonNode key = account().at("/keys/0");
    return new AccessKey(key.path("id").asText(), key.path("secret").asText(), null, null);
  }

  private JsonNode account() throws IOException {
    String file = launch.settings().get("accounts.file");
    Path accounts = file == null ? launch.dataDir().resolve("accounts.json") : Path.of(file);
    return JSON.readTree(accounts.toFile()).at("/accounts/0");
  }

  /** The last lines that the node printed. */
  public String logEnd() {
    try {
      List<String> lines = Files.readAllLines(launch.log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /** From the start of the process to the answer {@link #awaitReady} waited for. */
  public Duration readyAfter() {
    return Duration.ofNanos(readyNanos - startedNanos);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when the process, all its threads and so its locks are gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /**
   * SIGTERM.
   *
   * @return the exit code
   * @throws IOException if it has not ended in time; it is killed then
   */
  public int terminate(Duration atMost) throws IOException, InterruptedException {
    process.destroy();
    if (!endsWithin(atMost)) {
      kill();
      throw new IOException("the node did not end within " + atMost + " of SIGTERM");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
