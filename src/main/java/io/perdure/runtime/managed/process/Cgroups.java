package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.process.Isolation.Unusable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Limits by the kernel's cgroup v2, one group an instance, below a directory that was delegated to
 * the server. Thread-safe; blocks on the kernel's file system.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">the kernel's documentation</a>
 */
final class Cgroups {
  /** No cgroup is used. */
  static final Cgroups NONE = new Cgroups(null, 0);

  private static final System.Logger LOG = System.getLogger(Cgroups.class.getName());
  private static final String AUTO = "auto";
  private static final Path MOUNT = Path.of("/sys/fs/cgroup");
  private static final List<String> CONTROLLERS = List.of("memory", "pids", "cpu");
  private static final long MIB = 1024 * 1024;
  private static final long PERIOD_MICROS = 100_000;
  private static final int REMOVE_TRIES = 50;
  private static final long REMOVE_PAUSE_MILLIS = 10;

  private final Path parent; // null for none
  private final int cpus;

  private Cgroups(Path parent, int cpus) {
    this.parent = parent;
    this.cpus = cpus;
  }

  /**
   * The groups below {@code wanted}.
   *
   * @param wanted a directory, or "auto" for the server's own group, which is not used where it
   *     cannot be
   * @throws Unusable when a directory that was named cannot be used
   */
  static Cgroups find(String wanted, int cpus) throws Unusable {
    if (!wanted.equals(AUTO)) {
      try {
        return open(Path.of(wanted), cpus);
      } catch (IOException | IllegalArgumentException e) {
        throw new Unusable("cgroup", wanted + ", which cannot be used: " + e.getMessage());
      }
    }
    try {
      return open(own(), cpus);
    } catch (IOException e) {
      LOG.log(INFO, "no cgroups for functions, other limits hold: {0}", e.getMessage());
      return NONE;
    }
  }

  /** Makes {@code parent} hand its controllers on to groups below it. */
  static Cgroups open(Path parent, int cpus) throws IOException {
    Path file = parent.resolve("cgroup.controllers");
    if (!Files.isReadable(file)) {
      throw new IOException(parent + " is no cgroup v2 directory");
    }
    Set<String> there = new TreeSet<>(Arrays.asList(Files.readString(file).strip().split(" ")));
    if (!there.containsAll(CONTROLLERS)) {
      throw new IOException(
          parent + " has the controllers " + there + ", needed are " + CONTROLLERS);
    }
    write(parent.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
    return new Cgroups(parent, cpus);
  }

  /** The server's own group, emptied: only groups without processes may hand controllers on. */
  private static Path own() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        Path group = MOUNT.resolve(line.substring("0::/".length()));
        Path server = group.resolve("perdure-server");
        if (!Files.isWritable(group) || !Files.exists(group.resolve("cgroup.controllers"))) {
          throw new IOException(group + " is not delegated to this user");
        }
        if (!Files.isDirectory(server)) {
          Files.createDirectory(server);
        }
        write(server.resolve("cgroup.procs"), Long.toString(ProcessHandle.current().pid()));
        return group;
      }
    }
    throw new IOException("this process is in no cgroup v2");
  }

  String describe() {
    return parent == null ? "no cgroups" : "cgroups in " + parent;
  }

  /** A group with the limits of one instance; {@link Group#NONE} when none are used. */
  Group group(String instance, Limits limits) throws IOException {
    if (parent == null) {
      return Group.NONE;
    }
    Path directory = Files.createDirectory(parent.resolve("perdure-" + instance));
    Group group = new Group(directory);
    try {
      write(directory.resolve("memory.max"), Long.toString(limits.memoryMb() * MIB));
      if (Files.exists(directory.resolve("memory.swap.max"))) {
        write(directory.resolve("memory.swap.max"), "0");
      }
      write(directory.resolve("memory.oom.group"), "1");
      write(directory.resolve("pids.max"), Integer.toString(limits.processes()));
      if (cpus > 0) {
        write(directory.resolve("cpu.max"), cpus * PERIOD_MICROS + " " + PERIOD_MICROS);
      }
      return group;
    } catch (IOException e) {
      group.remove();
      throw e;
    }
  }

  private static void write(Path file, String value) throws IOException {
    Files.write(
        file,
        value.getBytes(StandardCharsets.US_ASCII),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }

  /** The processes of one instance. */
  static final class Group {
    static final Group NONE = new Group(null);

    private final Path directory; // null for none

    Group(Path directory) {
      this.directory = directory;
    }

    /** Where a process writes its id to join; null for none. */
    Path procs() {
      return directory == null ? null : directory.resolve("cgroup.procs");
    }

    /** True when the kernel ended something here because the group was at its memory limit. */
    boolean outOfMemory() {
      if (directory == null) {
        return false;
      }
      try {
        return Files.readAllLines(directory.resolve("memory.events")).stream()
            .anyMatch(line -> line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
      } catch (IOException e) {
        LOG.log(WARNING, "cannot tell whether " + directory + " ran out of memory", e);
        return false;
      }
    }

    /** Kills whatever is in it and removes it. */
    void remove() {
      if (directory == null) {
        return;
      }
      try {
        Path kill = directory.resolve("cgroup.kill"); // since Linux 5.14
        if (Files.exists(kill)) {
          write(kill, "1");
        }
        for (int left = REMOVE_TRIES; !removed(left); left--) {
          Thread.sleep(REMOVE_PAUSE_MILLIS); // the dead leave on their own, and nothing tells when
        }
      } catch (IOException e) {
        LOG.log(WARNING, "cannot remove the cgroup " + directory + ", it stays", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean removed(int triesLeft) throws IOException {
      try {
        Files.delete(directory);
        return true;
      } catch (NoSuchFileException e) {
        return true;
      } catch (IOException e) {
        if (triesLeft <= 1) {
          throw e;
        }
        return false;
      }
    }
  }
}
