package io.perdure.runtime.managed.pool;

import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.time.Clock;
import java.util.function.Supplier;

/**
 * Ends instances that have had nothing to do for long enough. One timer, for the one that has been
 * idle for longest; not set anew when that one is used meanwhile. Executor's event loop.
 */
final class IdleWatch {
  private final Clock clock;
  private final long idleMillis;
  private final Supplier<Instance> longestIdle;
  private Clock.Timer timer;

  /**
   * Of one pool.
   *
   * @param longestIdle null when none is idle
   */
  IdleWatch(Clock clock, long idleMillis, Supplier<Instance> longestIdle) {
    this.clock = clock;
    this.idleMillis = idleMillis;
    this.longestIdle = longestIdle;
  }

  /** One has become idle. */
  void watch() {
    Instance oldest = longestIdle.get();
    if (timer == null && oldest != null) {
      timer = clock.at(oldest.idleSince() + idleMillis, this::retire);
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void retire() {
    timer = null;
    long since = clock.millis() - idleMillis;
    Instance oldest = longestIdle.get();
    while (oldest != null && oldest.idleSince() <= since) {
      oldest.doom(Retirement.IDLE);
      oldest = longestIdle.get();
    }
    watch();
  }
}
