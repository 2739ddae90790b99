package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.managed.process.Proc.Status;
import io.perdure.runtime.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Ends and removes all there is of a user that one instance had for itself, wherever its processes
 * went. Thread-safe; blocks.
 */
final class UserSweep {
  private static final System.Logger LOG = System.getLogger(UserSweep.class.getName());

  /** Where everybody may write, on nearly every machine. */
  static final List<Path> SHARED =
      List.of(Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/dev/shm"), Path.of("/dev/mqueue"));

  /** Those that remain when {@code /tmp} and {@code /dev/shm} are an instance's own. */
  static final List<Path> SHARED_STILL = List.of(Path.of("/var/tmp"), Path.of("/dev/mqueue"));

  private static final List<Path> IPC =
      List.of(
          Path.of("/proc/sysvipc/shm"), Path.of("/proc/sysvipc/msg"), Path.of("/proc/sysvipc/sem"));

  /** How long a killed process may take to be gone: it may wait for a disk. */
  private static final int LOOKS_MAX = 100;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Tools tools;
  private final int usersFrom;
  private final int users;
  private final List<Path> shared;

  /**
   * For users from {@code usersFrom} on.
   *
   * @param shared directories where they may write besides their own
   */
  UserSweep(Tools tools, int usersFrom, int users, List<Path> shared) {
    this.tools = tools;
    this.usersFrom = usersFrom;
    this.users = users;
    this.shared = List.copyOf(shared);
  }

  /** Those that run something or own something where everybody may write. */
  Set<Integer> usersOfAnything() {
    Set<Integer> all = new HashSet<>();
    IntStream.range(usersFrom, usersFrom + users).forEach(all::add);
    Set<Integer> found = new HashSet<>(DiskWatch.ownedIn(SHARED, all).keySet());
    Proc proc = new Proc();
    for (long pid : proc.pids()) {
      Status status = proc.status(pid);
      if (status != null && all.contains(status.user()) && !status.dead()) {
        found.add(status.user());
      }
    }
    return found;
  }

  /** Kills all processes of {@code user} in one stroke, so that none can flee by forking. */
  void kill(int user) {
    List<String> command = LaunchLine.drop(tools, user, -1);
    command.addAll(List.of("/bin/sh", "-c", "kill -s KILL -- -1"));
    Tools.complaint(command).ifPresent(none -> LOG.log(DEBUG, "nothing to kill of {0}", user));
  }

  /** Kills them and waits a moment; false when some are still there. */
  boolean killed(int user) {
    Proc proc = new Proc();
    for (int i = 0; i < LOOKS_MAX; i++) {
      if (!alive(proc, user)) {
        return true;
      }
      kill(user);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return !alive(proc, user);
  }

  private static boolean alive(Proc proc, int user) {
    for (long pid : proc.pids()) {
      Status status = proc.status(pid);
      if (status != null && status.user() == user && !status.dead()) {
        return true;
      }
    }
    return false;
  }

  /** Removes what {@code user} has in directories of everybody, and its System V objects. */
  void removeFiles(int user) throws IOException {
    List<Path> left = DiskWatch.ownedIn(shared, Set.of(user)).getOrDefault(user, new ArrayList<>());
    for (Path one : left) {
      Places.remove(one);
    }
    if (hasIpc(user)) {
      List<String> command = LaunchLine.drop(tools, user, -1);
      command.add(Programs.find("ipcrm", Programs.path()).orElse(Path.of("ipcrm")).toString());
      command.add("--all");
      Tools.complaint(command);
      if (hasIpc(user)) {
        LOG.log(WARNING, "System V objects of user {0} stay, ipcrm does not remove them", user);
      }
    }
  }

  private static boolean hasIpc(int user) throws IOException {
    Pattern number = Pattern.compile("\\b" + user + "\\b");
    for (Path table : IPC) {
      if (Files.isReadable(table)
          && Files.readAllLines(table).stream().anyMatch(line -> number.matcher(line).find())) {
        return true;
      }
    }
    return false;
  }
}
