package io.perdure.shard;

import io.perdure.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** When each of many is to be served next, with one timer. Belongs to the shard's thread. */
final class Wakes {
  private record Wake(long at, long key) {}

  private final Clock clock;
  private final Consumer<Runnable> turn;
  private final LongConsumer serve;
  private final Map<Long, Wake> byKey = new HashMap<>();
  private final TreeSet<Wake> wakes =
      new TreeSet<>(Comparator.comparingLong(Wake::at).thenComparingLong(Wake::key));
  private Clock.Timer timer;
  private long timerAt;
  private boolean closed;

  /**
   * None yet.
   *
   * @param turn runs what the timer called for
   * @param serve told each key whose time has come, once
   */
  Wakes(Clock clock, Consumer<Runnable> turn, LongConsumer serve) {
    this.clock = clock;
    this.turn = turn;
    this.serve = serve;
  }

  /** {@code key} is to be served at {@code at}, or when it was to be anyway if that is earlier. */
  void at(long key, long at) {
    Wake planned = byKey.get(key);
    if (closed || (planned != null && planned.at() <= at)) {
      return;
    }
    forget(key);
    Wake wake = new Wake(at, key);
    byKey.put(key, wake);
    wakes.add(wake);
    arm();
  }

  /** {@code key} is not to be served. */
  void forget(long key) {
    Wake planned = byKey.remove(key);
    if (planned != null) {
      wakes.remove(planned);
    }
  }

  /** Nothing is served any more. */
  void close() {
    closed = true;
    cancel();
    wakes.clear();
    byKey.clear();
  }

  private void arm() {
    if (closed || wakes.isEmpty() || (timer != null && timerAt <= wakes.first().at())) {
      return;
    }
    cancel();
    timerAt = wakes.first().at();
    timer = clock.at(timerAt, () -> turn.accept(this::wake));
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void wake() {
    cancel();
    long now = clock.millis();
    while (!wakes.isEmpty() && wakes.first().at() <= now) {
      long key = wakes.pollFirst().key();
      byKey.remove(key);
      serve.accept(key);
    }
    arm();
  }
}
