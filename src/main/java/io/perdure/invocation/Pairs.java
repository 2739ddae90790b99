package io.perdure.invocation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Names and values that somebody has set, and wants to see in the order in which they were. */
final class Pairs {
  private Pairs() {}

  /**
   * An unmodifiable copy in the same order.
   *
   * @throws NullPointerException if a name or a value is null
   */
  static Map<String, String> copyOf(Map<String, String> pairs) {
    Map<String, String> copy = new LinkedHashMap<>();
    pairs.forEach(
        (name, value) -> copy.put(Objects.requireNonNull(name), Objects.requireNonNull(value)));
    return Collections.unmodifiableMap(copy);
  }
}
