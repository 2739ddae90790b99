package io.perdure.api.v1;

import java.util.OptionalLong;

/** Durations as text: a whole number and its unit, {@code 250ms}, {@code 5s}, {@code 1h}. */
final class Durations {
  private static final int DIGITS_MAX = 12;

  private Durations() {}

  /** Milliseconds of {@code text}; empty when it is no duration. */
  static OptionalLong millis(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > DIGITS_MAX) {
      return OptionalLong.empty();
    }
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1L;
          case "s" -> 1_000L;
          case "m" -> 60_000L;
          case "h" -> 3_600_000L;
          case "d" -> 86_400_000L;
          default -> 0L;
        };
    return unit == 0
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(text.substring(0, digits)) * unit);
  }
}
