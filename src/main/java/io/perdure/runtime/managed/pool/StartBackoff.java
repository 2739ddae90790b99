package io.perdure.runtime.managed.pool;

import io.perdure.invocation.RunError;

/**
 * How long to wait after starts that failed. The pause doubles with each failure in a row. What the
 * function does wrong itself costs the attempt that caused the start, so little is lost by trying
 * soon, and somebody may be waiting for the error; what the machine cannot do gets more time.
 */
final class StartBackoff {
  static final long FIRST_MILLIS = 50;
  static final long FUNCTION_MILLIS_MAX = 2_000;
  static final long PLATFORM_MILLIS_MAX = 30_000;
  private static final int DOUBLINGS_MAX = 20;

  private int failures;
  private long until;

  void failed(RunError.Kind kind, long now) {
    long max = kind == RunError.Kind.PLATFORM ? PLATFORM_MILLIS_MAX : FUNCTION_MILLIS_MAX;
    until = now + Math.min(max, FIRST_MILLIS << Math.min(failures, DOUBLINGS_MAX));
    failures++;
  }

  void succeeded() {
    failures = 0;
    until = 0;
  }

  /** True when the last start failed: only one is tried at a time. */
  boolean cautious() {
    return failures > 0;
  }

  /** When the next may be tried, milliseconds since the epoch. */
  long until() {
    return until;
  }
}
