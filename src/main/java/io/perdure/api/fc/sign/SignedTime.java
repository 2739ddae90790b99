package io.perdure.api.fc.sign;

import io.perdure.api.fc.wire.FcError;
import io.perdure.time.Rfc3339;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/**
 * The time a request says it was signed at.
 *
 * @param skew furthest it may be from the server's, either way
 */
record SignedTime(Duration skew) {
  static final String DATE = "Date";
  static final String ACS_DATE = "x-acs-date";

  /**
   * Of the header {@code Date}, such as {@code Sat, 31 Jan 2026 08:00:00 GMT}.
   *
   * @throws FcError if it is missing, of another form or too far from {@code now}
   */
  Instant ofDate(Head head, Instant now) {
    String text = head.required(DATE);
    try {
      return near(DATE, DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from), now);
    } catch (DateTimeException e) {
      throw FcError.invalid(DATE, "a time like Sat, 31 Jan 2026 08:00:00 GMT");
    }
  }

  /** Of the header {@code x-acs-date}, such as {@code 2026-01-31T08:00:00Z}; likewise. */
  Instant ofAcsDate(Head head, Instant now) {
    return Rfc3339.parse(head.required(ACS_DATE))
        .map(millis -> near(ACS_DATE, Instant.ofEpochMilli(millis), now))
        .orElseThrow(() -> FcError.invalid(ACS_DATE, "a time like 2026-01-31T08:00:00Z"));
  }

  private Instant near(String header, Instant at, Instant now) {
    if (Duration.between(at, now).abs().compareTo(skew) > 0) {
      throw Denied.time(header, skew);
    }
    return at;
  }
}
