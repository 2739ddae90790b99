package io.perdure.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.invocation.About;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Schedule;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "SCF | {\"Type\":\"Timer\",\"TriggerName\":\"t\",\"Time\":\"2019-02-21T11:49:00Z\",\"Message\":\"say \\\"hi\\\"\"}",
        "FC2 | {\"triggerTime\":\"2019-02-21T11:49:00Z\",\"triggerName\":\"t\",\"payload\":\"say \\\"hi\\\"\"}",
        "FC3 | {\"triggerTime\":\"2019-02-21T11:49:00Z\",\"triggerName\":\"t\",\"payload\":\"say \\\"hi\\\"\"}",
        "NATIVE | {\"type\":\"timer\",\"schedule\":\"t\",\"time\":\"2019-02-21T11:49:00Z\",\"message\":\"say \\\"hi\\\"\"}"
      })
  void runIsHandedWhatItsFlavourExpects(Flavour flavour, String payload) {
    Schedule schedule =
        new Schedule(
            1,
            "a",
            "default",
            "f",
            2,
            "t",
            "49 11 * * *",
            "0 49 11 * * * *",
            "UTC",
            "LATEST",
            "say \"hi\"",
            true,
            About.NOTHING,
            0,
            0,
            0,
            1);
    long at = Instant.parse("2019-02-21T11:49:00Z").toEpochMilli();
    assertEquals(payload, new String(Payloads.of(flavour, schedule, at), UTF_8));
  }
}
