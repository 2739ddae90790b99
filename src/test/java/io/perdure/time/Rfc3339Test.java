package io.perdure.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void timesToTheSecondAreReadAsTheReferenceReadsThem() {
    Random random = new Random(2);
    long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    for (int i = 0; i < 100_000; i++) {
      long second = random.nextLong(first, last + 1);
      String text = REFERENCE.format(Instant.ofEpochSecond(second)).replace(".000Z", "Z");
      assertEquals(Optional.of(second * 1_000), Rfc3339.parse(text), text);
    }
    assertEquals(Optional.of(1_709_164_800_000L), Rfc3339.parse("2024-02-29T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "12",
        "2026-01-01",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01t00:00:00X",
        "2026-01-01T00:00:0aZ",
      })
  void anythingElseIsNotATime(String text) {
    assertEquals(Optional.empty(), Rfc3339.parse(text));
  }

  @Test
  void secondsHaveNothingBehindThem() {
    assertEquals("2026-01-31T07:08:09Z", Rfc3339.formatSeconds(1_769_843_289_999L));
    assertEquals("1970-01-01T00:00:00Z", Rfc3339.formatSeconds(0));
  }
}
