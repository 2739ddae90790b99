package io.perdure.invocation;

/**
 * How long an ended invocation is kept, from its end.
 *
 * @param succeededMillis after SUCCEEDED, 0 to 31 536 000 000 (365 days)
 * @param failedMillis after any other end, same range
 */
public record RetentionPolicy(long succeededMillis, long failedMillis) {
  /** Longest retention, 365 days. */
  public static final long MILLIS_MAX = 31_536_000_000L;

  /** 72 h from completion, as SCF keeps the state of an asynchronous event. */
  public static final RetentionPolicy DEFAULT = new RetentionPolicy(259_200_000L, 259_200_000L);

  public RetentionPolicy {
    if (succeededMillis < 0
        || failedMillis < 0
        || succeededMillis > MILLIS_MAX
        || failedMillis > MILLIS_MAX) {
      throw new IllegalArgumentException("retention is not within 0..365 days");
    }
  }

  /** Milliseconds that an invocation which ended as {@code status} is kept. */
  public long millisFor(Status status) {
    return status == Status.SUCCEEDED ? succeededMillis : failedMillis;
  }

  /** The longer of the two. */
  public long longestMillis() {
    return Math.max(succeededMillis, failedMillis);
  }
}
