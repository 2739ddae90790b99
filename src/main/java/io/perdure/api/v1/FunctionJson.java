package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.time.Rfc3339;
import java.io.IOException;
import java.util.Locale;

/** Functions and namespaces as JSON, in the direction of the caller. */
final class FunctionJson {
  private FunctionJson() {}

  static void write(JsonGenerator json, Function function) throws IOException {
    json.writeStringField("namespace", function.namespace());
    json.writeStringField("name", function.name());
    json.writeStringField("version", function.version());
    json.writeStringField("flavour", name(function.flavour()));
    write(json, function.about());
    json.writeObjectFieldStart("runtime");
    RuntimeJson.write(json, function.runtime());
    json.writeEndObject();
    json.writeFieldName("code");
    RuntimeJson.writeCode(json, function.runtime());
    json.writeNumberField("timeoutMs", function.timeoutMillis());
    json.writeNumberField("concurrency", function.concurrency());
    write(json, function.retry());
    json.writeNumberField("eventAgeMs", function.eventAgeMillis());
    write(json, function.retention());
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
    write(json, namespace.about());
    json.writeStringField("createdAt", time(namespace.createdAt()));
    json.writeStringField("modifiedAt", time(namespace.modifiedAt()));
    json.writeNumberField("revision", namespace.revision());
  }

  static void write(JsonGenerator json, About about) throws IOException {
    json.writeStringField("description", about.description());
    RuntimeJson.writeTexts(json, "tags", about.tags());
  }

  static void write(JsonGenerator json, RetryPolicy retry) throws IOException {
    json.writeObjectFieldStart("retry");
    json.writeNumberField("maxAttempts", retry.maxAttempts());
    json.writeNumberField("backoffMs", retry.backoffMillis());
    json.writeNumberField("maxBackoffMs", retry.maxBackoffMillis());
    json.writeEndObject();
  }

  static void write(JsonGenerator json, RetentionPolicy retention) throws IOException {
    json.writeObjectFieldStart("retention");
    json.writeNumberField("succeededMs", retention.succeededMillis());
    json.writeNumberField("failedMs", retention.failedMillis());
    json.writeEndObject();
  }

  /** Null for "never". */
  static String time(long millis) {
    return millis == 0 ? null : Rfc3339.format(millis);
  }

  /** As it is written in this dialect. */
  static String name(Function.Flavour flavour) {
    return flavour.name().toLowerCase(Locale.ROOT);
  }
}
