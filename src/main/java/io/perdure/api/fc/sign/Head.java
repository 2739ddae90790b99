package io.perdure.api.fc.sign;

import io.perdure.api.fc.wire.FcError;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The headers of a request as signatures see them: none that matters may be there twice. */
record Head(MultiMap headers) {

  /**
   * The header's value without blanks around it.
   *
   * @param name as the caller is told
   * @throws FcError if it is not there, or more than once
   */
  String required(String name) {
    String value = optional(name);
    if (value == null) {
      throw FcError.missingHeader(name);
    }
    return value;
  }

  /** The same, null for a header that is not there. */
  String optional(String name) {
    List<String> all = headers.getAll(name);
    if (all.size() > 1) {
      throw FcError.invalid("the header " + name + " is given more than once");
    }
    return all.isEmpty() ? null : all.get(0).strip();
  }

  /** The same, empty text for a header that is not there. */
  String orEmpty(String name) {
    String value = optional(name);
    return value == null ? "" : value;
  }

  /** All values of that header, sorted and joined; null when there is none. */
  String joined(String name) {
    List<String> all = headers.getAll(name);
    if (all.isEmpty()) {
      return null;
    }
    return all.size() == 1 ? all.get(0).strip() : joined(all);
  }

  /** A line {@code name:value} for each header whose name begins so, by name in lower case. */
  String lines(String prefix) {
    SortedMap<String, List<String>> found = new TreeMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(prefix)) {
        found.computeIfAbsent(name, first -> new ArrayList<>(1)).add(header.getValue());
      }
    }
    StringBuilder lines = new StringBuilder(128);
    found.forEach(
        (name, values) -> lines.append(name).append(':').append(joined(values)).append('\n'));
    return lines.toString();
  }

  private static String joined(List<String> values) {
    return String.join(",", values.stream().map(String::strip).sorted().toList());
  }
}
