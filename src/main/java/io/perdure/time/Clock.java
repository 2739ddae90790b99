package io.perdure.time;

import java.time.Instant;
import java.time.InstantSource;

/** What the time is, and calls at a given time. Thread-safe. */
public interface Clock extends InstantSource {
  /**
   * Calls {@code task} once, at {@code atMillis} (milliseconds since the epoch) or soon after, on
   * the Vert.x context of the caller.
   *
   * @throws IllegalStateException when the caller runs on no Vert.x context
   */
  Timer at(long atMillis, Runnable task);

  /** A call that has been asked for. */
  interface Timer {
    /** Takes the wish back; without effect once the task has been handed to its context. */
    void cancel();
  }

  @Override
  default Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  /** Milliseconds since the epoch. */
  @Override
  long millis();
}
