package io.perdure.runtime.managed.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.runtime.Attempts;
import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.perdure.runtime.managed.Processes.Exit;
import io.perdure.runtime.managed.Processes.InstanceProcess;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.Processes.Place;
import io.perdure.runtime.managed.process.Isolation.Unusable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real processes of instances for tests, in a directory that other users can reach. */
public final class Instances {
  static final Limits LIMITS = new Limits(256, 64, 64, 256, 0, 0);

  /** A group that no instance of these tests has as its own. */
  static final int CODE_GROUP = 69_000;

  final Vertx vertx;
  final Isolation isolation;
  final LimitedProcesses processes;
  private final Path base;
  private int made;

  private Instances(Vertx vertx, Isolation isolation, Path base, LimitedProcesses processes) {
    this.vertx = vertx;
    this.isolation = isolation;
    this.base = base;
    this.processes = processes;
  }

  public static Instances open(Vertx vertx, IsolationConfig config, Path temp) throws Exception {
    return open(vertx, config, temp, List.of());
  }

  public static Instances open(Vertx vertx, IsolationConfig config, Path temp, List<Path> hidden)
      throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwx--x--x"));
    Isolation isolation = Isolation.find(config);
    Path base = temp.resolve("managed");
    return new Instances(
        vertx,
        isolation,
        base,
        Attempts.await(LimitedProcesses.open(vertx, isolation, base, hidden, 100)));
  }

  /** What the server's user may have: a user for each instance when it is root. */
  public static IsolationConfig config() {
    return IsolationConfig.DEFAULT;
  }

  public static boolean root() throws Unusable {
    return Isolation.find(IsolationConfig.DEFAULT).drops();
  }

  public void close() throws Exception {
    Attempts.await(processes.close());
    Attempts.await(processes.leave());
  }

  /** Code that its own group alone may read, where there are groups. */
  public CodeDirectory code(String name, int group) throws IOException {
    Path path = base.resolve("code").resolve(name);
    Files.createDirectories(path);
    Files.setPosixFilePermissions(
        base.resolve("code"), PosixFilePermissions.fromString("rwx--x--x"));
    if (isolation.drops()) {
      Files.setAttribute(path, "unix:gid", group);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
    return new CodeDirectory() {
      @Override
      public Path path() {
        return path;
      }

      @Override
      public int group() {
        return isolation.drops() ? group : -1;
      }

      @Override
      public void release() {}
    };
  }

  public Place place() throws Exception {
    return place(code("code", CODE_GROUP));
  }

  public Place place(CodeDirectory code) throws Exception {
    String name = "i" + made++;
    return Attempts.await(on(() -> processes.place(name, code)));
  }

  public Started sh(String script) throws Exception {
    return start(place(), List.of("sh", "-c", script), Map.of(), LIMITS);
  }

  public Started python(String script) throws Exception {
    return python(place(), script, LIMITS);
  }

  public Started python(Place place, String script, Limits limits) throws Exception {
    return start(place, List.of("/usr/bin/python3", "-I", "-c", script), Map.of(), limits);
  }

  public Started start(Place place, List<String> argv, Map<String, String> env, Limits limits)
      throws Exception {
    Seen seen = new Seen();
    InstanceProcess process =
        Attempts.await(
            on(
                () ->
                    processes
                        .start(place, place.work(), argv, env, limits)
                        .onSuccess(started -> started.output(seen::add))));
    return new Started(place, process, seen);
  }

  private <T> Future<T> on(java.util.function.Supplier<Future<T>> action) {
    return Attempts.on(vertx, action);
  }

  /** A process and what it has written so far. */
  record Started(Place place, InstanceProcess process, Seen seen) {
    Exit exit() throws Exception {
      return Attempts.await(process.exited());
    }

    /** All it wrote, once it is over. */
    String written() throws Exception {
      exit();
      return seen.text();
    }

    /** The line that begins with {@code mark}, without it, as soon as it has been written. */
    String line(String mark) {
      return seen.line(mark);
    }
  }

  /** Output as it comes. */
  public static final class Seen {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long count;

    synchronized void add(io.vertx.core.buffer.Buffer buffer) {
      count += buffer.length();
      if (bytes.size() < 1_000_000) {
        bytes.writeBytes(buffer.getBytes());
      }
      notifyAll();
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }

    synchronized long count() {
      return count;
    }

    synchronized void awaitBytes(long least) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Attempts.PATIENCE_SECONDS);
      while (count < least) {
        waitUntil(end);
      }
    }

    synchronized String line(String mark) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Attempts.PATIENCE_SECONDS);
      while (true) {
        String text = text();
        int from = text.startsWith(mark) ? 0 : text.indexOf("\n" + mark) + 1;
        int to = text.indexOf('\n', from);
        if ((from > 0 || text.startsWith(mark)) && to >= 0) {
          return text.substring(from + mark.length(), to);
        }
        waitUntil(end);
      }
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void waitUntil(long end) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      assertTrue(left > 0, () -> "not written, but: " + text());
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A zombie counts as gone: in a container there may be nobody to collect it. */
  public static void assertGone(long pid) throws IOException {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(Attempts.PATIENCE_SECONDS);
    while (alive(pid)) {
      assertTrue(System.nanoTime() < patience, "process " + pid + " goes on");
      Thread.onSpinWait();
    }
  }

  public static boolean alive(long pid) throws IOException {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return !String.valueOf(e.getMessage()).contains("No such process");
    }
  }

  public static void assertExit(int code, Exit exit) {
    assertEquals(code, exit.code(), exit::toString);
  }
}
