package io.perdure.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process has used so far, as Linux tells in {@code /proc}.
 *
 * @param cpuMicros user and system time of all its threads
 * @param writtenBytes bytes it sent to the block device, page cache included once written back
 * @param residentBytes resident memory now
 * @param peakResidentBytes the most resident memory it ever had
 */
record ProcStats(long cpuMicros, long writtenBytes, long residentBytes, long peakResidentBytes) {
  private static final long MICROS_PER_TICK = 10_000; // USER_HZ is 100 on every Linux in use
  private static final int UTIME_AFTER_NAME = 11;

  static ProcStats of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    String status = Files.readString(proc.resolve("status"));
    return new ProcStats(
        cpuMicros(Files.readString(proc.resolve("stat"))),
        number(Files.readString(proc.resolve("io")), "write_bytes"),
        number(status, "VmRSS") * 1024,
        number(status, "VmHWM") * 1024);
  }

  /** User and system time in the text of a {@code stat} file, of a process or one thread. */
  static long cpuMicros(String stat) {
    // the name may hold blanks, so fields are counted from behind it
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks =
        Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[UTIME_AFTER_NAME + 1]);
    return ticks * MICROS_PER_TICK;
  }

  /** Memory of {@code pid} now, of what it shares with others its part only. */
  static long proportionalBytes(long pid) throws IOException {
    Path rollup = Path.of("/proc", Long.toString(pid), "smaps_rollup");
    return number(Files.readString(rollup), "Pss") * 1024;
  }

  /** Resident memory of {@code pid} now: anybody may read it. */
  static long residentBytes(long pid) throws IOException {
    return number(Files.readString(Path.of("/proc", Long.toString(pid), "status")), "VmRSS") * 1024;
  }

  private static long number(String text, String field) throws IOException {
    Matcher matcher = Pattern.compile("(?m)^" + field + ":\\s+(\\d+)").matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + field + " in /proc");
    }
    return Long.parseLong(matcher.group(1));
  }
}
