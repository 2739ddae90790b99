package io.perdure.api.fc.operation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times of resources on the wire: RFC 3339 in UTC, whole seconds. */
final class Times {
  private Times() {}

  /** {@code millis} since the epoch as text, such as {@code 2026-01-31T08:00:00Z}. */
  static String text(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
