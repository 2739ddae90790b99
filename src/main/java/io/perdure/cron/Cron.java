package io.perdure.cron;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.BitSet;
import java.util.OptionalLong;

/** A cron expression, see the package for its dialect. Immutable. */
public final class Cron {
  /** Longest expression that is read. */
  public static final int LENGTH_MAX = 1_000;

  private static final int FIELDS_MIN = 5;
  private static final int HOURS = 24;

  /** No local time of 1970 is earlier. */
  private static final long EARLIEST_SECOND = -86_400;

  private final BitSet seconds;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet days;
  private final BitSet months;
  private final BitSet weekdays;
  private final BitSet years;
  private final boolean anyDay;
  private final boolean anyWeekday;
  private final String canonical;

  private Cron(String[] texts) {
    CronField[] fields = CronField.values();
    BitSet[] values = new BitSet[fields.length];
    StringBuilder written = new StringBuilder();
    for (int i = 0; i < fields.length; i++) {
      values[i] = fields[i].parse(texts[i]);
      written.append(i == 0 ? "" : " ");
      written.append(fields[i].isAny(texts[i]) ? "*" : fields[i].format(values[i]));
    }
    seconds = values[0];
    minutes = values[1];
    hours = values[2];
    days = values[3];
    months = values[4];
    weekdays = values[5];
    years = values[6];
    anyDay = CronField.DAY.isAny(texts[3]);
    anyWeekday = CronField.WEEKDAY.isAny(texts[5]);
    canonical = written.toString();
  }

  /**
   * Reads an expression of five, six or seven fields parted by white space.
   *
   * @throws InvalidCronException naming the field and what was expected
   */
  public static Cron parse(String text) {
    if (text.length() > LENGTH_MAX) {
      throw new InvalidCronException("expected at most " + LENGTH_MAX + " characters");
    }
    String[] given = text.isBlank() ? new String[0] : text.strip().split("\\s+");
    int missing = CronField.values().length - given.length;
    if (missing < 0 || given.length < FIELDS_MIN) {
      throw new InvalidCronException(
          "expected seven fields 'second minute hour day month weekday year', or the same without"
              + " year, or without second and year; got "
              + given.length);
    }
    return new Cron(
        switch (missing) {
          case 0 -> given;
          case 1 -> with(given, 0, "*");
          default -> with(given, 1, "0", "*");
        });
  }

  /** The fields given, with {@code before} of {@code more} in front of them and the rest behind. */
  private static String[] with(String[] given, int before, String... more) {
    String[] all = new String[given.length + more.length];
    System.arraycopy(more, 0, all, 0, before);
    System.arraycopy(given, 0, all, before, given.length);
    System.arraycopy(more, before, all, before + given.length, more.length - before);
    return all;
  }

  /**
   * The first time it fires after {@code afterMillis}, both in milliseconds since the epoch; empty
   * when it never fires again.
   */
  public OptionalLong next(long afterMillis, ZoneId zone) {
    long second = Math.max(EARLIEST_SECOND, Math.floorDiv(afterMillis, 1_000L) + 1);
    Instant from = Instant.ofEpochSecond(second);
    ZoneRules rules = zone.getRules();
    Instant next =
        hours.cardinality() == HOURS ? nextPassing(from, rules) : nextByTimeOfDay(from, rules);
    return next == null ? OptionalLong.empty() : OptionalLong.of(next.toEpochMilli());
  }

  /** At or after {@code from}, or null; in each stretch of one offset as if there was no other. */
  private Instant nextPassing(Instant from, ZoneRules rules) {
    Instant start = from;
    while (true) {
      ZoneOffset offset = rules.getOffset(start);
      LocalDateTime found = find(LocalDateTime.ofEpochSecond(start.getEpochSecond(), 0, offset));
      if (found == null) {
        return null;
      }
      Instant next = found.toInstant(offset);
      ZoneOffsetTransition transition = rules.nextTransition(start);
      if (transition == null || next.isBefore(transition.getInstant())) {
        return next;
      }
      start = transition.getInstant();
    }
  }

