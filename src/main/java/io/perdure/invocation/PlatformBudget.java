package io.perdure.invocation;

/**
 * How failures that are not the function's are repeated: node lost, runtime could not start,
 * throttled. They never spend the function's own retry budget. The shape (0.5 s, doubling, for up
 * to 5 h) is what Alibaba documents for 429, 500 and 503 (spec alibaba-fc, section 7.2).
 *
 * @param firstMillis pause after the first failure in a row, at least 0
 * @param capMillis longest pause, at least {@code firstMillis}
 * @param totalMillis time from the first failure in a row after which the invocation fails, at
 *     least 0
 */
public record PlatformBudget(long firstMillis, long capMillis, long totalMillis) {
  /** 0.5 s doubling to 60 s, for 5 h. */
  public static final PlatformBudget DEFAULT = new PlatformBudget(500, 60_000, 18_000_000);

  public PlatformBudget {
    if (firstMillis < 0 || capMillis < firstMillis || totalMillis < 0) {
      throw new IllegalArgumentException("not 0 <= firstMillis <= capMillis, 0 <= totalMillis");
    }
  }

  /** Longest pause for functions of SCF, 5 min (spec tencent-scf, section 7). */
  private static final long SCF_CAP_MILLIS = 300_000;

  /** How long events of SCF are tried for unless their function sets it, 6 h. */
  private static final long SCF_TTL_MILLIS = 21_600_000;

  /**
   * The budget of {@code function}: of its dialect, and for SCF for as long as its event age, which
   * is what MsgTTL sets there.
   *
   * @param function null when it has been deleted
   */
  public static PlatformBudget of(Function function) {
    if (function == null || function.flavour() != Function.Flavour.SCF) {
      return DEFAULT;
    }
    long age = function.eventAgeMillis();
    return new PlatformBudget(DEFAULT.firstMillis, SCF_CAP_MILLIS, age == 0 ? SCF_TTL_MILLIS : age);
  }

  /** Milliseconds to wait after the {@code failed}-th platform failure in a row. */
  public long delayMillis(int failed, long seed) {
    return Backoff.delayMillis(firstMillis, capMillis, 0.2, failed, seed);
  }
}
