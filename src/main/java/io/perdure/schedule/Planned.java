package io.perdure.schedule;

import io.perdure.cron.Cron;
import io.perdure.invocation.Schedule;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.OptionalLong;

/**
 * A schedule that fires, and where it is with it. Times are milliseconds since the epoch. One
 * thread.
 */
final class Planned {
  /** By when there is something to do for it. */
  static final Comparator<Planned> ORDER =
      Comparator.comparingLong((Planned planned) -> planned.wakeAt)
          .thenComparingLong(planned -> planned.schedule.uid());

  private Schedule schedule;
  private Cron cron;
  private ZoneId zone;

  /** Everything up to here has been fired, or is not to be. */
  private long handled;

  /** The time that is fired next. */
  private long next;

  /** When that is tried: at its time, or later when it is repeated. */
  private long wakeAt;

  /** True while it is being submitted. */
  private boolean flying;

  /** True once nothing of it is fired any more. */
  private boolean ended;

  /** How often in a row the same time could not be submitted. */
  private int failures;

  /** What was wrong with the latest firing, or null: told when it changes. */
  private String problem;

  /** Fires what comes after {@code handled}. */
  Planned(Schedule schedule, long handled) {
    this.handled = handled;
    become(schedule);
  }

  /** From now on it is that; fails when its times cannot be understood. */
  void become(Schedule changed) {
    cron = Cron.parse(changed.cron());
    zone = ZoneId.of(changed.zone());
    schedule = changed;
  }

  Schedule schedule() {
    return schedule;
  }

  long next() {
    return next;
  }

  long wakeAt() {
    return wakeAt;
  }

  boolean flying() {
    return flying;
  }

  void flying(boolean now) {
    flying = now;
  }

  boolean ended() {
    return ended;
  }

  void end() {
    ended = true;
  }

  /**
   * Finds the next time, counted from what has been handled; false when there is none.
   *
   * @param now a schedule that is valid only since a later time was made while the clock was ahead
   */
  boolean plan(long now) {
    OptionalLong found = cron.next(Math.max(handled, Math.min(schedule.since(), now)), zone);
    next = found.orElse(Long.MAX_VALUE);
    wakeAt = next;
    failures = 0;
    return found.isPresent();
  }

  /** Everything up to {@code time} is done with, or shall be fired again from there. */
  void handledUpTo(long time) {
    handled = time;
  }

  /** How many times there are behind {@code from} up to {@code to}, counted up to {@code most}. */
  int timesBetween(long from, long to, int most) {
    int count = 0;
    OptionalLong time = cron.next(from, zone);
    while (count < most && time.isPresent() && time.getAsLong() <= to) {
      count++;
      time = cron.next(time.getAsLong(), zone);
    }
    return count;
  }

  /** The same time is tried again then. */
  void repeatAt(long time) {
    wakeAt = time;
    failures++;
  }

  int failures() {
    return failures;
  }

  /** True when {@code now}, null for none, is another problem than the one before. */
  boolean notes(String now) {
    boolean other = now != null && !now.equals(problem);
    problem = now;
    return other;
  }

  @Override
  public String toString() {
    return "schedule '"
        + schedule.name()
        + "' of function '"
        + schedule.namespace()
        + "/"
        + schedule.function()
        + "'";
  }
}
