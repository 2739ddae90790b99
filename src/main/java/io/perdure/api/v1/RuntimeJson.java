package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** How a function is run, as JSON in the direction of the caller. */
final class RuntimeJson {
  private RuntimeJson() {}

  /** The members of {@code runtime}. */
  static void write(JsonGenerator json, RuntimeSpec runtime) throws IOException {
    json.writeStringField("kind", runtime.kind());
    if (runtime instanceof RuntimeSpec.Http http) {
      json.writeStringField("url", http.url());
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      json.writeStringField("address", bus.address());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      writeTexts(json, "command", command.argv());
      writeTexts(json, "env", command.env());
    } else if (runtime instanceof Managed managed) {
      write(json, managed);
    }
  }

  private static void write(JsonGenerator json, Managed managed) throws IOException {
    Language language = managed.language();
    json.writeStringField("name", managed.name());
    json.writeStringField("handler", managed.handler());
    if (language == Language.CUSTOM_API || language == Language.CUSTOM_HTTP) {
      json.writeStringField("protocol", language == Language.CUSTOM_API ? "runtime-api" : "http");
    }
    if (language.hasHandler() || language == Language.CUSTOM_HTTP) {
      json.writeStringField("initializer", managed.initializer());
      writePreStop(json, managed.preStop());
    }
    if (!language.hasHandler()) {
      writeTexts(json, "command", managed.command());
    }
    if (language == Language.CUSTOM_HTTP || language == Language.WEB) {
      json.writeNumberField("port", managed.port());
    }
    writeTexts(json, "env", managed.env());
    json.writeNumberField("memoryMb", managed.memoryMb());
    json.writeNumberField("diskMb", managed.diskMb());
    json.writeNumberField("instanceConcurrency", managed.instanceConcurrency());
    json.writeNumberField("initTimeoutMs", managed.initTimeoutMillis());
    json.writeNumberField("idleMs", managed.idleMillis());
  }

  private static void writePreStop(JsonGenerator json, Managed.Hook hook) throws IOException {
    if (hook == null) {
      json.writeNullField("preStop");
      return;
    }
    json.writeObjectFieldStart("preStop");
    json.writeStringField("handler", hook.handler());
    json.writeNumberField("timeoutMs", hook.timeoutMillis());
    json.writeEndObject();
  }

  /** The package of {@code runtime} as an object, or null. */
  static void writeCode(JsonGenerator json, RuntimeSpec runtime) throws IOException {
    writeCode(json, runtime instanceof Managed managed ? managed.code() : null);
  }

  static void writeCode(JsonGenerator json, CodeRef code) throws IOException {
    if (code == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField("sha256", code.sha256());
    json.writeNumberField("bytes", code.bytes());
    json.writeEndObject();
  }

  private static void writeTexts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  /** By name, in order: an answer does not change while nothing has. */
  static void writeTexts(JsonGenerator json, String name, Map<String, String> texts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> text : texts.entrySet()) {
      json.writeStringField(text.getKey(), text.getValue());
    }
    json.writeEndObject();
  }
}
