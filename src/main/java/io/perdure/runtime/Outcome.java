package io.perdure.runtime;

import io.perdure.invocation.RunError;

/** How an attempt ended. Logs and results may be empty, never null. */
@SuppressWarnings("ArrayRecordComponent") // bodies are handed over, never compared
public sealed interface Outcome {
  /** No bytes. */
  byte[] NOTHING = {};

  /** What the function answered. */
  default byte[] result() {
    return NOTHING;
  }

  /** What the function logged, as far as that is kept. */
  default byte[] log() {
    return NOTHING;
  }

  /** Most memory its instance used, 0 when unknown. */
  default long memoryBytes() {
    return 0;
  }

  /**
   * The function answered.
   *
   * @param memoryBytes most memory its instance used, 0 when unknown
   */
  record Succeeded(byte[] result, byte[] log, long memoryBytes) implements Outcome {
    /** Where memory is not measured. */
    public Succeeded(byte[] result, byte[] log) {
      this(result, log, 0);
    }
  }

  /**
   * The function failed.
   *
   * @param error of any class but PLATFORM where a runtime tells of it: see {@link PlatformFailed}
   * @param retryAfterMillis its own wish for the next attempt, 0 for none
   * @param result what it answered in spite of that
   * @param memoryBytes most memory its instance used, 0 when unknown
   */
  record Failed(RunError error, long retryAfterMillis, byte[] result, byte[] log, long memoryBytes)
      implements Outcome {
    /** Where memory is not measured. */
    public Failed(RunError error, long retryAfterMillis, byte[] result, byte[] log) {
      this(error, retryAfterMillis, result, log, 0);
    }

    /** Of which nothing but the error is known. */
    public Failed(RunError error) {
      this(error, 0, NOTHING, NOTHING);
    }
  }

  /** Not the function's doing: nobody serves it, connection refused, throttled. */
  record PlatformFailed(RunError error, long retryAfterMillis) implements Outcome {}
}
