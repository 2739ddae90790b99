package io.perdure.invocation;

import java.util.EnumSet;
import java.util.Set;

/**
 * When an attempt that the function failed is repeated. Platform failures have a budget of their
 * own, {@link PlatformBudget}, and never spend this one.
 *
 * @param maxAttempts attempts in all, the first included, 1 to 1000
 * @param backoffMillis pause before the second attempt, 0 to 86 400 000; doubled for each later one
 * @param maxBackoffMillis longest pause, {@code backoffMillis} to 86 400 000
 * @param jitter share of the pause that is varied, 0 to 1: a pause lies in [p*(1-jitter), p]
 * @param retryOn classes of error that are repeated; others end the invocation at once
 */
public record RetryPolicy(
    int maxAttempts,
    long backoffMillis,
    long maxBackoffMillis,
    double jitter,
    Set<RunError.Kind> retryOn) {

  /** Most attempts of one invocation. */
  public static final int ATTEMPTS_MAX = 1000;

  /** Longest pause between attempts, 24 h. */
  public static final long BACKOFF_MILLIS_MAX = 86_400_000L;

  /** One attempt, no repetition. */
  public static final RetryPolicy NONE = of(1, 1_000, 60_000);

  public RetryPolicy {
    if (maxAttempts < 1 || maxAttempts > ATTEMPTS_MAX) {
      throw new IllegalArgumentException("maxAttempts is not within 1..1000: " + maxAttempts);
    }
    if (backoffMillis < 0
        || maxBackoffMillis < backoffMillis
        || maxBackoffMillis > BACKOFF_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "not 0 <= backoffMillis <= maxBackoffMillis <= 24 h: "
              + backoffMillis
              + ", "
              + maxBackoffMillis);
    }
    if (!(jitter >= 0 && jitter <= 1)) { // so written, NaN is refused as well
      throw new IllegalArgumentException("jitter is not within 0..1: " + jitter);
    }
    retryOn = Set.copyOf(retryOn);
  }

  /** A policy for every class of error, with a jitter of 20 %. */
  public static RetryPolicy of(int maxAttempts, long backoffMillis, long maxBackoffMillis) {
    return new RetryPolicy(
        maxAttempts, backoffMillis, maxBackoffMillis, 0.2, EnumSet.allOf(RunError.Kind.class));
  }

  /** True when {@code failed} attempts of the function so far leave another one for this error. */
  public boolean allows(int failed, RunError error) {
    return failed < maxAttempts && retryOn.contains(error.kind());
  }

  /**
   * Milliseconds to wait after the {@code failed}-th failure. The jitter comes from {@code seed},
   * so that deciding twice gives the same time.
   */
  public long delayMillis(int failed, long seed) {
    return Backoff.delayMillis(backoffMillis, maxBackoffMillis, jitter, failed, seed);
  }
}
