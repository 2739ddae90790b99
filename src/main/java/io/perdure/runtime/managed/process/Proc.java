package io.perdure.runtime.managed.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads /proc. Not thread-safe: everything is read into one buffer. A process that is gone is no
 * error, it reads as null or 0.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
final class Proc {
  private static final long KIB = 1024;

  /** What statm counts in: 4096 on every machine rocksdbjni is made for, but for 64-bit ARM. */
  private static final long PAGE_BYTES = pageBytes();

  private final byte[] buffer = new byte[16 * 1024];

  /**
   * Who a process is.
   *
   * @param user its real user id
   */
  record Status(char state, long parent, long session, int user) {
    /** True when it only waits for somebody to take notice of its end. */
    boolean dead() {
      return state == 'Z' || state == 'X';
    }
  }

  /**
   * Memory of a process in bytes.
   *
   * @param resident all that is mapped and in memory, shared pages and program files included
   * @param own without what is shared or comes from files
   */
  record Memory(long resident, long own) {}

  /** All processes of this machine or container. */
  long[] pids() {
    String[] names = new File("/proc").list();
    if (names == null) {
      return new long[0];
    }
    return Arrays.stream(names)
        .filter(name -> name.charAt(0) >= '0' && name.charAt(0) <= '9')
        .mapToLong(Long::parseLong)
        .toArray();
  }

  /** The id given last to a process or thread, or -1: as long as it stays, nothing was started. */
  long lastPid() {
    String loads = text("/proc/loadavg");
    return loads == null ? -1 : Long.parseLong(loads.substring(loads.lastIndexOf(' ') + 1).strip());
  }

  /** How many processes the kernel has killed for want of memory since the machine was started. */
  long oomKills() {
    return number(text("/proc/vmstat"), "oom_kill ");
  }

  Status status(long pid) {
    String stat = text("/proc/" + pid + "/stat");
    String status = text("/proc/" + pid + "/status");
    if (stat == null || status == null) {
      return null;
    }
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
    return new Status(
        behindName[0].charAt(0),
        Long.parseLong(behindName[1]),
        Long.parseLong(behindName[3]),
        (int) number(status, "\nUid:"));
  }

  /**
   * The hard limit of this process that /proc/self/limits calls {@code name}, such as "Max open
   * files"; {@link Long#MAX_VALUE} when there is none.
   */
  long hardLimit(String name) {
    String limits = text("/proc/self/limits");
    int at = limits == null ? -1 : limits.indexOf(name + " ");
    if (at < 0) {
      return Long.MAX_VALUE;
    }
    String[] softHard = limits.substring(at + name.length()).strip().split("\\s+", 3);
    return softHard[1].equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(softHard[1]);
  }

  /** Processes and threads of {@code user}. */
  long tasks(int user) {
    long tasks = 0;
    for (long pid : pids()) {
      String status = text("/proc/" + pid + "/status");
      if (status != null && number(status, "\nUid:") == user) {
        tasks += number(status, "\nThreads:");
      }
    }
    return tasks;
  }

  Memory memory(long pid) {
    String statm = text("/proc/" + pid + "/statm");
    if (statm == null) {
      return null;
    }
    String[] pages = statm.split(" ", 4);
    long resident = Long.parseLong(pages[1]) * PAGE_BYTES;
    return new Memory(resident, resident - Long.parseLong(pages[2]) * PAGE_BYTES);
  }

  /**
   * Bytes that are there because of {@code pid}: what is not from files, in memory or swapped out,
   * a page that several processes share counted in parts. Slow: looks at every page.
   */
  long exactBytes(long pid) {
    String rollup = text("/proc/" + pid + "/smaps_rollup"); // Pss_Anon since Linux 5.9
    if (rollup != null && rollup.contains("\nPss_Anon:")) {
      return KIB
          * (number(rollup, "\nPss_Anon:")
              + number(rollup, "\nPss_Shmem:")
              + number(rollup, "\nSwapPss:"));
    }
    String status = text("/proc/" + pid + "/status");
    return KIB
        * (number(status, "\nRssAnon:")
            + number(status, "\nRssShmem:")
            + number(status, "\nVmSwap:"));
  }

  private static long number(String text, String behind) {
    int at = text == null ? -1 : text.indexOf(behind);
    if (at < 0) {
      return 0;
    }
    int from = at + behind.length();
    while (text.charAt(from) == ' ' || text.charAt(from) == '\t') {
      from++;
    }
    int to = from;
    while (to < text.length() && Character.isDigit(text.charAt(to))) {
      to++;
    }
    return Long.parseLong(text.substring(from, to));
  }

  private String text(String file) {
    try (FileInputStream in = new FileInputStream(file)) {
      int length = 0;
      int count = in.read(buffer);
      while (count > 0 && length + count < buffer.length) {
        length += count;
        count = in.read(buffer, length, buffer.length - length);
      }
      return length == 0 ? null : new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return null; // gone, or not for us to see
    }
  }

  private static long pageBytes() {
    // The kernel tells the same size in pages and in kB.
    Proc proc = new Proc();
    String statm = proc.text("/proc/self/statm");
    String status = proc.text("/proc/self/status");
    long pages = statm == null ? 0 : Long.parseLong(statm.substring(0, statm.indexOf(' ')));
    long bytes = KIB * number(status, "\nVmSize:");
    long page = 4 * KIB;
    while (pages > 0 && page < 64 * KIB && page * pages * 3 / 2 < bytes) {
      page *= 2;
    }
    return page;
  }
}
