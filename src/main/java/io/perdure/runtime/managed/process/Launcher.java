package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.managed.Processes;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.process.Cgroups.Group;
import io.perdure.runtime.managed.process.LimitedProcesses.OwnPlace;
import io.perdure.runtime.process.NamedPipes;
import io.perdure.runtime.process.NamedPipes.NamedPipe;
import io.perdure.runtime.process.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the process of an instance. Thread-safe; blocks. */
final class Launcher {
  private static final System.Logger LOG = System.getLogger(Launcher.class.getName());
  private static final int ROOT = 0;

  private final Isolation isolation;
  private final LaunchLine line;
  private final NamedPipes pipes;
  private final int instancesMax;
  private final int self;

  Launcher(Isolation isolation, LaunchLine line, NamedPipes pipes, int instancesMax) {
    this.isolation = isolation;
    this.line = line;
    this.pipes = pipes;
    this.instancesMax = instancesMax;
    this.self = self();
  }

  /** A process with what belongs to it. */
  record Launched(Process process, NamedPipe output, Group group) {
    /** From now on whoever still writes gets a broken pipe. */
    void close() {
      group.remove();
      discard(output);
    }
  }

  /** Starts {@code argv} as {@link Processes#start} says. */
  Launched start(
      OwnPlace place, Path directory, List<String> argv, Map<String, String> env, Limits limits)
      throws IOException {
    List<String> program = program(place, directory, argv);
    Group group = isolation.cgroups().group(place.instance, limits);
    NamedPipe output = null;
    try {
      output = pipes.take();
      if (place.user >= 0) {
        output.give(place.user);
      }
      LaunchLine.Target target =
          new LaunchLine.Target(
              place.user,
              place.group,
              place.work,
              place.code,
              directory,
              limits,
              processes(place, limits),
              group.procs());
      ProcessBuilder builder =
          new ProcessBuilder(line.of(target, program, env.size()))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.redirect());
      builder.environment().clear();
      builder.environment().putAll(LaunchLine.disguised(env));
      return new Launched(builder.start(), output, group);
    } catch (IOException | IllegalArgumentException e) {
      group.remove();
      discard(output);
      throw LimitedProcesses.cannotStart("a process cannot be started: " + e.getMessage());
    }
  }

  private static List<String> program(OwnPlace place, Path directory, List<String> argv)
      throws IOException {
    try {
      Path found = Programs.require(argv.get(0), Programs.path(), directory);
      if (place.user >= 0) {
        Optional<String> obstacle = Reach.obstacle(found, place.user, place.group);
        if (obstacle.isPresent() && !argv.get(0).contains("/")) {
          // As a shell of that user would: what it may not execute is not found.
          Optional<Path> other = reachable(place, argv.get(0));
          found = other.orElse(found);
          obstacle = other.isPresent() ? Optional.empty() : obstacle;
        }
        if (obstacle.isEmpty()) {
          obstacle = Reach.obstacle(directory, place.user, place.group);
        }
        if (obstacle.isPresent()) {
          throw LimitedProcesses.cannotStart(obstacle.get());
        }
      }
      List<String> program = new ArrayList<>(argv);
      program.set(0, found.toString());
      return program;
    } catch (Programs.CannotStart e) {
      throw LimitedProcesses.cannotStart(e.getMessage());
    }
  }

  private static Optional<Path> reachable(OwnPlace place, String name) throws IOException {
    for (Path candidate : (Iterable<Path>) Programs.all(name, Programs.path())::iterator) {
      if (Reach.obstacle(candidate, place.user, place.group).isEmpty()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /**
   * The kernel counts by user. A user of one instance has that instance's limit. The server's own
   * has what it runs now and room for all instances, which is far above the limit of one, but an
   * end to what would otherwise take the machine; root is not limited at all.
   */
  private long processes(OwnPlace place, Limits limits) {
    if (place.user >= 0) {
      return limits.processes();
    }
    return self == ROOT ? 0 : new Proc().tasks(self) + (long) limits.processes() * instancesMax;
  }

  private static int self() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
      return ROOT; // no /proc: nothing is started here anyway
    }
  }

  private static void discard(NamedPipe pipe) {
    if (pipe != null) {
      try {
        pipe.close();
      } catch (IOException e) {
        LOG.log(WARNING, "cannot close a pipe, it stays open", e);
      }
    }
  }
}
