package io.perdure.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a dialect keeps of a resource and nobody else reads: an object of JSON under the dialect's
 * own names, as in {@link io.perdure.invocation.About#extra}.
 */
public final class Kept {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Kept() {}

  /** What was kept; nothing when another dialect kept something of its own there. */
  public static ObjectNode parse(String extra) {
    if (!extra.isEmpty()) {
      try {
        if (JSON.readTree(extra) instanceof ObjectNode object) {
          return object;
        }
      } catch (JsonProcessingException e) {
        // not ours, so there is nothing of ours in it
      }
    }
    return JsonNodeFactory.instance.objectNode();
  }

  /** {@code kept} as it is stored. */
  public static String text(ObjectNode kept) {
    return kept.isEmpty() ? "" : kept.toString();
  }
}
