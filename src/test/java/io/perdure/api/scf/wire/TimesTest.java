package io.perdure.api.scf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static final long AT = Instant.parse("2026-11-22T16:02:03.004Z").toEpochMilli();

  private final Times times = new Times(ZoneId.of("Asia/Shanghai"));

  @Test
  void timesAreShownInTheirZone() {
    assertEquals("2026-11-23 00:02:03", times.seconds(AT));
    assertEquals("2026-11-23 00:02:03.004", times.millis(AT));
    assertEquals("2026-11-22 16:02:03", new Times(ZoneId.of("UTC")).seconds(AT));
  }

  @Test
  void notYetIsEmpty() {
    assertEquals("", times.millis(0));
  }

  @Test
  void whatIsShownToTheSecondIsTaken() {
    assertEquals(AT / 1_000 * 1_000, times.parse("2026-11-23 00:02:03", "C", "P"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-11-23",
        "2026-11-23T00:02:03",
        "2026-11-23 00:02",
        "2026-11-23 00:02:03.004",
        "2026-11-23 24:00:00",
        "2026-02-30 00:00:00",
        "2026-1-2 00:00:00",
        " 2026-11-23 00:02:03",
      })
  void otherTextsAreRefusedWithTheCodeOfTheAction(String text) {
    ScfError error =
        assertThrows(
            ScfError.class,
            () -> times.parse(text, "InvalidParameterValue.StartTime", "StartTime"));
    assertEquals("InvalidParameterValue.StartTime", error.code());
    assertTrue(error.getMessage().contains("`StartTime`"), error::getMessage);
  }
}
