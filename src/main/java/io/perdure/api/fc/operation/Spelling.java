package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives back the names within what is only kept as the cloud spells them: it reads them without
 * regard to case, and clients look for its own spelling in what it shows (spec alibaba-fc, section
 * 2).
 */
final class Spelling {
  /** Whose members are named by the caller. */
  private static final Set<String> FREE = Set.of("params", "envs");

  /** By themselves, whatever their case. */
  private static final Map<String, String> KNOWN = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static {
    String names =
        "project logstore enableRequestMetrics enableInstanceMetrics enableLlmMetrics logBeginRule"
            + " vpcId vSwitchIds securityGroupId role"
            + " userId groupId mountPoints serverAddr mountDir enableTLS"
            + " bucketName bucketPath endpoint readOnly"
            + " type params"
            + " nameServers searches dnsOptions name value"
            + " httpGetUrl initialDelaySeconds periodSeconds timeoutSeconds failureThreshold"
            + " successThreshold"
            + " gpuType gpuMemorySize"
            + " envs args remoteDir token volumeName instanceId";
    for (String name : List.of(names.split(" ", -1))) {
      KNOWN.put(name, name);
    }
  }

  private Spelling() {}

  /** A copy of {@code given} with the names as the cloud spells them. */
  static JsonNode of(JsonNode given) {
    if (given instanceof ObjectNode object) {
      ObjectNode spelled = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        String name = KNOWN.getOrDefault(member.getKey(), member.getKey());
        spelled.set(name, FREE.contains(name) ? member.getValue() : of(member.getValue()));
      }
      return spelled;
    }
    if (given instanceof ArrayNode list) {
      ArrayNode spelled = JsonNodeFactory.instance.arrayNode();
      list.forEach(item -> spelled.add(of(item)));
      return spelled;
    }
    return given;
  }
}
