package io.perdure.cluster.raft;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;

/**
 * Lets one record of a kind pass in ten seconds, and says with the next how many it has kept back.
 * A leader asks a member that is just starting at each commit, and Ratis tells of every answer on
 * both sides, stack traces included: thousands of records of a restart, written when the node has
 * most to do. Steps that somebody wants to read, below the level of warnings, all pass.
 * Thread-safe.
 */
final class Repeats implements Filter {
  static final long PAUSE_NANOS = 10_000_000_000L;

  /** What differs between records of a kind: numbers, and the ids of members and groups. */
  private static final Pattern PARTICULARS = Pattern.compile("[0-9A-Fa-f]{6,}|[0-9]+");

  /** So many kinds are remembered; when there are more, all are new again. */
  private static final int KINDS_MAX = 256;

  private final LongSupplier nanos;
  private final Map<String, Kind> kinds = new HashMap<>(); // guarded by this

  private static final class Kind {
    long passedAt;
    int heldBack;
  }

  /** None so far. */
  Repeats(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public boolean isLoggable(LogRecord told) {
    return told.getLevel().intValue() < Level.WARNING.intValue() || isDue(told);
  }

  private synchronized boolean isDue(LogRecord told) {
    long now = nanos.getAsLong();
    String name = told.getLoggerName() + PARTICULARS.matcher(told.getMessage()).replaceAll("");
    Kind kind = kinds.get(name);
    if (kind == null) {
      if (kinds.size() >= KINDS_MAX) {
        kinds.clear();
      }
      kind = new Kind();
      kinds.put(name, kind);
    } else if (now - kind.passedAt < PAUSE_NANOS) {
      kind.heldBack++;
      return false;
    }
    if (kind.heldBack > 0) {
      told.setMessage(told.getMessage() + " (and " + kind.heldBack + " like it before)");
    }
    kind.passedAt = now;
    kind.heldBack = 0;
    return true;
  }
}
