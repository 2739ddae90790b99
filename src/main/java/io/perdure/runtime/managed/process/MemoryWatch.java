package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.runtime.managed.process.Proc.Memory;
import io.perdure.runtime.managed.process.Proc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks, several times a second, at what instances use, and says who uses too much. One thread.
 *
 * <p>A process belongs to an instance when its parent does, or its session, or its user where each
 * instance has its own; it stays so whatever it does later. All processes of the machine are looked
 * through only after some process was started, which one number tells.
 */
final class MemoryWatch {
  /** Between two looks. */
  static final long PAUSE_MILLIS = 200;

  private static final System.Logger LOG = System.getLogger(MemoryWatch.class.getName());

  /** While somebody would reach the limit before the next look. */
  private static final long PAUSE_HURRY_MILLIS = 20;

  /** Looking takes this part of the thread's time at most. */
  private static final int LOOK_SHARE = 10;

  /** A process that may still become somebody's is looked at so many times. */
  private static final int LOOKS_AT_STRANGERS = 3;

  private final Proc proc = new Proc();
  private final Map<Long, Watched> owners = new HashMap<>(); // by process
  private final Map<Long, Integer> strangers = new HashMap<>(); // looks left
  private final List<Watched> watched = new ArrayList<>();
  private long lastPid = -1;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "perdure-memory");
            made.setDaemon(true);
            return made;
          });
  private boolean running;

  /** An instance. */
  abstract static class Watched {
    private final long leader;
    private final int user;
    private final long bytesMax;
    private final int processesMax;
    private final Set<Long> pids = new HashSet<>();
    private volatile long bytes;
    private volatile long mostBytes;

    /**
     * An instance within its limits.
     *
     * @param leader its first process
     * @param user to whom only its processes belong, or -1
     */
    Watched(long leader, int user, long bytesMax, int processesMax) {
      this.leader = leader;
      this.user = user;
      this.bytesMax = bytesMax;
      this.processesMax = processesMax;
      pids.add(leader);
    }

    /** It uses too much. On the thread of the watch. */
    abstract void exceeded(String cause, String detail);

    long bytes() {
      return bytes;
    }

    long mostBytes() {
      return mostBytes;
    }

    private void used(long now) {
      bytes = now;
      mostBytes = Math.max(mostBytes, now);
    }
  }

  /** Looks at {@code one} from now on. Any thread. */
  void add(Watched one) {
    thread.execute(
        () -> {
          watched.add(one);
          owners.put(one.leader, one);
          strangers.clear();
          lastPid = -1;
          if (!running) {
            running = true;
            look();
          }
        });
  }

  /**
   * Looks at {@code one} out of turn, then calls {@code then} on the watch's thread. Any thread.
   */
  void lookAt(Watched one, Runnable then) {
    thread.execute(
        () -> {
          try {
            measure(one);
          } finally {
            then.run();
          }
        });
  }

  /**
   * Its first process has ended: what it left behind that is still known. Any thread.
   *
   * @param left gets the processes, on the thread of the watch
   */
  void remove(Watched one, Consumer<Set<Long>> left) {
    thread.execute(
        () -> {
          findNew();
          watched.remove(one);
          one.pids.forEach(owners::remove);
          one.pids.remove(one.leader);
          left.accept(one.pids);
        });
  }

  void close() {
    thread.shutdownNow();
  }

  private void look() {
    if (watched.isEmpty()) {
      running = false;
      return;
    }
    long start = System.nanoTime();
    boolean hurry = false;
    try {
      findNew();
      for (Watched one : List.copyOf(watched)) {
        hurry |= measure(one);
      }
    } catch (RuntimeException e) {
      LOG.log(ERROR, "cannot tell what instances use, they go on unwatched until the next look", e);
    }
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    long pause = Math.max(hurry ? PAUSE_HURRY_MILLIS : PAUSE_MILLIS, tookMillis * LOOK_SHARE);
    again(pause);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // look catches what may go wrong
  private void again(long pauseMillis) {
    if (!thread.isShutdown()) {
      thread.schedule(this::look, pauseMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void findNew() {
    long last = proc.lastPid();
    if (last >= 0 && last == lastPid && strangers.values().stream().allMatch(left -> left == 0)) {
      return;
    }
    lastPid = last;
    Set<Long> there = new HashSet<>();
    List<Long> unknown = new ArrayList<>();
    for (long pid : proc.pids()) {
      there.add(pid);
      if (!owners.containsKey(pid) && strangers.getOrDefault(pid, LOOKS_AT_STRANGERS) > 0) {
        unknown.add(pid);
      }
    }
    owners.keySet().retainAll(there);
    strangers.keySet().retainAll(there);
    watched.forEach(one -> one.pids.removeIf(pid -> pid != one.leader && !there.contains(pid)));
    unknown.sort(null); // parents mostly come before their children
    for (long pid : unknown) {
      Status status = proc.status(pid);
      Watched owner = status == null ? null : owner(status);
      if (owner != null) {
        owners.put(pid, owner);
        owner.pids.add(pid);
        strangers.remove(pid);
      } else {
        strangers.merge(pid, LOOKS_AT_STRANGERS - 1, (left, first) -> left - 1);
      }
    }
  }

  private Watched owner(Status status) {
    Watched parents = owners.get(status.parent());
    if (parents != null) {
      return parents;
    }
    for (Watched one : watched) {
      if (one.leader == status.session() || (one.user >= 0 && one.user == status.user())) {
        return one;
      }
    }
    return null;
  }

  /** True when it grows so fast that the next look would come too late. */
  private boolean measure(Watched one) {
    long before = one.bytes;
    long resident = 0;
    long own = 0;
    for (long pid : one.pids) {
      Memory memory = proc.memory(pid);
      if (memory != null) {
        resident += memory.resident();
        own += memory.own();
      }
    }
    if (resident > one.bytesMax) {
      own = one.pids.stream().mapToLong(proc::exactBytes).sum();
    }
    one.used(own);
    if (own > one.bytesMax) {
      one.exceeded(LimitedProcesses.OUT_OF_MEMORY, megabytes(own, one.bytesMax) + " of memory");
    } else if (one.pids.size() > one.processesMax) {
      one.exceeded(null, one.pids.size() + " processes where " + one.processesMax + " may be");
    }
    return own + (own - before) > one.bytesMax;
  }

  /** "300 MB where 256 MB may be". */
  static String megabytes(long bytes, long bytesMax) {
    return (bytes >> 20) + " MB where " + (bytesMax >> 20) + " MB may be";
  }
}
