package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.Props;
import java.util.regex.Pattern;

/**
 * Names of what is new, as the cloud allows them (spec alibaba-fc, 9.1 and 9.2). What is there
 * already may be named as any dialect allows.
 */
final class Names {
  private static final Pattern SERVICE = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");
  private static final Pattern FUNCTION = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

  /** Revision that a change names when there must be nothing of that name yet. */
  static final long ABSENT = -1;

  private Names() {}

  /** {@code serviceName} of a new service. */
  static String service(Props body) {
    return name(body, "serviceName", SERVICE, 128);
  }

  /** {@code functionName} of a new function. */
  static String function(Props body) {
    return name(body, "functionName", FUNCTION, 64);
  }

  private static String name(Props body, String property, Pattern allowed, int most) {
    String name = body.requireText(property);
    if (!allowed.matcher(name).matches()) {
      throw body.invalid(
          property,
          "1 to " + most + " letters, digits, _ and -, the first one neither a digit nor -");
    }
    return name;
  }
}
