package io.perdure.invocation;

/** Carries a {@link Failure} through futures. It has no stack trace: it is an answer, not a bug. */
public class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /** Wraps {@code failure}; the exception's message is the failure's. */
  public FailureException(Failure failure) {
    super(failure.message(), null, false, false);
    this.failure = failure;
  }

  /** What was refused and why. */
  public Failure failure() {
    return failure;
  }
}
