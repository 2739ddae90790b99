package io.perdure.schedule;

import io.perdure.time.Clock;

/** One call at a time that may be moved. One thread, that of a Vert.x context. */
final class Alarm {
  private final Clock clock;
  private final Runnable task;
  private Clock.Timer timer;
  private long armedFor;

  Alarm(Clock clock, Runnable task) {
    this.clock = clock;
    this.task = task;
  }

  /** Calls at {@code millis}, and at no time told before; the greatest number stands for never. */
  void set(long millis) {
    if (timer != null && armedFor == millis) {
      return;
    }
    clear();
    if (millis != Long.MAX_VALUE) {
      armedFor = millis;
      timer =
          clock.at(
              millis,
              () -> {
                timer = null;
                task.run();
              });
    }
  }

  /** Calls no more. */
  void clear() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
