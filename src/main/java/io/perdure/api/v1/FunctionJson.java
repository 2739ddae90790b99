package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.time.Rfc3339;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Functions and namespaces as JSON, in the direction of the caller. */
final class FunctionJson {
  private FunctionJson() {}

  static void write(JsonGenerator json, Function function) throws IOException {
    json.writeStringField("namespace", function.namespace());
    json.writeStringField("name", function.name());
    json.writeObjectFieldStart("runtime");
    write(json, function.runtime());
    json.writeEndObject();
    json.writeNumberField("timeoutMs", function.timeoutMillis());
    json.writeNumberField("concurrency", function.concurrency());
    json.writeObjectFieldStart("retry");
    json.writeNumberField("maxAttempts", function.retry().maxAttempts());
    json.writeNumberField("backoffMs", function.retry().backoffMillis());
    json.writeNumberField("maxBackoffMs", function.retry().maxBackoffMillis());
    json.writeEndObject();
    json.writeNumberField("eventAgeMs", function.eventAgeMillis());
    json.writeObjectFieldStart("retention");
    json.writeNumberField("succeededMs", function.retention().succeededMillis());
    json.writeNumberField("failedMs", function.retention().failedMillis());
    json.writeEndObject();
    json.writeBooleanField("paused", function.paused());
    if (function.paused()) {
      json.writeStringField("pausedBy", function.pause().by());
      json.writeStringField("pausedAt", Rfc3339.format(function.pause().at()));
    }
    json.writeStringField("createdAt", Rfc3339.format(function.createdAt()));
    json.writeStringField("modifiedAt", Rfc3339.format(function.modifiedAt()));
    json.writeNumberField("revision", function.revision());
  }

  static void write(JsonGenerator json, Namespace namespace) throws IOException {
    json.writeStringField("name", namespace.name());
    json.writeStringField("description", namespace.about().description());
    json.writeStringField("createdAt", Rfc3339.format(namespace.createdAt()));
  }

  private static void write(JsonGenerator json, RuntimeSpec runtime) throws IOException {
    json.writeStringField("kind", runtime.kind());
    if (runtime instanceof RuntimeSpec.Http http) {
      json.writeStringField("url", http.url());
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      json.writeStringField("address", bus.address());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      json.writeArrayFieldStart("command");
      for (String argument : command.argv()) {
        json.writeString(argument);
      }
      json.writeEndArray();
      json.writeObjectFieldStart("env");
      for (Map.Entry<String, String> variable : new TreeMap<>(command.env()).entrySet()) {
        json.writeStringField(variable.getKey(), variable.getValue());
      }
      json.writeEndObject();
    }
  }
}
