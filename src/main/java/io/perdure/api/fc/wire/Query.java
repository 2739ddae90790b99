package io.perdure.api.fc.wire;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameters of a query, by name without regard to case: clients write {@code limit} for most
 * lists and {@code Limit} for that of tags. Of one that is given twice the first counts.
 */
public final class Query {
  private static final int PARAMETERS_MAX = 100;

  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Reads what stands behind the question mark.
   *
   * @param raw null for nothing
   */
  public static Query of(String raw) {
    Map<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (raw != null && !raw.isEmpty()) {
      String[] pairs = raw.split("&", PARAMETERS_MAX + 1);
      if (pairs.length > PARAMETERS_MAX) {
        throw FcError.invalid("the query has more than " + PARAMETERS_MAX + " parameters");
      }
      for (String pair : pairs) {
        int equals = pair.indexOf('=');
        String name = Percent.decode("query", equals < 0 ? pair : pair.substring(0, equals));
        // Who means a plus writes %2B; a plus is how some clients write a blank.
        String value =
            equals < 0 ? "" : Percent.decode(name, pair.substring(equals + 1).replace('+', ' '));
        values.putIfAbsent(name, value);
      }
    }
    return new Query(values);
  }

  /** The value; null when it is absent or empty. */
  public String text(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A whole number from {@code min} to {@code max}; null when it is absent or empty. */
  public Long number(String name, long min, long max) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw FcError.invalid(name, "a whole number from " + min + " to " + max);
  }

  /** True or false, however it is written; {@code absent} when it is absent or empty. */
  public boolean flag(String name, boolean absent) {
    String text = text(name);
    if (text == null) {
      return absent;
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.equalsIgnoreCase("true");
    }
    throw FcError.invalid(name, "true or false");
  }

  /** One of {@code allowed}, exactly; null when it is absent or empty. */
  public String oneOf(String name, List<String> allowed) {
    String text = text(name);
    if (text == null || allowed.contains(text)) {
      return text;
    }
    throw FcError.invalid(name, "one of " + String.join(", ", allowed));
  }
}
