package io.perdure.time;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The {@code Retry-After} header (RFC 9110 section 10.2.3): seconds or an HTTP date. */
public final class RetryAfter {
  /** A server's wish beyond a day is cut: an operator would not look for the reason so long. */
  public static final long MILLIS_MAX = Duration.ofDays(1).toMillis();

  private RetryAfter() {}

  /** Milliseconds to wait from {@code nowMillis}, 0 to a day; 0 when absent or unreadable. */
  public static long millis(String header, long nowMillis) {
    if (header == null) {
      return 0;
    }
    String value = header.trim();
    try {
      long millis =
          !value.isEmpty() && Character.isDigit(value.charAt(0))
              ? Math.multiplyExact(Long.parseLong(value), 1000L)
              : ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                      .toInstant()
                      .toEpochMilli()
                  - nowMillis;
      return Math.max(0, Math.min(millis, MILLIS_MAX));
    } catch (ArithmeticException e) {
      return MILLIS_MAX;
    } catch (NumberFormatException | DateTimeException e) {
      return 0;
    }
  }
}