  /** At or after {@code from}, or null; each local time once. */
  private Instant nextByTimeOfDay(Instant from, ZoneRules rules) {
    LocalDateTime found = find(localStart(from, rules));
    if (found == null) {
      return null;
    }
    ZoneOffsetTransition transition = rules.getTransition(found);
    if (transition != null && transition.isGap()) {
      return transition.getInstant();
    }
    return found.toInstant(rules.getOffset(found)); // of two offsets the earlier, its first pass
  }

  /** The least local time that fires at or after {@code from}. */
  private static LocalDateTime localStart(Instant from, ZoneRules rules) {
    ZoneOffset offset = rules.getOffset(from);
    LocalDateTime local = LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, offset);
    ZoneOffsetTransition twice = rules.getTransition(local);
    if (twice != null && twice.isOverlap() && !offset.equals(twice.getOffsetBefore())) {
      return twice.getDateTimeBefore(); // all of the second pass has fired in the first
    }
    ZoneOffsetTransition last = rules.previousTransition(from.plusSeconds(1));
    boolean behindGap = last != null && last.isGap() && last.getInstant().equals(from);
    return behindGap ? last.getDateTimeBefore() : local; // what was left out fires now
  }

  /** The first local time that matches, {@code from} or later, or null. */
  private LocalDateTime find(LocalDateTime from) {
    LocalDate date = findDate(from.toLocalDate());
    if (date == null || !date.equals(from.toLocalDate())) {
      return date == null ? null : date.atTime(first());
    }
    LocalTime time = findTime(from.toLocalTime());
    if (time != null) {
      return date.atTime(time);
    }
    LocalDate later = findDate(date.plusDays(1));
    return later == null ? null : later.atTime(first());
  }

  private LocalDate findDate(LocalDate from) {
    LocalDate date = from;
    while (true) {
      int year = years.nextSetBit(date.getYear());
      if (year < 0) {
        return null;
      }
      if (year > date.getYear()) {
        date = LocalDate.of(year, 1, 1);
      }
      int month = months.nextSetBit(date.getMonthValue());
      if (month < 0) {
        date = LocalDate.of(year + 1, 1, 1);
        continue;
      }
      if (month > date.getMonthValue()) {
        date = LocalDate.of(year, month, 1);
      }
      int length = date.lengthOfMonth();
      for (int day = date.getDayOfMonth(); day <= length; day++) {
        LocalDate candidate = date.withDayOfMonth(day);
        if (matches(candidate)) {
          return candidate;
        }
      }
      date = date.withDayOfMonth(1).plusMonths(1);
    }
  }

  private boolean matches(LocalDate date) {
    boolean day = days.get(date.getDayOfMonth());
    boolean weekday = weekdays.get(date.getDayOfWeek().getValue() % 7);
    boolean both = !anyDay && !anyWeekday;
    return both ? day || weekday : day && weekday;
  }

  private LocalTime first() {
    return LocalTime.of(hours.nextSetBit(0), minutes.nextSetBit(0), seconds.nextSetBit(0));
  }

  private LocalTime findTime(LocalTime from) {
    int hour = hours.nextSetBit(from.getHour());
    if (hour < 0) {
      return null;
    }
    if (hour > from.getHour()) {
      return LocalTime.of(hour, minutes.nextSetBit(0), seconds.nextSetBit(0));
    }
    int minute = minutes.nextSetBit(from.getMinute());
    int second =
        minute > from.getMinute() ? seconds.nextSetBit(0) : seconds.nextSetBit(from.getSecond());
    if (minute >= 0 && second < 0) {
      minute = minutes.nextSetBit(minute + 1);
      second = seconds.nextSetBit(0);
    }
    if (minute >= 0) {
      return LocalTime.of(hour, minute, second);
    }
    int later = hours.nextSetBit(hour + 1);
    return later < 0 ? null : LocalTime.of(later, minutes.nextSetBit(0), seconds.nextSetBit(0));
  }

  /** The one way to write it, in seven fields; means the same when it is read again. */
  @Override
  public String toString() {
    return canonical;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron && cron.canonical.equals(canonical);
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }
}
