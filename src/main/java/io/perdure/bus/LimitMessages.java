package io.perdure.bus;

/** What the rate limiter is asked. */
public final class LimitMessages {
  private LimitMessages() {}

  /** Sent to or answered by the rate limiter. */
  public sealed interface OfLimiter extends Message {}

  /**
   * Takes {@code tokens} from the bucket of (account, dialect, action), or fails as throttled with
   * the time after which it is worth trying again.
   *
   * @param dialect "native", "scf", "fc"
   * @param action the dialect's name of the operation
   * @param tokens at least 1
   */
  public record Acquire(String account, String dialect, String action, int tokens)
      implements OfLimiter {}
}
