package io.perdure.invocation;

/**
 * What may happen to an invocation. A signal only proposes: {@link Transitions} says whether the
 * present status accepts it. Those of an attempt carry its fencing number (epoch, attempt).
 */
public sealed interface Signal {
  /** What the table looks at. */
  Kind kind();

  /** Column of the table. */
  enum Kind {
    ATTEMPT_STARTED,
    ATTEMPT_SUCCEEDED,
    ATTEMPT_FAILED,
    PLATFORM_FAILED,
    NODE_LOST,
    CANCEL_REQUESTED,
    GRACEFUL_STOP_REQUESTED,
    STOP_PROGRESSED,
    EVENT_AGE_EXCEEDED,
    FUNCTION_DELETED
  }

  /** Written by an attempt; refused when another attempt has begun since. */
  sealed interface OfAttempt extends Signal {
    long epoch();

    int attempt();
  }

  /** The executor began the attempt. */
  record AttemptStarted(long epoch, int attempt, String instance) implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.ATTEMPT_STARTED;
    }
  }

  /** The function answered; bodies are stored by the caller under the given references. */
  record AttemptSucceeded(long epoch, int attempt, BodyRef result, BodyRef log)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.ATTEMPT_SUCCEEDED;
    }
  }

  /**
   * The function failed.
   *
   * @param retryAfterMillis the function's own wish for the pause before the next attempt, 0 for
   *     none
   */
  record AttemptFailed(
      long epoch, int attempt, RunError error, long retryAfterMillis, BodyRef result, BodyRef log)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.ATTEMPT_FAILED;
    }
  }

  /** The attempt could not be made, or was ended, through no fault of the function. */
  record PlatformFailed(long epoch, int attempt, RunError error, long retryAfterMillis)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.PLATFORM_FAILED;
    }
  }

  /** The node that ran it is gone; it may have run. Proposed by recovery only. */
  record NodeLost(String detail) implements Signal {
    @Override
    public Kind kind() {
      return Kind.NODE_LOST;
    }
  }

  /**
   * Somebody wants it stopped.
   *
   * @param graceMillis how long a running attempt may take to end by itself, 0 to 3 600 000
   * @param by who asked, for the event
   */
  record StopRequested(StopMode mode, long graceMillis, String by) implements Signal {
    @Override
    public Kind kind() {
      return mode == StopMode.CANCEL ? Kind.CANCEL_REQUESTED : Kind.GRACEFUL_STOP_REQUESTED;
    }
  }

  /** A step of a stop that is under way: delivered or acknowledged. */
  record StopProgressed(long epoch, int attempt, Event.Type step, String detail)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.STOP_PROGRESSED;
    }
  }

  /** It waited longer than its event age allows. */
  record EventAgeExceeded() implements Signal {
    @Override
    public Kind kind() {
      return Kind.EVENT_AGE_EXCEEDED;
    }
  }

  /** Its function is gone. */
  record FunctionDeleted(String detail) implements Signal {
    @Override
    public Kind kind() {
      return Kind.FUNCTION_DELETED;
    }
  }
}
