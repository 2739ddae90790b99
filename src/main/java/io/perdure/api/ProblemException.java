package io.perdure.api;

/** Carries a {@link Problem} through futures. It has no stack trace: it is an answer, not a bug. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /** Wraps {@code problem}; the exception's message is the problem's detail. */
  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** What was refused and why. */
  public Problem problem() {
    return problem;
  }
}
