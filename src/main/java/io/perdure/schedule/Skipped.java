package io.perdure.schedule;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;

/** What was skipped in one look, told in one line. Used once, on the verticle's thread. */
final class Skipped {
  /** Most skipped times of one schedule that are counted at once, so that counting costs little. */
  static final int COUNTED_MAX = 100;

  private static final System.Logger LOG = System.getLogger(Skipped.class.getName());

  private final ScheduleMeters meters;
  private final Duration lateMax;
  private int times;
  private int entries;
  private String example;

  /**
   * Nothing yet.
   *
   * @param lateMax how late a firing may be
   */
  Skipped(ScheduleMeters meters, Duration lateMax) {
    this.meters = meters;
    this.lateMax = lateMax;
  }

  /** Those of its times behind {@code from} up to {@code to}; milliseconds since the epoch. */
  void add(Planned entry, long from, long to) {
    int count = entry.timesBetween(from, to, COUNTED_MAX);
    if (count > 0) {
      times += count;
      entries++;
      example = entry.toString();
    }
  }

  /** Counts and logs them, if there are any. */
  void tell() {
    if (entries > 0) {
      meters.skipped.increment(times);
      LOG.log(
          WARNING,
          times
              + " firings of "
              + entries
              + " schedules were missed by more than "
              + lateMax
              + " and are skipped, such as of "
              + example);
    }
  }
}
