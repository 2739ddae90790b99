package io.perdure.invocation;

import java.util.Map;
import java.util.Objects;

/**
 * What is told of a function, version or namespace and changes nothing in how it runs.
 *
 * @param description for people, may be empty
 * @param tags set by the owner
 * @param extra what its dialect keeps there, an object of JSON, and nobody else reads; empty for
 *     nothing
 */
public record About(String description, Map<String, String> tags, String extra) {
  /** Nothing told. */
  public static final About NOTHING = new About("", Map.of(), "");

  public About {
    Objects.requireNonNull(description);
    Objects.requireNonNull(extra);
    tags = Pairs.copyOf(tags);
  }

  /** A description alone. */
  public static About of(String description) {
    return new About(description, Map.of(), "");
  }
}
