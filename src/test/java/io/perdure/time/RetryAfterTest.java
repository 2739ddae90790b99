package io.perdure.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final long NOW = Instant.parse("2026-10-21T07:28:00Z").toEpochMilli();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120 | 120000",
        " 3  | 3000",
        "0 | 0",
        "999999999999999999 | 86400000",
        "99999999999999999999 | 0",
        "Wed, 21 Oct 2026 07:28:30 GMT | 30000",
        "Wed, 21 Oct 2026 07:27:00 GMT | 0",
        "Thu, 21 Oct 2027 07:28:00 GMT | 86400000",
        "soon | 0",
        "-5 | 0",
        "1.5 | 0",
        "'' | 0",
        " | 0"
      })
  void secondsAndDatesAreReadAndNonsenseIsNone(String header, long expectedMillis) {
    assertEquals(expectedMillis, RetryAfter.millis(header, NOW));
  }
}
