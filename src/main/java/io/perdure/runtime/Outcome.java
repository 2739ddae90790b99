package io.perdure.runtime;

import io.perdure.invocation.RunError;

/** How an attempt ended. Logs and results may be empty, never null. */
@SuppressWarnings("ArrayRecordComponent") // bodies are handed over, never compared
public sealed interface Outcome {
  /** No bytes. */
  byte[] NOTHING = {};

  /** The function answered. */
  record Succeeded(byte[] result, byte[] log) implements Outcome {}

  /**
   * The function failed.
   *
   * @param error of any class but PLATFORM
   * @param retryAfterMillis its own wish for the next attempt, 0 for none
   * @param result what it answered in spite of that
   */
  record Failed(RunError error, long retryAfterMillis, byte[] result, byte[] log)
      implements Outcome {}

  /** Not the function's doing: nobody serves it, connection refused, throttled. */
  record PlatformFailed(RunError error, long retryAfterMillis) implements Outcome {}
}
