package io.perdure.invocation;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends invocations with a certain routing key to a version of their own.
 *
 * @param version a version's number, or {@link Invocation#LATEST}
 * @param key name of the value that is looked at
 * @param method how it is looked at
 * @param expression what it is compared with
 */
public record RouteMatch(String version, String key, Method method, String expression) {
  private static final Pattern RANGE =
      Pattern.compile(
          "\\(\\s*([+-]?\\d+)\\s*,\\s*([+-]?\\d+)\\s*\\)|\\[\\s*([+-]?\\d+)\\s*,\\s*([+-]?\\d+)\\s*]");

  /** How a value is looked at. */
  public enum Method {
    /** It is the expression, character by character. */
    EXACT,
    /** It is an integer within {@code [a,b]}, or between the ends of {@code (a,b)}. */
    RANGE
  }

  public RouteMatch {
    Objects.requireNonNull(version);
    Objects.requireNonNull(key);
    Objects.requireNonNull(method);
    Objects.requireNonNull(expression);
  }

  /** True when the expression is one that its method understands. */
  public boolean understood() {
    return method == Method.EXACT || Range.of(expression) != null;
  }

  /** True when the routing key has a value by that name and it is as wanted. */
  public boolean accepts(Map<String, String> routingKey) {
    String value = routingKey.get(key);
    if (value == null) {
      return false;
    }
    return switch (method) {
      case EXACT -> value.equals(expression);
      case RANGE -> {
        Range range = Range.of(expression);
        yield range != null && range.holds(value);
      }
    };
  }

  /** Integers from {@code least} to {@code most}, both included. */
  private record Range(long least, long most) {
    /** Null when {@code expression} is none; it may be empty, as {@code (1,2)} is. */
    static Range of(String expression) {
      Matcher matcher = RANGE.matcher(expression);
      if (!matcher.matches()) {
        return null;
      }
      boolean open = matcher.group(1) != null;
      try {
        long from = Long.parseLong(matcher.group(open ? 1 : 3));
        long to = Long.parseLong(matcher.group(open ? 2 : 4));
        if (from > to) {
          return null;
        }
        return open
            ? new Range(Math.addExact(from, 1), Math.subtractExact(to, 1))
            : new Range(from, to);
      } catch (NumberFormatException | ArithmeticException e) {
        return null; // beyond 64 bits
      }
    }

    boolean holds(String value) {
      try {
        long number = Long.parseLong(value.strip());
        return number >= least && number <= most;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }
}
