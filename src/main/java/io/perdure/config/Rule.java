package io.perdure.config;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a value must be besides having the right type.
 *
 * @param <T> type of the value
 */
public final class Rule<T> {
  private final Predicate<T> allowed;
  private final Function<Function<T, String>, String> described;

  private Rule(Predicate<T> allowed, Function<Function<T, String>, String> described) {
    this.allowed = allowed;
    this.described = described;
  }

  /** Every value of the type. */
  public static <T> Rule<T> any() {
    return new Rule<>(value -> true, spelling -> "");
  }

  /** From {@code least} to {@code most}, both included. */
  public static <T extends Comparable<T>> Rule<T> between(T least, T most) {
    return new Rule<>(
        value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        spelling -> "from " + spelling.apply(least) + " to " + spelling.apply(most));
  }

  /** {@code least} or more. */
  public static <T extends Comparable<T>> Rule<T> atLeast(T least) {
    return new Rule<>(
        value -> value.compareTo(least) >= 0, spelling -> spelling.apply(least) + " or more");
  }

  /** Text with at least one character that is no white space. */
  public static Rule<String> nonEmpty() {
    return matching(text -> !text.isBlank(), "not empty");
  }

  /** Whatever {@code allowed} accepts; {@code expected} continues "expected text, ...". */
  public static <T> Rule<T> matching(Predicate<T> allowed, String expected) {
    return new Rule<>(allowed, spelling -> expected);
  }

  boolean allows(T value) {
    return allowed.test(value);
  }

  /** The rule in words, with its bounds spelled as in the file; empty for {@link #any}. */
  String expected(Function<T, String> spelling) {
    return described.apply(spelling);
  }
}
