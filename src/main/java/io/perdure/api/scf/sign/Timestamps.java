package io.perdure.api.scf.sign;

import java.time.Duration;
import java.time.LocalDate;

/** The seconds a request says it was signed at. */
final class Timestamps {
  private static final long DAY_SECONDS = 86_400;

  /** Enough for any second of this era, and too few to overflow. */
  private static final int DIGITS_MAX = 18;

  private Timestamps() {}

  /**
   * Seconds since the epoch, at most {@code skew} from {@code nowSeconds} either way; anything else
   * is refused as expired.
   */
  static long check(String text, long nowSeconds, Duration skew) {
    if (!isNumber(text, DIGITS_MAX)) {
      throw Refused.expired(skew);
    }
    long seconds = Long.parseLong(text);
    if (Math.abs(seconds - nowSeconds) > skew.toSeconds()) {
      throw Refused.expired(skew);
    }
    return seconds;
  }

  /** The day of that second in UTC, {@code yyyy-MM-dd}. */
  static String utcDate(long seconds) {
    return LocalDate.ofEpochDay(Math.floorDiv(seconds, DAY_SECONDS)).toString();
  }

  /** Whether it is made of 1 to {@code most} ASCII digits. */
  static boolean isNumber(String text, int most) {
    return !text.isEmpty()
        && text.length() <= most
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
