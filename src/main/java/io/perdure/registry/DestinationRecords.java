package io.perdure.registry;

import static io.perdure.registry.RecordJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;

/** How destinations are stored: what their caller wrote, and what it means. */
final class DestinationRecords {
  private DestinationRecords() {}

  /** Adds {@code of} as the member {@code name}; nothing when it is null. */
  static void encode(String name, Destination of, ObjectNode to) {
    if (of == null) {
      return;
    }
    ObjectNode json = to.putObject(name).put("text", of.text()).put("kind", of.target().kind());
    if (of.target() instanceof ToFunction target) {
      json.put("namespace", target.namespace()).put("function", target.function());
      if (target.qualifier() != null) {
        json.put("qualifier", target.qualifier());
      }
    } else if (of.target() instanceof ToWebhook target) {
      json.put("url", target.url());
    } else if (of.target() instanceof ToAddress target) {
      json.put("address", target.address());
    }
  }

  /**
   * Reads it back.
   *
   * @param json null for none
   * @throws IllegalArgumentException when it is of a kind that this program does not know
   */
  static Destination destination(JsonNode json) {
    if (json == null) {
      return null;
    }
    String kind = text(json, "kind");
    Target target =
        switch (kind) {
          case "function" ->
              new ToFunction(
                  text(json, "namespace"),
                  text(json, "function"),
                  json.has("qualifier") ? text(json, "qualifier") : null);
          case "webhook" -> new ToWebhook(text(json, "url"));
          case "event-bus" -> new ToAddress(text(json, "address"));
          default -> throw new IllegalArgumentException("no destination is of kind " + kind);
        };
    return new Destination(text(json, "text"), target);
  }
}
