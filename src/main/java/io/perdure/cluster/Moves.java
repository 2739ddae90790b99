package io.perdure.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which shards have lately been handed over for no other reason than that leaders are spread
 * evenly, with or without success: each stays where it is for {@link #PAUSE_MILLIS}, twice as long
 * after each further time, at most {@link #PAUSE_MILLIS_MAX}. So one whose attempts take long is
 * not brought to rest again and again, and one that an unsteady disk or link takes back is not sent
 * to and fro. What was {@link #FORGET_MILLIS} ago is forgotten. Not thread-safe.
 */
final class Moves {
  static final long PAUSE_MILLIS = 10_000;
  static final long PAUSE_MILLIS_MAX = 300_000;
  static final long FORGET_MILLIS = 900_000;

  private final Map<Integer, Move> shards = new HashMap<>();

  /** The last of a shard, and how long it is to stay after it. */
  private record Move(long at, long pauseMillis) {}

  /** {@code shard} is handed over at {@code now}, in milliseconds. */
  void begun(int shard, long now) {
    shards.merge(
        shard,
        new Move(now, PAUSE_MILLIS),
        (last, first) ->
            now - last.at > FORGET_MILLIS
                ? first
                : new Move(now, Math.min(2 * last.pauseMillis, PAUSE_MILLIS_MAX)));
  }

  /** The shards that stay where they are at {@code now}. */
  Set<Integer> staying(long now) {
    return shards.entrySet().stream()
        .filter(shard -> now - shard.getValue().at < shard.getValue().pauseMillis)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
