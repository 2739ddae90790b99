package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.perdure.time.Rfc3339;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.OptionalLong;

/** Query parameters by name and type; each refusal names the parameter. */
final class Query {
  private static final Query EMPTY = new Query(MultiMap.caseInsensitiveMultiMap());

  private final MultiMap values;

  private Query(MultiMap values) {
    this.values = values;
  }

  static Query of(HttpServerRequest request, String... known) {
    String query = request.query();
    if (query == null || query.isEmpty()) {
      return EMPTY;
    }
    MultiMap values;
    try {
      values = request.params();
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("query", "expected two hexadecimal digits behind each %");
    }
    List<String> names = List.of(known);
    for (String name : values.names()) {
      if (!names.contains(name)) {
        throw Problem.invalid(
            name,
            names.isEmpty()
                ? "no query parameter is known here"
                : "no such query parameter; known are " + String.join(", ", names));
      }
    }
    return new Query(values);
  }

  /** All values of a parameter that may be repeated. */
  List<String> all(String name) {
    return values.getAll(name);
  }

  /** The value, or null. */
  String text(String name) {
    List<String> all = values.getAll(name);
    if (all.size() > 1) {
      throw Problem.invalid(name, "expected once, got " + all.size() + " times");
    }
    return all.isEmpty() ? null : all.get(0);
  }

  int integer(String name, int byDefault, int least, int most) {
    String text = text(name);
    if (text == null) {
      return byDefault;
    }
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      value = Integer.MIN_VALUE;
    }
    if (value < least || value > most) {
      throw Problem.invalid(name, "expected an integer from " + least + " to " + most);
    }
    return value;
  }

  /** Milliseconds since the epoch. */
  long time(String name, long byDefault) {
    String text = text(name);
    if (text == null) {
      return byDefault;
    }
    return Rfc3339.parse(text)
        .orElseThrow(
            () ->
                Problem.invalid(
                    name, "expected a time of RFC 3339, for example 2026-01-31T12:00:00Z"));
  }

  /** Milliseconds, 0 when it is absent. */
  long duration(String name) {
    String text = text(name);
    if (text == null) {
      return 0;
    }
    OptionalLong millis = Durations.millis(text);
    if (millis.isEmpty()) {
      throw Problem.invalid(name, "expected a duration with its unit, for example 30s or 500ms");
    }
    return millis.getAsLong();
  }
}
