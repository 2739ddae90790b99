package io.perdure.cluster;

import java.util.HashMap;
import java.util.Map;

/**
 * How long each node has been there without a break, so that one that comes and goes is not handed
 * leadership each time: after each break it has to stay {@link #PAUSE_MILLIS}, twice as long for
 * each further one, at most {@link #PAUSE_MILLIS_MAX}; what it has stood for {@link #FORGET_MILLIS}
 * is forgotten. Times are milliseconds since the epoch. Not thread-safe.
 */
final class Presence {
  static final long PAUSE_MILLIS = 10_000;
  static final long PAUSE_MILLIS_MAX = 300_000;
  static final long FORGET_MILLIS = 900_000;

  private final Map<String, Seen> nodes = new HashMap<>();

  private static final class Seen {
    private boolean there = true;
    private long since;
    private int breaks;
  }

  /** {@code node} has answered at {@code now}. Known from the first call: without a break yet. */
  void there(String node, long now) {
    Seen seen = nodes.computeIfAbsent(node, unseen -> new Seen());
    if (!seen.there) {
      seen.there = true;
      seen.since = now;
    } else if (seen.breaks > 0 && now - seen.since > FORGET_MILLIS) {
      seen.breaks = 0;
    }
  }

  /** {@code node} has not answered at {@code now}. */
  void gone(String node, long now) {
    Seen seen = nodes.computeIfAbsent(node, unseen -> new Seen());
    if (seen.there) {
      seen.there = false;
      seen.since = now;
      seen.breaks++;
    }
  }

  /** Whether {@code node} is there and has been for long enough. */
  boolean steady(String node, long now) {
    Seen seen = nodes.get(node);
    return seen != null && seen.there && (seen.breaks == 0 || now - seen.since >= pause(seen));
  }

  private static long pause(Seen seen) {
    int doublings = Math.min(seen.breaks - 1, 5);
    return Math.min(PAUSE_MILLIS << doublings, PAUSE_MILLIS_MAX);
  }

  /** Forgets all but {@code names}. */
  void keep(Iterable<String> names) {
    Map<String, Seen> kept = new HashMap<>();
    for (String name : names) {
      Seen seen = nodes.get(name);
      if (seen != null) {
        kept.put(name, seen);
      }
    }
    nodes.clear();
    nodes.putAll(kept);
  }
}
