package io.perdure.invocation;

/** Binary back-off with a cap and a jitter that follows from a seed. */
final class Backoff {
  private Backoff() {}

  /**
   * Pause after failure number {@code n} (from 1), in milliseconds: {@code first}, doubled for each
   * later one, at most {@code cap}, of which up to the share {@code jitter} is taken off.
   */
  static long delayMillis(long first, long cap, double jitter, int n, long seed) {
    int doublings = Math.min(Math.max(n - 1, 0), 62);
    // Compared before it is shifted, so that it cannot overflow.
    long pause = first > cap >> doublings ? cap : first << doublings;
    double unit = (mix(seed + n) >>> 11) * 0x1.0p-53;
    return Math.round(pause * (1 - jitter * unit));
  }

  /** Finaliser of SplitMix64: spreads neighbouring seeds over all 64 bits. */
  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
