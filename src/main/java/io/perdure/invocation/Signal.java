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

  /**
   * The executor began the attempt.
   *
   * @param version of the function that it runs, null for the latest
   * @param node that runs it, null for one that stands alone
   */
  record AttemptStarted(long epoch, int attempt, String instance, String version, String node)
      implements OfAttempt {
    /** On a node that stands alone. */
    public AttemptStarted(long epoch, int attempt, String instance, String version) {
      this(epoch, attempt, instance, version, null);
    }

    @Override
    public Kind kind() {
      return Kind.ATTEMPT_STARTED;
    }
  }

  /**
   * The function answered; the bodies are stored by the caller if the next value refers to them.
   *
   * @param memoryBytes most memory its instance used, 0 when unknown
   */
  record AttemptSucceeded(long epoch, int attempt, long memoryBytes, BodyRef result, BodyRef log)
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
   *     none; heard up to {@link RetryPolicy#BACKOFF_MILLIS_MAX}
   * @param memoryBytes most memory its instance used, 0 when unknown
   */
  record AttemptFailed(
      long epoch,
      int attempt,
      RunError error,
      long retryAfterMillis,
      long memoryBytes,
      BodyRef result,
      BodyRef log)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.ATTEMPT_FAILED;
    }
  }

  /**
   * The attempt could not be made, or was ended, through no fault of the function.
   *
   * @param retryAfterMillis wish for the pause before the next attempt, 0 for none; heard up to the
   *     end of the platform's budget
   */
  record PlatformFailed(long epoch, int attempt, RunError error, long retryAfterMillis)
      implements OfAttempt {
    @Override
    public Kind kind() {
      return Kind.PLATFORM_FAILED;
    }
  }

  /**
   * The node that had it is gone; it may have run. Proposed by recovery only. To what waits in a
   * queue this is nothing, but not to what its caller waited for: that was with the executor.
   */
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

  /**
   * A step of a stop that is under way.
   *
   * @param step STOP_DELIVERED or STOP_ACKNOWLEDGED
   */
  record StopProgressed(long epoch, int attempt, Event.Type step, String detail)
      implements OfAttempt {
    public StopProgressed {
      if (step != Event.Type.STOP_DELIVERED && step != Event.Type.STOP_ACKNOWLEDGED) {
        throw new IllegalArgumentException(step + " is no step of a stop");
      }
    }

    @Override
    public Kind kind() {
      return Kind.STOP_PROGRESSED;
    }
  }

  /**
   * It waited for its first start longer than its event age allows. May be proposed at any time: it
   * is accepted only when that is so by the function's present setting.
   */
  record EventAgeExceeded() implements Signal {
    @Override
    public Kind kind() {
      return Kind.EVENT_AGE_EXCEEDED;
    }
  }

  /**
   * Its function, or what its qualifier named, is gone. One that runs may end; no further attempt
   * follows.
   *
   * @param type of the error recorded: "FunctionDeleted" or "QualifierNotFound"
   */
  record FunctionDeleted(String type, String detail) implements Signal {
    /** The function itself is gone. */
    public FunctionDeleted(String detail) {
      this("FunctionDeleted", detail);
    }

    @Override
    public Kind kind() {
      return Kind.FUNCTION_DELETED;
    }
  }
}
