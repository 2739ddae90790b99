package io.perdure.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Times as text: RFC 3339, UTC, always three digits of milliseconds, {@code
 * 2026-01-31T07:08:09.010Z}. Written by hand because every answer carries several of them.
 */
public final class Rfc3339 {
  private static final long DAY_MILLIS = 86_400_000L;
  private static final String PLAIN = "0000-00-00T00:00:00Z"; // 0 stands for any digit
  private static final long YEAR_0000 = -62_167_219_200_000L;
  private static final long YEAR_10000 = 253_402_300_800_000L;

  private Rfc3339() {}

  /** {@code millis} since the epoch as text; beyond the years 0000 to 9999 as ISO 8601 has it. */
  public static String format(long millis) {
    if (millis < YEAR_0000 || millis >= YEAR_10000) {
      return Instant.ofEpochMilli(millis).toString();
    }
    char[] text = new char[24];
    date(Math.floorDiv(millis, DAY_MILLIS), text);
    int ofDay = (int) Math.floorMod(millis, DAY_MILLIS);
    text[10] = 'T';
    digits(text, 11, 2, ofDay / 3_600_000);
    text[13] = ':';
    digits(text, 14, 2, ofDay / 60_000 % 60);
    text[16] = ':';
    digits(text, 17, 2, ofDay / 1_000 % 60);
    text[19] = '.';
    digits(text, 20, 3, ofDay % 1_000);
    text[23] = 'Z';
    return new String(text);
  }

  /** The same to the second, {@code 2026-01-31T07:08:09Z}; what is behind it is cut. */
  public static String formatSeconds(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Milliseconds since the epoch of an RFC 3339 time with any offset; digits behind the
   * milliseconds are cut. Empty for anything else.
   */
  public static Optional<Long> parse(String text) {
    try {
      if (isPlain(text)) {
        return Optional.of(plainMillis(text));
      }
      return Optional.of(
          OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
              .toInstant()
              .toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Whether it is of the form {@code 2026-01-31T07:08:09Z}, which signed requests have. */
  private static boolean isPlain(String text) {
    if (text.length() != PLAIN.length()) {
      return false;
    }
    for (int i = 0; i < PLAIN.length(); i++) {
      char expected = PLAIN.charAt(i);
      char c = text.charAt(i);
      if (expected == '0' ? c < '0' || c > '9' : c != expected) {
        return false;
      }
    }
    return true;
  }

  /** Throws DateTimeException when there is no such day or time. */
  private static long plainMillis(String text) {
    int hour = number(text, 11, 2);
    int minute = number(text, 14, 2);
    int second = number(text, 17, 2);
    if (hour > 23 || minute > 59 || second > 59) {
      throw new DateTimeException("no such time of day");
    }
    LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2));
    return date.toEpochDay() * DAY_MILLIS + ((hour * 60 + minute) * 60 + second) * 1_000L;
  }

  private static int number(String text, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      value = value * 10 + text.charAt(i) - '0';
    }
    return value;
  }

  /** Year, month and day of a day number: Hinnant's days-to-civil, in years that begin in March. */
  private static void date(long epochDay, char[] text) {
    long shifted = epochDay + 719_468;
    long era = Math.floorDiv(shifted, 146_097);
    int ofEra = (int) (shifted - era * 146_097);
    int yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int fromMarch = (5 * ofYear + 2) / 153;
    int day = ofYear - (153 * fromMarch + 2) / 5 + 1;
    int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    digits(text, 0, 4, year);
    text[4] = '-';
    digits(text, 5, 2, month);
    text[7] = '-';
    digits(text, 8, 2, day);
  }

  private static void digits(char[] text, int at, int count, int value) {
    int rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      text[i] = (char) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
