package io.perdure.schedule;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.perdure.config.Section;
import java.time.Duration;

/**
 * How schedules are fired.
 *
 * @param lateMax a firing that could not be submitted for so long is skipped, 1 s to 1 h
 * @param inFlightMax most firings being submitted at once, 1 to 10 000; others wait for them
 */
public record ScheduleConfig(Duration lateMax, int inFlightMax) {
  /** Reads the section {@code schedule}. */
  public static ScheduleConfig read(Section schedule) {
    return new ScheduleConfig(
        schedule.duration("late-max", ofMinutes(1), between(ofSeconds(1), ofHours(1))),
        schedule.integer("in-flight-max", 100, between(1, 10_000)));
  }
}
