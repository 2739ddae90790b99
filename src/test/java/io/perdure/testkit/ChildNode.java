package io.perdure.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The real program as a child process, from the class path of the tests. Its output is read line by
 * line as it comes; whoever waits for a line, or for the end, waits for that and not for a time.
 */
public final class ChildNode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LISTENING = "perdure listening on ";

  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final List<String> err = new ArrayList<>();
  private int reading = 2;

  private ChildNode(Process process) {
    this.process = process;
    read("child-out", process.getInputStream(), out);
    read("child-err", process.getErrorStream(), err);
  }

  /** Starts {@code io.perdure.Main} with these arguments, and returns at once. */
  public static ChildNode start(String... arguments) throws IOException {
    return start(List.of(), Map.of(), arguments);
  }

  /**
   * The same with a command in front, such as {@code unshare}, and variables of the environment.
   */
  public static ChildNode start(
      List<String> before, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // A child lives for a second or two: what pays off later only costs here.
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.perdure.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PERDURE_"));
    builder.environment().putAll(environment);
    return new ChildNode(builder.start());
  }

  /** A node on any port with its data there; {@code more} are further arguments. */
  public static ChildNode on(Path data, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--set", "http.port=0"));
    arguments.addAll(List.of("--set", "data.dir=" + data, "--set", "data.shards=2"));
    arguments.addAll(List.of(more));
    return start(arguments.toArray(String[]::new));
  }

  /** Where it listens, once it does. */
  public URI listening() {
    return URI.create(line(text -> text.startsWith(LISTENING)).substring(LISTENING.length()));
  }

  /** Its API, with the token of the account that it made in {@code data}. */
  public NodeApi api(Path data) {
    URI base = listening();
    return new NodeApi(base, token(data.resolve("accounts.json")));
  }

  /** The first token of an accounts file. */
  public static String token(Path accounts) {
    try {
      return NodeApi.parse(Files.readString(accounts)).at("/accounts/0/tokens/0").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line on stdout that is wanted, once it has come. */
  public synchronized String line(Predicate<String> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int looked = 0;
    while (true) {
      for (; looked < out.size(); looked++) {
        if (wanted.test(out.get(looked))) {
          return out.get(looked);
        }
      }
      long left = deadline - System.nanoTime();
      if (reading == 0 || left <= 0) {
        throw new AssertionError("the child did not print what was expected" + printed());
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /** SIGTERM. */
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the streams, too
  }

  /** SIGKILL; returns when the process and its locks are gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The exit code, once it has ended, which it must do in time. */
  public int exitCode(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the child did not end within " + atMost + printed());
    }
    return process.exitValue();
  }

  /** The exit code of what is expected to end by itself. */
  public int exitCode() throws InterruptedException {
    return exitCode(PATIENCE);
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** All it printed to stdout; complete once it has ended. */
  public String stdout() throws InterruptedException {
    return all(out);
  }

  /** All it printed to stderr; complete once it has ended. */
  public String stderr() throws InterruptedException {
    return all(err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private synchronized String all(List<String> lines) throws InterruptedException {
    while (reading > 0 && !process.isAlive()) {
      wait(PATIENCE.toMillis());
    }
    return String.join("\n", lines);
  }

  private String printed() {
    return ":\n" + String.join("\n", out) + "\n" + String.join("\n", err);
  }

  private void read(String name, InputStream from, List<String> lines) {
    Thread reader = new Thread(() -> copy(from, lines), name);
    reader.setDaemon(true);
    reader.start();
  }

  private void copy(InputStream from, List<String> lines) {
    try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(lines, line);
      }
    } catch (IOException e) {
      add(lines, "(the rest cannot be read: " + e + ")");
    } finally {
      ended();
    }
  }

  private synchronized void add(List<String> lines, String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void ended() {
    reading--;
    notifyAll();
  }
}
