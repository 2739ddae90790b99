package io.perdure.registry;

import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.cron.Cron;
import io.perdure.cron.InvalidCronException;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.regex.Pattern;

/** What schedules must be; in the manner of {@link Rules}. */
final class ScheduleRules {
  static final int MESSAGE_BYTES_MAX = 16 * 1024;

  private static final int ZONE_MAX = 64;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,127}");

  private ScheduleRules() {}

  static void check(PutSchedule put) {
    if (put.name() == null || !NAME.matcher(put.name()).matches()) {
      throw Rules.invalid(
          "schedule", "1 to 128 of the characters A-Z a-z 0-9 _ -, the first one not a '-'");
    }
    if (put.expression() != null) {
      cron(put.expression());
    }
    if (put.zone() != null) {
      zone(put.zone());
    }
    if (put.message() != null) {
      message(put.message());
    }
    if (put.about() != null) {
      Rules.about(put.about());
    }
    Rules.revision(put.ifRevision());
  }

  private static void cron(String expression) {
    try {
      Cron.parse(expression);
    } catch (InvalidCronException e) {
      throw new FailureException(new Failure.Invalid("cron", e.getMessage()));
    }
  }

  private static void zone(String zone) {
    try {
      if (zone.length() <= ZONE_MAX) {
        ZoneId.of(zone);
        return;
      }
    } catch (DateTimeException e) {
      throw Rules.invalid(
          "zone", "a time zone such as UTC or Asia/Shanghai, got: " + e.getMessage());
    }
    throw Rules.invalid("zone", "at most " + ZONE_MAX + " characters");
  }

  private static void message(String message) {
    Rules.wellFormed("message", message);
    if (message.getBytes(StandardCharsets.UTF_8).length > MESSAGE_BYTES_MAX) {
      throw new FailureException(new Failure.TooLarge("message", MESSAGE_BYTES_MAX));
    }
  }
}
