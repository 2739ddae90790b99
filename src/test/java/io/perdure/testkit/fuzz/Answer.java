package io.perdure.testkit.fuzz;

import java.util.Map;
import java.util.Set;

/**
 * An answer of HTTP.
 *
 * @param headers by names in lower case
 * @param names of the headers as they were written
 */
public record Answer(int status, Map<String, String> headers, Set<String> names, String body) {
  /** Whether the server closes the connection behind it. */
  boolean last() {
    return "close".equalsIgnoreCase(headers.get("connection"));
  }
}
