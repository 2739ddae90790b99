package io.perdure.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.perdure.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Next times of random expressions, compared with those of an independent library. Its dialect,
 * Quartz's, counts weekdays from 1 for Sunday and takes either a day or a weekday: an expression
 * with both is the earlier of two there. Days on which a zone changes its clock are left to {@link
 * CronTest}, as the library has other rules there.
 */
class CronPeerTest {
  private static final int EXPRESSIONS = 4_000;
  private static final int TIMES = 3;
  private static final List<ZoneId> ZONES =
      List.of(
          ZoneId.of("UTC"),
          ZoneId.of("Asia/Shanghai"),
          ZoneId.of("America/New_York"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("Asia/Kathmandu"));
  private static final String[] DAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  private static final CronParser QUARTZ =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));

  /** A field as we write it and as Quartz does. */
  private record Both(String ours, String theirs) {
    static Both of(String text) {
      return new Both(text, text);
    }
  }

  @Test
  void nextTimesAreThoseOfAnIndependentLibrary() {
    Seeds.each(EXPRESSIONS, CronPeerTest::compare);
  }

  private static void compare(Random random) {
    Both time =
        Both.of(
            field(random, 0, 59) + " " + field(random, 0, 59) + " " + field(random, 0, 23) + " ");
    Both day = random.nextInt(3) == 0 ? Both.of("*") : Both.of(given(random, 1, 31));
    Both month = Both.of(field(random, 1, 12));
    Both weekday = random.nextInt(3) == 0 ? Both.of("*") : weekday(random);
    Both year = Both.of(random.nextInt(4) == 0 ? given(random, 2020, 2040) : "*");
    String ours =
        time.ours() + day.ours() + " " + month.ours() + " " + weekday.ours() + " " + year.ours();
    List<ExecutionTime> theirs =
        Stream.of(
                weekday.ours().equals("*") || !day.ours().equals("*")
                    ? time.theirs() + day.theirs() + " " + month.theirs() + " ? " + year.theirs()
                    : null,
                weekday.ours().equals("*")
                    ? null
                    : time.theirs()
                        + "? "
                        + month.theirs()
                        + " "
                        + weekday.theirs()
                        + " "
                        + year.theirs())
            .filter(Objects::nonNull)
            .map(text -> ExecutionTime.forCron(QUARTZ.parse(text)))
            .toList();
    Cron cron = Cron.parse(ours);
    ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
    long after =
        Instant.parse("2020-01-01T00:00:00Z").toEpochMilli()
            + (long) (random.nextDouble() * Duration.ofDays(3_650).toMillis());
    for (int i = 0; i < TIMES; i++) {
      OptionalLong expected = next(theirs, after, zone);
      OptionalLong next = cron.next(after, zone);
      if (changesItsClock(after, zone)
          || (expected.isPresent() && changesItsClock(expected.getAsLong(), zone))) {
        break;
      }
      String where = ours + " in " + zone + " after " + Instant.ofEpochMilli(after);
      assertEquals(text(expected), text(next), where);
      assertEquals(next, Cron.parse(cron.toString()).next(after, zone), where);
      if (next.isEmpty()) {
        break;
      }
      after = next.getAsLong();
    }
  }

  private static OptionalLong next(List<ExecutionTime> of, long after, ZoneId zone) {
    ZonedDateTime from = Instant.ofEpochSecond(Math.floorDiv(after, 1_000)).atZone(zone);
    return of.stream()
        .flatMap(times -> times.nextExecution(from).stream())
        .mapToLong(time -> time.toInstant().toEpochMilli())
        .min();
  }

  private static boolean changesItsClock(long millis, ZoneId zone) {
    Instant around = Instant.ofEpochMilli(millis).minus(Duration.ofDays(1));
    var change = zone.getRules().nextTransition(around);
    return change != null && change.getInstant().isBefore(around.plus(Duration.ofDays(2)));
  }

  private static String text(OptionalLong millis) {
    return millis.isEmpty() ? "never" : Instant.ofEpochMilli(millis.getAsLong()).toString();
  }

  private static String field(Random random, int least, int most) {
    return random.nextInt(3) == 0 ? "*" : given(random, least, most);
  }

  /** A list of one to three values, ranges and steps. */
  private static String given(Random random, int least, int most) {
    StringJoiner items = new StringJoiner(",");
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int from = least + random.nextInt(most - least + 1);
      int to = from + random.nextInt(most - from + 1);
      int step = 1 + random.nextInt(Math.max(1, (most - least) / 2));
      items.add(
          switch (random.nextInt(4)) {
            case 0 -> from + "-" + to;
            case 1 -> from + "-" + to + "/" + step;
            case 2 -> least == 0 || least == 1 ? least + "-" + most + "/" + step : "" + from;
            default -> "" + from;
          });
    }
    return items.toString();
  }

  private static Both weekday(Random random) {
    int from = random.nextInt(7);
    int to = from + random.nextInt(7 - from);
    return switch (random.nextInt(4)) {
      case 0 -> new Both(from + "-" + to, (from + 1) + "-" + (to + 1));
      case 1 -> new Both(from + "," + to, (from + 1) + "," + (to + 1));
      case 2 -> new Both(DAYS[from].toLowerCase(Locale.ROOT), DAYS[from]);
      default -> new Both(from == 0 ? "7" : "" + from, "" + (from + 1));
    };
  }
}
