package io.perdure.api.scf.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.invocation.About;
import java.util.Map;

/**
 * What is told of a namespace as SCF's API sees it; what only this dialect keeps is an object of
 * JSON under the API's own names in {@link About#extra}. Immutable.
 */
record ScfNamespace(About about) {
  private static final String TOTAL = "TotalConcurrencyMem";
  private static final String RESOURCES = "ResourceEnv";

  /**
   * Of a new one.
   *
   * @param resources kept as it was given, or null
   */
  static ScfNamespace of(String description, JsonNode resources) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    if (resources != null) {
      kept.set(RESOURCES, resources);
    }
    return new ScfNamespace(new About(description, Map.of(), Kept.text(kept)));
  }

  /** MB that the functions of it may use together, as was set, or else as the account may. */
  long totalMemory() {
    return Kept.parse(about.extra()).path(TOTAL).asLong(ScfFunction.ACCOUNT_MEMORY_MB);
  }

  /** The same with another total. */
  ScfNamespace withTotalMemory(long mb) {
    ObjectNode kept = Kept.parse(about.extra()).put(TOTAL, mb);
    return new ScfNamespace(new About(about.description(), about.tags(), Kept.text(kept)));
  }

  /** The same with another description. */
  ScfNamespace withDescription(String description) {
    return new ScfNamespace(new About(description, about.tags(), about.extra()));
  }
}
