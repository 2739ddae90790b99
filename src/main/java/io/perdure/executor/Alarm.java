package io.perdure.executor;

import io.perdure.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * One timer for all attempts that hold a slot, set to the first time at which one of them has to be
 * looked at ({@link Attempt#wakeAt}). It may come in vain, as nobody tells it of those that end
 * before. Belongs to the executor's event loop.
 */
final class Alarm {
  /** Who looks at them. */
  interface Host {
    /** The time of {@code attempt} has come; {@code now} is when, in milliseconds. */
    void due(Attempt attempt, long now);
  }

  private final Clock clock;
  private final Holders holders;
  private final Host host;
  private Clock.Timer timer;
  private long at = Attempt.NEVER;

  Alarm(Clock clock, Holders holders, Host host) {
    this.clock = clock;
    this.holders = holders;
    this.host = host;
  }

  /** One of them has to be looked at then, in milliseconds since the epoch. */
  void wakeAt(long millis) {
    if (millis < at) {
      cancel();
      at = millis;
      timer = clock.at(millis, this::rings);
    }
  }

  /** Wakes nobody any more, until it is asked to again. */
  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    at = Attempt.NEVER;
  }

  private void rings() {
    timer = null;
    at = Attempt.NEVER;
    long now = clock.millis();
    long next = Attempt.NEVER;
    List<Attempt> due = new ArrayList<>();
    for (Attempt attempt : holders.all()) {
      if (attempt.wakeAt() <= now) {
        due.add(attempt);
      } else {
        next = Math.min(next, attempt.wakeAt());
      }
    }
    wakeAt(next);
    for (Attempt attempt : due) {
      if (attempt.slot >= 0) { // else it ended by what was done for another one
        host.due(attempt, now);
      }
    }
  }
}
