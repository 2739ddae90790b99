package io.perdure.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
  private static final ZoneId UTC = ZoneOffset.UTC;
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 */5 * * * * *            | 0 */5 * * * * *",
        "0 0 12 * * * *             | 0 0 12 * * * *",
        "  0  0\t12 ? * MON-fri *   | 0 0 12 * * 1-5 *",
        "0 0 0 1 jan,Jul ? 2026     | 0 0 0 1 1,7 * 2026",
        "5/20 0-10/5 1,2,3,5 31 * 7 2000-2099/50 | 5-45/20 0-10/5 1-3,5 31 * 0 2000,2050",
        "0 0 0 * * SAT-SUN *        | 0 0 0 * * 0,6 *",
        "0 0 0 * * FRI-MON *        | 0 0 0 * * 0,1,5,6 *",
        "0 0 0 1-31 * 0-6 *         | 0 0 0 1-31 * 0-6 *",
        "0 0 0 L * * *              | field day: expected a number from 1 to 31, got 'L'",
        "0 15 10 * * MON-FRI        | 0 15 10 * * 1-5 *",
        "15 10 * * 1                | 0 15 10 * * 1 *"
      })
  void expressionHasOneWayToBeWritten(String text, String canonical) {
    String written;
    try {
      Cron cron = Cron.parse(text);
      assertEquals(cron, Cron.parse(cron.toString()));
      written = cron.toString();
    } catch (InvalidCronException e) {
      written = e.getMessage();
    }
    assertEquals(canonical, written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "60 * * * * * *       | field second: expected a number from 0 to 59, got '60'",
        "* -1 * * * * *       | field minute: expected a number from 0 to 59, got ''",
        "* * 24 * * * *       | field hour: expected a number from 0 to 23, got '24'",
        "* * * 0 * * *        | field day: expected a number from 1 to 31, got '0'",
        "* * * 15W * * *      | field day: expected a number from 1 to 31, got '15W'",
        "* * * * 13 * *       | field month: expected a number from 1 to 12 or a name from JAN to DEC, got '13'",
        "* * * * * MONDAY *   | field weekday: expected a number from 0 to 7 or a name from SUN to SAT, got 'MONDAY'",
        "* * * * * 2#1 *      | field weekday: expected a number from 0 to 7 or a name from SUN to SAT, got '2#1'",
        "* * * * * * 1969     | field year: expected a number from 1970 to 2099, got '1969'",
        "* * * * * * 2100     | field year: expected a number from 1970 to 2099, got '2100'",
        "* 30-10 * * * * *    | field minute: expected a range that goes up, got '30-10'",
        "*/0 * * * * * *      | field second: expected a step from 1 to 60, got '0'",
        "* * */25 * * * *     | field hour: expected a step from 1 to 24, got '25'",
        "1,,2 * * * * * *     | field second: expected a number from 0 to 59, got ''",
        "1/2/3 * * * * * *    | field second: expected a step from 1 to 60, got '2/3'",
        "? * * * * * *        | field second: expected a number from 0 to 59, got '?'",
        "99999999999 * * * *  | field minute: expected a number from 0 to 59, got '99999999999'"
      })
  void whatIsNoExpressionIsRefusedNamingTheField(String text, String problem) {
    assertEquals(
        problem, assertThrows(InvalidCronException.class, () -> Cron.parse(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"'',0", "'  ',0", "* * * *,4", "* * * * * * * *,8", "@daily,1"})
  void wrongNumberOfFieldsIsRefused(String text, int fields) {
    String problem = assertThrows(InvalidCronException.class, () -> Cron.parse(text)).getMessage();
    assertTrue(problem.endsWith("; got " + fields), problem);
  }

  @Test
  void expressionWithoutEndIsRefused() {
    String text = "0 0 0 1" + ",1".repeat(500) + " * * *";
    assertThrows(InvalidCronException.class, () -> Cron.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/5 * * * * * *      | 2026-01-01T00:00:00Z     | 2026-01-01T00:00:05Z",
        "*/5 * * * * * *      | 2026-01-01T00:00:04.999Z | 2026-01-01T00:00:05Z",
        "0 0 2 1 * * *        | 2026-01-01T02:00:00Z     | 2026-02-01T02:00:00Z",
        "0 15 10 * * MON-FRI * | 2026-01-02T10:15:00Z    | 2026-01-05T10:15:00Z",
        "0 0 10,14,16 * * * * | 2026-01-01T14:00:00Z     | 2026-01-01T16:00:00Z",
        "0 */30 9-17 * * * *  | 2026-01-01T17:30:00Z     | 2026-01-02T09:00:00Z",
        "0 0 12 * * WED *     | 2026-01-01T00:00:00Z     | 2026-01-07T12:00:00Z",
        "0 0 0 31 * * *       | 2026-01-31T00:00:00Z     | 2026-03-31T00:00:00Z",
        "0 0 0 29 2 * *       | 2026-01-01T00:00:00Z     | 2028-02-29T00:00:00Z",
        "0 0 0 29 2 * *       | 2096-02-29T00:00:00Z     | never",
        "0 0 0 30 2 * *       | 2026-01-01T00:00:00Z     | never",
        "0 0 0 1 1 * 2025     | 2026-01-01T00:00:00Z     | never",
        "0 0 0 1 1 * 2099     | 2026-01-01T00:00:00Z     | 2099-01-01T00:00:00Z",
        "* * * * * * *        | 2099-12-31T23:59:58Z     | 2099-12-31T23:59:59Z",
        "* * * * * * *        | 2099-12-31T23:59:59Z     | never",
        "* * * * * * *        | 0001-01-01T00:00:00Z     | 1970-01-01T00:00:00Z",
        "0 0 0 13 * FRI *     | 2026-01-02T00:00:00Z     | 2026-01-09T00:00:00Z",
        "0 0 0 13 * FRI *     | 2026-01-09T00:00:00Z     | 2026-01-13T00:00:00Z",
        "0 0 0 */15 * FRI *   | 2026-01-09T00:00:00Z     | 2026-01-16T00:00:00Z",
        "0 0 0 * * 7 *        | 2026-01-01T00:00:00Z     | 2026-01-04T00:00:00Z"
      })
  void nextTimeIsTheFirstThatMatches(String text, String after, String next) {
    assertEquals(next, next(text, after, UTC));
  }

  @Test
  void zoneSaysWhatTimeOfDayItIs() {
    assertEquals(
        "2026-01-01T16:00:00Z",
        next("0 0 0 * * * *", "2026-01-01T00:00:00Z", ZoneId.of("Asia/Shanghai")));
  }

  @Test
  void timeThatTheClockLeavesOutFiresOnceRightBehindTheGap() {
    // 02:00 to 03:00 of 2026-03-29 does not exist in Berlin
    assertEquals(
        List.of("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
        times("0 30 2 * * * *", "2026-03-28T00:00:00Z", BERLIN, 3));
    assertEquals(
        List.of("2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"),
        times("0 15,30,45 1-3 29 3 * *", "2026-03-29T00:30:00Z", BERLIN, 3));
    assertEquals(
        List.of("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
        times("0 0 2 * * * *", "2026-03-29T00:59:59.999Z", BERLIN, 2));
  }

  @Test
  void timeThatComesTwiceFiresOnce() {
    // 02:00 to 03:00 of 2026-10-25 comes twice in Berlin
    assertEquals(
        List.of("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
        times("0 30 2 * * * *", "2026-10-24T00:00:00Z", BERLIN, 3));
    assertEquals("2026-10-26T01:30:00Z", next("0 30 2 * * * *", "2026-10-25T01:10:00Z", BERLIN));
    assertEquals(
        List.of("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"),
        times("0 0 2-3 * * * *", "2026-10-24T23:59:59Z", BERLIN, 2));
  }

  @Test
  void everyHourGoesOnThroughAChangeOfTheClock() {
    assertEquals(
        List.of("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"),
        times("0 30 * * * * *", "2026-03-29T00:00:00Z", BERLIN, 3));
    assertEquals(
        List.of(
            "2026-10-24T23:30:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:30:00Z"),
        times("0 30 * * * * *", "2026-10-24T23:00:00Z", BERLIN, 4));
    assertEquals(
        List.of("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z"),
        times("* * * * * * *", "2026-10-25T00:59:58Z", BERLIN, 2));
  }

  @Test
  void midnightThatDoesNotExistFiresWhenTheDayBegins() {
    // Beirut goes from 00:00 to 01:00
    assertEquals(
        "2026-03-28T22:00:00Z",
        next("0 0 0 * * * *", "2026-03-28T00:00:00Z", ZoneId.of("Asia/Beirut")));
  }

  @Test
  void dayThatAZoneSkippedFiresBehindIt() {
    assertEquals(
        List.of("2011-12-30T10:00:00Z", "never"),
        times("0 0 12 30 12 * 2011", "2011-12-01T00:00:00Z", ZoneId.of("Pacific/Apia"), 2));
  }

  private static List<String> times(String text, String after, ZoneId zone, int count) {
    List<String> times = new ArrayList<>();
    String from = after;
    for (int i = 0; i < count; i++) {
      from = next(text, from, zone);
      times.add(from);
    }
    return times;
  }

  private static String next(String text, String after, ZoneId zone) {
    OptionalLong next =
        Cron.parse(text).next(OffsetDateTime.parse(after).toInstant().toEpochMilli(), zone);
    return next.isEmpty() ? "never" : Instant.ofEpochMilli(next.getAsLong()).toString();
  }
}
