package io.perdure.journal;

/**
 * What a log has done.
 *
 * @param groups synced writes
 * @param entries batches in them
 * @param bytes of them
 * @param nanos they took
 * @param segments files that the stores still need, the one being written included
 */
public record LogStats(long groups, long entries, long bytes, long nanos, int segments) {
  /** Nothing. */
  public static final LogStats NONE = new LogStats(0, 0, 0, 0, 0);

  LogStats with(int moreEntries, long moreBytes, long moreNanos) {
    return new LogStats(
        groups + 1, entries + moreEntries, bytes + moreBytes, nanos + moreNanos, segments);
  }

  LogStats withSegments(int now) {
    return new LogStats(groups, entries, bytes, nanos, now);
  }

  /** Both together; the segments of {@code later}. */
  public LogStats and(LogStats later) {
    return new LogStats(
        groups + later.groups,
        entries + later.entries,
        bytes + later.bytes,
        nanos + later.nanos,
        later.segments);
  }
}
