package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.fc.wire.Props;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Properties of a resource that mean something in the cloud only: each is kept as it was given and
 * shown again. Immutable.
 */
final class KeptProps {
  /** What a value must be. */
  private enum Kind {
    TEXT("a string", JsonNodeType.STRING),
    FLAG("true or false", JsonNodeType.BOOLEAN),
    NUMBER("a number", JsonNodeType.NUMBER),
    OBJECT("an object", JsonNodeType.OBJECT),
    LIST("a list", JsonNodeType.ARRAY);

    private final String words;
    private final JsonNodeType type;

    Kind(String words, JsonNodeType type) {
      this.words = words;
      this.type = type;
    }
  }

  /** Of a service (spec alibaba-fc, 9.1). */
  static final KeptProps SERVICE =
      new KeptProps()
          .texts("role")
          .flags("internetAccess")
          .objects("logConfig", "vpcConfig", "nasConfig", "ossMountConfig", "tracingConfig")
          .shows(
              """
              {
                "role": "",
                "internetAccess": true,
                "logConfig":
                  {"project": "", "logstore": "", "enableRequestMetrics": false,
                   "enableInstanceMetrics": false, "logBeginRule": "None"},
                "vpcConfig": {"vpcId": "", "vSwitchIds": [], "securityGroupId": "", "role": ""},
                "nasConfig": {"userId": -1, "groupId": -1, "mountPoints": []}
              }
              """);

  /** Of a function in a service (9.2). */
  static final KeptProps FUNCTION_IN_SERVICE =
      new KeptProps()
          .texts("instanceType")
          .numbers("cpu", "gpuMemorySize", "instanceSoftConcurrency")
          .lists("layers")
          .objects("customDNS", "customHealthCheckConfig")
          .shows("{\"layers\": []}");

  /** Of a function without one: it has what a service has, too (9.2). */
  static final KeptProps FUNCTION =
      new KeptProps()
          .texts(
              "role",
              "disableInjectCredentials",
              "instanceIsolationMode",
              "resourceGroupId",
              "sessionAffinity",
              "sessionAffinityConfig")
          .flags("internetAccess", "disableOndemand", "enableLongLiving")
          .numbers("cpu", "idleTimeout")
          .lists("layers")
          .objects(
              "customDNS",
              "gpuConfig",
              "juiceFsConfig",
              "logConfig",
              "nasConfig",
              "ossMountConfig",
              "polarFsConfig",
              "tracingConfig",
              "vpcConfig")
          .shows("{\"role\": \"\", \"internetAccess\": true, \"layers\": []}");

  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private ObjectNode unless = Kept.parse("");

  private KeptProps() {}

  private KeptProps texts(String... names) {
    return all(Kind.TEXT, names);
  }

  private KeptProps flags(String... names) {
    return all(Kind.FLAG, names);
  }

  private KeptProps numbers(String... names) {
    return all(Kind.NUMBER, names);
  }

  private KeptProps lists(String... names) {
    return all(Kind.LIST, names);
  }

  private KeptProps objects(String... names) {
    return all(Kind.OBJECT, names);
  }

  private KeptProps all(Kind kind, String... names) {
    for (String name : names) {
      kinds.put(name, kind);
    }
    return this;
  }

  /** What is shown of those that were never given. */
  private KeptProps shows(String json) {
    unless = Kept.parse(json);
    return this;
  }

  /** Puts those of {@code given} into {@code kept}, in place of what is there. */
  void take(Props given, ObjectNode kept) {
    kinds.forEach(
        (name, kind) -> {
          JsonNode value = given.raw(name);
          if (value == null) {
            return;
          }
          if (value.getNodeType() != kind.type) {
            throw given.invalid(name, kind.words);
          }
          kept.set(name, Spelling.of(value));
        });
  }

  /** Writes those that are kept, and what is shown of others. */
  void write(JsonGenerator json, ObjectNode kept) throws IOException {
    for (String name : kinds.keySet()) {
      JsonNode value = kept.has(name) ? kept.get(name) : unless.get(name);
      if (value != null) {
        raw(json, name, value);
      }
    }
  }

  /** Writes a member as it is. */
  static void raw(JsonGenerator json, String name, JsonNode value) throws IOException {
    json.writeFieldName(name);
    json.writeRawValue(value.toString());
  }
}
