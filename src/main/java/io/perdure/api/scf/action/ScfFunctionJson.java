package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.scf.wire.Times;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Functions as GetFunction and ListFunctions show them (spec tencent-scf, 4 and 5.3). */
final class ScfFunctionJson {
  private static final int ID_DIGITS = 8;
  private static final int ID_RADIX = 36;
  private static final long IDS = 2_821_109_907_456L; // so many different ones: 36 to the 8th
  private static final long ID_SPREAD = 2_654_437; // no common divisor with them

  /**
   * Both show these, and both the same: a function is active when it has been made, and what the
   * cloud has beyond that does not exist here.
   */
  private static final ObjectNode BOTH =
      Kept.parse("{\"Status\":\"Active\",\"StatusDesc\":\"\",\"StatusReasons\":[]}");

  /** What GetFunction shows of a function of which nothing else has been given. */
  private static final ObjectNode GIVEN_NOTHING =
      Kept.parse(
          """
          {
            "CodeResult": "success",
            "CodeError": "",
            "ErrNo": 0,
            "AvailableStatus": "Available",
            "Layers": [],
            "Role": "",
            "InstallDependency": "FALSE",
            "UseGpu": "FALSE",
            "L5Enable": "FALSE",
            "DnsCache": "FALSE",
            "OnsEnable": "FALSE",
            "VpcConfig": {"VpcId": "", "SubnetId": ""},
            "ClsLogsetId": "",
            "ClsTopicId": "",
            "EipConfig": {"EipFixed": "FALSE", "Eips": []},
            "AccessInfo": {"Host": "", "Vip": ""},
            "DeadLetterConfig": {"Type": "", "Name": "", "FilterType": ""},
            "PublicNetConfig":
              {"PublicNetStatus": "ENABLE", "EipConfig": {"EipStatus": "DISABLE", "EipAddress": []}},
            "CfsConfig": {"CfsInsList": []},
            "ImageConfig": null,
            "ProtocolType": "",
            "ProtocolParams": null,
            "InstanceConcurrencyConfig": null,
            "IntranetConfig": {"IpFixed": "DISABLE", "IpAddress": []}
          }
          """);

  private final Times times;

  ScfFunctionJson(Times times) {
    this.times = times;
  }

  /**
   * Writes the members of GetFunction's answer.
   *
   * @param qualifier it was asked for by
   * @param codeInfo text of the file it begins with, or empty
   * @param triggers of it, ready to be shown
   */
  void write(
      JsonGenerator json, Function function, String qualifier, String codeInfo, ArrayNode triggers)
      throws IOException {
    ScfFunction scf = ScfFunction.of(function);
    writeBoth(json, scf);
    json.writeStringField("Handler", scf.handler());
    json.writeNumberField("MemorySize", scf.memoryMb());
    json.writeNumberField("Timeout", seconds(function.timeoutMillis()));
    json.writeNumberField("InitTimeout", seconds(initTimeoutMillis(scf)));
    json.writeStringField("FunctionVersion", Qualifiers.shown(function.version()));
    json.writeStringField("Qualifier", qualifier);
    json.writeNumberField("CodeSize", scf.codeBytes());
    json.writeStringField("CodeInfo", codeInfo);
    json.writeObjectFieldStart("Environment");
    writePairs(json, "Variables", environment(function.runtime()));
    json.writeEndObject();
    json.writeFieldName("Triggers");
    json.writeRawValue(triggers.toString());
    for (Map.Entry<String, JsonNode> member : GIVEN_NOTHING.properties()) {
      JsonNode given = scf.kept(member.getKey());
      json.writeFieldName(member.getKey());
      json.writeRawValue(
          (given == null ? member.getValue() : full(given, member.getValue())).toString());
    }
  }

