package io.perdure.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting for what a node does not tell by itself. */
final class Wait {
  private static final long PAUSE_MILLIS = 50;

  /** What is waited for. */
  interface Condition {
    boolean met() throws Exception;
  }

  private Wait() {}

  /** Asks again and again; false when it is not met in that time. */
  static boolean until(Duration atMost, Condition condition) throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.met()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause(PAUSE_MILLIS);
    }
    return true;
  }

  static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
