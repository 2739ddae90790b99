package io.perdure.cron;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * A field of an expression: what may stand in it. The order is that of the seven fields; names
 * count from the least value.
 */
enum CronField {
  SECOND(0, 59, ""),
  MINUTE(0, 59, ""),
  HOUR(0, 23, ""),
  DAY(1, 31, ""),
  MONTH(1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
  WEEKDAY(0, 6, "SUN MON TUE WED THU FRI SAT"),
  YEAR(1970, 2099, "");

  /** So that a list of a range and a step is written as that, and one of two values is not. */
  private static final int PROGRESSION_MIN = 3;

  private static final int WEEK = 7;

  private final int least;
  private final int most;
  private final String names;

  CronField(int least, int most, String names) {
    this.least = least;
    this.most = most;
    this.names = names;
  }

  /** True when the text sets nothing: any value will do. */
  boolean isAny(String text) {
    return text.equals("*") || (text.equals("?") && (this == DAY || this == WEEKDAY));
  }

  /** The values that {@code text} stands for, never none. */
  BitSet parse(String text) {
    BitSet values = new BitSet();
    if (isAny(text)) {
      values.set(least, most + 1);
      return values;
    }
    for (String item : text.split(",", -1)) {
      add(item, values);
    }
    return values;
  }

  /** A value, a range or all, and maybe a step. */
  private void add(String item, BitSet values) {
    int slash = item.indexOf('/');
    String range = slash < 0 ? item : item.substring(0, slash);
    int dash = range.indexOf('-');
    int from;
    int to;
    if (range.equals("*")) {
      from = least;
      to = most;
    } else if (dash < 0) {
      from = value(range);
      to = slash < 0 ? from : most;
    } else {
      from = value(range.substring(0, dash));
      to = end(from, range.substring(dash + 1), range);
    }
    int step = slash < 0 ? 1 : step(item.substring(slash + 1));
    for (int value = from; value <= to; value += step) {
      values.set(this == WEEKDAY ? value % WEEK : value);
    }
  }

  /** The end of a range; days of the week go on behind Saturday, as in SAT-SUN or FRI-MON. */
  private int end(int from, String text, String range) {
    int to = value(text);
    if (to >= from) {
      return to;
    }
    if (this == WEEKDAY) {
      return to + WEEK;
    }
    throw invalid("a range that goes up", range);
  }

  private int value(String text) {
    int named = names().indexOf(text.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return least + named;
    }
    int value = number(text);
    boolean sunday = this == WEEKDAY && value == WEEK;
    if (value < least || (value > most && !sunday)) {
      throw invalid(expected(), text);
    }
    return sunday ? WEEK : value;
  }

  private int step(String text) {
    int step = number(text);
    int count = most - least + 1;
    if (step < 1 || step > count) {
      throw invalid("a step from 1 to " + count, text);
    }
    return step;
  }

  private List<String> names() {
    return names.isEmpty() ? List.of() : List.of(names.split(" "));
  }

  /** Of one to four digits, or -1. */
  private static int number(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      value = 10 * value + (digit - '0');
    }
    return value;
  }

  private String expected() {
    String most = this == WEEKDAY ? "7" : Integer.toString(this.most);
    String range = "a number from " + least + " to " + most;
    return names.isEmpty()
        ? range
        : range + " or a name from " + names().get(0) + " to " + names().get(names().size() - 1);
  }

  private InvalidCronException invalid(String expected, String got) {
    return new InvalidCronException(
        "field "
            + name().toLowerCase(Locale.ROOT)
            + ": expected "
            + expected
            + ", got '"
            + got
            + "'");
  }

  /** The one way to write {@code values}, which {@link #parse} reads back. */
  String format(BitSet values) {
    int first = values.nextSetBit(0);
    int second = values.nextSetBit(first + 1);
    int last = values.length() - 1;
    int step = second - first;
    if (values.cardinality() >= PROGRESSION_MIN && isProgression(values, first, last, step)) {
      boolean toTheEnd = last + step > most;
      String range = first == least && toTheEnd ? "*" : first + "-" + last;
      return step == 1 ? first + "-" + last : range + "/" + step;
    }
    StringBuilder text = new StringBuilder();
    for (int from = first; from >= 0; from = values.nextSetBit(from)) {
      int behind = values.nextClearBit(from);
      if (behind - from < PROGRESSION_MIN) {
        behind = from + 1;
      }
      text.append(text.isEmpty() ? "" : ",").append(from);
      if (behind - from > 1) {
        text.append('-').append(behind - 1);
      }
      from = behind;
    }
    return text.toString();
  }

  private static boolean isProgression(BitSet values, int first, int last, int step) {
    int count = 0;
    for (int value = first; value <= last && values.get(value); value += step) {
      count++;
    }
    return count == values.cardinality();
  }
}