  /** Writes the members of an item of ListFunctions. */
  void writeItem(JsonGenerator json, Function function) throws IOException {
    ScfFunction scf = ScfFunction.of(function);
    writeBoth(json, scf);
    json.writeNumberField("TotalProvisionedConcurrencyMem", 0);
    json.writeNumberField("ReservedConcurrencyMem", scf.reservedMemory());
  }

  private void writeBoth(JsonGenerator json, ScfFunction scf) throws IOException {
    Function function = scf.function();
    json.writeStringField("FunctionName", function.name());
    json.writeStringField("FunctionId", id(function.uid()));
    json.writeStringField("Namespace", function.namespace());
    json.writeStringField("Description", function.about().description());
    json.writeStringField("Runtime", scf.runtimeName());
    json.writeStringField("Type", scf.type());
    json.writeStringField("AddTime", times.seconds(function.createdAt()));
    json.writeStringField("ModTime", times.seconds(function.modifiedAt()));
    json.writeStringField("AsyncRunEnable", ScfFunction.flag(scf.asyncRun()));
    json.writeStringField("TraceEnable", ScfFunction.flag(scf.trace()));
    writePairs(json, "Tags", function.about().tags());
    for (Map.Entry<String, JsonNode> member : BOTH.properties()) {
      json.writeFieldName(member.getKey());
      json.writeRawValue(member.getValue().toString());
    }
  }

  /** Always the same for a function, and another one for another, however it is named. */
  static String id(long uid) {
    long mixed = uid % IDS;
    for (int round = 0; round < 2; round++) { // one alone leaves neighbours alike
      mixed = (mixed * ID_SPREAD + ID_SPREAD) % IDS;
    }
    String digits = Long.toString(mixed, ID_RADIX);
    return "lam-" + "0".repeat(ID_DIGITS - digits.length()) + digits;
  }

  private static void writePairs(JsonGenerator json, String name, Map<String, String> pairs)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      json.writeStartObject();
      json.writeStringField("Key", pair.getKey());
      json.writeStringField("Value", pair.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** {@code given} with the members that are shown although nobody gives them. */
  private static JsonNode full(JsonNode given, JsonNode byDefault) {
    if (!(given instanceof ObjectNode) || !(byDefault instanceof ObjectNode)) {
      return given;
    }
    ObjectNode full = given.deepCopy();
    for (Map.Entry<String, JsonNode> member : byDefault.properties()) {
      JsonNode there = full.get(member.getKey());
      full.set(member.getKey(), there == null ? member.getValue() : full(there, member.getValue()));
    }
    return full;
  }

  private static Map<String, String> environment(RuntimeSpec runtime) {
    if (runtime instanceof Managed managed) {
      return managed.env();
    }
    return runtime instanceof RuntimeSpec.Command command ? command.env() : Map.of();
  }

  private static long initTimeoutMillis(ScfFunction scf) {
    return scf.managed() == null
        ? Managed.INIT_TIMEOUT_MILLIS_DEFAULT
        : scf.managed().initTimeoutMillis();
  }

  /** Whole ones, as many as there have begun. */
  private static long seconds(long millis) {
    return (millis + 999) / 1_000;
  }

  /** Where the file is, in a package, that {@code runtime} begins with; empty for none of text. */
  static List<String> entryFiles(Managed runtime) {
    return switch (runtime.language()) {
      case PYTHON -> modules(runtime.handler(), List.of(".py"));
      case NODEJS -> modules(runtime.handler(), List.of(".js", ".mjs", ".cjs"));
      case JAVA -> List.of();
      case CUSTOM_API, CUSTOM_HTTP -> List.of("bootstrap");
      case WEB -> List.of("scf_bootstrap");
    };
  }

  private static List<String> modules(String handler, List<String> suffixes) {
    String file = handler.substring(0, Math.max(0, handler.lastIndexOf('.')));
    return suffixes.stream()
        .flatMap(suffix -> List.of(file + suffix, file.replace('.', '/') + suffix).stream())
        .distinct()
        .toList();
  }
}
