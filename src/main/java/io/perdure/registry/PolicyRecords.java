package io.perdure.registry;

import static io.perdure.registry.RecordJson.integer;
import static io.perdure.registry.RecordJson.member;
import static io.perdure.registry.RecordJson.number;
import static io.perdure.registry.RecordJson.put;
import static io.perdure.registry.RecordJson.textsByName;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.About;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** How the parts are stored that several records have: about, retry, retention. */
final class PolicyRecords {
  private PolicyRecords() {}

  static void encode(About about, ObjectNode json) {
    json.put("description", about.description());
    put(json, "tags", about.tags());
    json.put("extra", about.extra());
  }

  static About about(JsonNode json) {
    return new About(
        json.path("description").asText(""),
        json.has("tags") ? textsByName(json, "tags") : Map.of(),
        json.path("extra").asText(""));
  }

  static void encode(RetryPolicy retry, ObjectNode json) {
    json.put("maxAttempts", retry.maxAttempts());
    json.put("backoffMs", retry.backoffMillis());
    json.put("maxBackoffMs", retry.maxBackoffMillis());
    json.put("jitter", retry.jitter());
    ArrayNode on = json.putArray("on");
    retry.retryOn().stream().map(RunError.Kind::code).sorted().forEach(on::add);
  }

  static RetryPolicy retry(JsonNode json) {
    Set<RunError.Kind> on = EnumSet.noneOf(RunError.Kind.class);
    member(json, "on").forEach(code -> on.add(RunError.Kind.of(code.asInt())));
    return new RetryPolicy(
        integer(json, "maxAttempts"),
        number(json, "backoffMs"),
        number(json, "maxBackoffMs"),
        member(json, "jitter").asDouble(),
        on);
  }

  static void encode(RetentionPolicy retention, ObjectNode json) {
    json.put("succeededMs", retention.succeededMillis());
    json.put("failedMs", retention.failedMillis());
  }

  static RetentionPolicy retention(JsonNode json) {
    return new RetentionPolicy(number(json, "succeededMs"), number(json, "failedMs"));
  }
}
