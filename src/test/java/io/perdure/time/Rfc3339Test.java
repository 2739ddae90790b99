package io.perdure.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Rfc3339Test {
  private static final DateTimeFormatter REFERENCE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Test
  void everyTimeIsWrittenAsTheReferenceWritesIt() {
    Random random = new Random(1);
    long first = Instant.parse("0000-01-01T00:00:00Z").toEpochMilli();
    long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    for (int i = 0; i < 100_000; i++) {
      long millis = random.nextLong(first, last + 1);
      assertEquals(REFERENCE.format(Instant.ofEpochMilli(millis)), Rfc3339.format(millis));
    }
    for (long millis : new long[] {first, last, 0, -1, 951_782_400_000L, 4_107_542_399_999L}) {
      assertEquals(REFERENCE.format(Instant.ofEpochMilli(millis)), Rfc3339.format(millis));
    }
  }

  @Test
  void timesBeyondFourDigitsOfYearAreStillWritten() {
    assertEquals("+10000-01-01T00:00:00Z", Rfc3339.format(253_402_300_800_000L));
  }

  @Test
  void anyOffsetIsRead() {
    assertEquals(Optional.of(1_000L), Rfc3339.parse("1970-01-01T01:00:01+01:00"));
    assertEquals(Optional.of(1_234L), Rfc3339.parse("1970-01-01T00:00:01.2349Z"));
  }

  @Test
  void anythingElseIsNotATime() {
    for (String text : new String[] {"", "now", "2026-01-01", "2026-13-01T00:00:00Z", "12"}) {
      assertEquals(Optional.empty(), Rfc3339.parse(text), text);
    }
  }

  @Test
  void secondsHaveNothingBehindThem() {
    assertEquals("2026-01-31T07:08:09Z", Rfc3339.formatSeconds(1_769_843_289_999L));
    assertEquals("1970-01-01T00:00:00Z", Rfc3339.formatSeconds(0));
  }
}
