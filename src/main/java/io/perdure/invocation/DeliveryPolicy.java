package io.perdure.invocation;

/**
 * How deliveries to destinations are repeated, and their bounds.
 *
 * @param firstMillis pause after the first failed attempt, at least 0; doubled for each later one
 * @param capMillis longest pause, at least {@code firstMillis}
 * @param totalMillis time from the end of the invocation after which a delivery that fails is given
 *     up, at least 0
 * @param depthMax deliveries in a row that may submit an invocation, at least 1
 * @param perTarget attempts to one destination that may be under way at once, at least 1
 * @param total attempts that may be under way at once, at least 1; beyond it each destination has
 *     one nevertheless, so that those that are stuck hold up no others
 */
public record DeliveryPolicy(
    long firstMillis, long capMillis, long totalMillis, int depthMax, int perTarget, int total) {
  /** 1 s doubling to 5 min, for an hour; 16 in a row. */
  public static final DeliveryPolicy DEFAULT =
      new DeliveryPolicy(1_000, 300_000, 3_600_000, 16, 16, 256);

  private static final double JITTER = 0.2;

  public DeliveryPolicy {
    if (firstMillis < 0 || capMillis < firstMillis || totalMillis < 0) {
      throw new IllegalArgumentException("not 0 <= firstMillis <= capMillis, 0 <= totalMillis");
    }
    if (depthMax < 1 || perTarget < 1 || total < 1) {
      throw new IllegalArgumentException("a bound of deliveries is less than 1");
    }
  }

  /** Milliseconds to wait after the {@code failed}-th attempt. */
  long delayMillis(int failed, long seed) {
    return Backoff.delayMillis(firstMillis, capMillis, JITTER, failed, seed);
  }
}
