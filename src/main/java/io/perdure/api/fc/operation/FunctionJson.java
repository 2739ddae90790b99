package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.time.Rfc3339;
import java.io.IOException;
import java.util.Map;

/** Functions as every operation shows them (spec alibaba-fc, 9.2). */
final class FunctionJson {
  private final FcCall call;
  private final JsonGenerator json;
  private final FcFunction function;

  private FunctionJson(FcCall call, JsonGenerator json, FcFunction function) {
    this.call = call;
    this.json = json;
    this.function = function;
  }

  /** Writes the members of {@code function} in the words of the generation that is spoken. */
  static void write(FcCall call, JsonGenerator json, Function function) throws IOException {
    new FunctionJson(call, json, FcFunction.of(function)).write();
  }

  private void write() throws IOException {
    Function of = function.function();
    json.writeStringField("functionName", of.name());
    json.writeStringField("functionId", Ids.of("function", of.account(), Long.toString(of.uid())));
    json.writeStringField("description", of.about().description());
    json.writeStringField("runtime", function.runtimeName());
    json.writeNumberField("timeout", seconds(of.timeoutMillis()));
    writeCode(function.code());
    writeInstances(function.managed());
    json.writeObjectFieldStart("environmentVariables");
    for (Map.Entry<String, String> variable : function.environment().entrySet()) {
      json.writeStringField(variable.getKey(), variable.getValue());
    }
    json.writeEndObject();
    if (call.generation().hasServices()) {
      writeInService();
    } else {
      writeAlone(of);
    }
    json.writeStringField("createdTime", Rfc3339.formatSeconds(of.createdAt()));
    json.writeStringField("lastModifiedTime", Rfc3339.formatSeconds(of.modifiedAt()));
  }

  private void writeCode(CodeRef code) throws IOException {
    json.writeNumberField("codeSize", code == null ? 0 : code.bytes());
    json.writeStringField("codeChecksum", code == null ? "" : code.crc64());
  }

  /** What runs elsewhere has none of its own. */
  private void writeInstances(Managed managed) throws IOException {
    json.writeStringField("handler", managed == null ? "" : managed.handler());
    json.writeNumberField("memorySize", managed == null ? 0 : managed.memoryMb());
    json.writeNumberField("diskSize", managed == null ? 0 : managed.diskMb());
    json.writeNumberField(
        "instanceConcurrency", managed == null ? 1 : managed.instanceConcurrency());
  }

  private void writeInService() throws IOException {
    KeptProps.FUNCTION_IN_SERVICE.write(json, function.kept());
    json.writeStringField("initializer", initializer());
    json.writeNumberField("initializationTimeout", function.initializerSeconds());
    json.writeObjectFieldStart("instanceLifecycleConfig");
    JsonNode freeze = function.preFreeze();
    if (freeze == null) {
      writeHook("preFreeze", "", FcFunction.HOOK_SECONDS_DEFAULT);
    } else {
      KeptProps.raw(json, "preFreeze", freeze);
    }
    writePreStop();
    json.writeEndObject();
    if (function.ownProgram()) {
      json.writeNumberField("caPort", function.managed().port());
      KeptProps.raw(json, "customRuntimeConfig", function.program());
    }
  }

  private void writeAlone(Function of) throws IOException {
    json.writeStringField("functionArn", Arns.of(call, of));
    writeState();
    KeptProps.FUNCTION.write(json, withLayers());
    json.writeObjectFieldStart("instanceLifecycleConfig");
    writeHook("initializer", initializer(), function.initializerSeconds());
    writePreStop();
    json.writeEndObject();
    if (function.ownProgram()) {
      ObjectNode program = function.program().put("port", function.managed().port());
      KeptProps.raw(json, "customRuntimeConfig", program);
    }
    Tags.write(json, of.about().tags());
  }

  /** What is kept, layers as objects: they are given by their names alone. */
  private ObjectNode withLayers() {
    ObjectNode kept = function.kept().deepCopy();
    ArrayNode layers = kept.putArray("layers");
    for (JsonNode layer : function.kept().path("layers")) {
      layers.addObject().put("arn", layer.asText()).put("size", 0);
    }
    return kept;
  }

  /** A function can be invoked once it has been made, and every change of it is made at once. */
  private void writeState() throws IOException {
    json.writeStringField("state", "Active");
    json.writeStringField("stateReason", "");
    json.writeStringField("stateReasonCode", "");
    json.writeStringField("lastUpdateStatus", "Successful");
    json.writeStringField("lastUpdateStatusReason", "");
    json.writeStringField("lastUpdateStatusReasonCode", "");
  }

  private String initializer() {
    Managed managed = function.managed();
    return managed == null || managed.initializer() == null ? "" : managed.initializer();
  }

  private void writePreStop() throws IOException {
    Managed managed = function.managed();
    if (managed == null || managed.preStop() == null) {
      writeHook("preStop", "", FcFunction.HOOK_SECONDS_DEFAULT);
    } else {
      writeHook("preStop", managed.preStop().handler(), seconds(managed.preStop().timeoutMillis()));
    }
  }

  private void writeHook(String name, String handler, long seconds) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("handler", handler);
    json.writeNumberField("timeout", seconds);
    json.writeEndObject();
  }

  /** Whole ones, as many as there have begun. */
  private static long seconds(long millis) {
    return (millis + 999) / 1_000;
  }
}
