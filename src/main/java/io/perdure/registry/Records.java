package io.perdure.registry;

import static io.perdure.registry.RecordJson.integer;
import static io.perdure.registry.RecordJson.member;
import static io.perdure.registry.RecordJson.number;
import static io.perdure.registry.RecordJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.Invocation;
import io.perdure.store.StoreException;
import java.util.Locale;

/**
 * How namespaces and functions are stored, those that a version froze too. All values of the
 * registry are JSON objects with the format version in {@code v}; fields that are not known are
 * ignored, so that adding one needs no new version. The names are written out and nowhere taken
 * from the classes: renaming a class or a field changes nothing that is stored.
 */
final class Records {
  private Records() {}

  static byte[] encode(Namespace namespace) {
    ObjectNode json = RecordJson.versioned();
    json.put("account", namespace.account());
    json.put("name", namespace.name());
    PolicyRecords.encode(namespace.about(), json);
    json.put("createdAt", namespace.createdAt());
    json.put("modifiedAt", namespace.modifiedAt());
    json.put("revision", namespace.revision());
    return RecordJson.bytes(json);
  }

  /**
   * The namespace written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Namespace namespace(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    return new Namespace(
        text(json, "account"),
        text(json, "name"),
        PolicyRecords.about(json),
        number(json, "createdAt"),
        json.path("modifiedAt").asLong(number(json, "createdAt")),
        json.path("revision").asLong(1));
  }

  static byte[] encode(Function function) {
    ObjectNode json = RecordJson.versioned();
    json.put("uid", function.uid());
    json.put("account", function.account());
    json.put("namespace", function.namespace());
    json.put("name", function.name());
    json.put("flavour", function.flavour().name().toLowerCase(Locale.ROOT));
    json.put("version", function.version());
    PolicyRecords.encode(function.about(), json);
    RuntimeRecords.encode(function.runtime(), json.putObject("runtime"));
    json.put("timeoutMs", function.timeoutMillis());
    json.put("concurrency", function.concurrency());
    PolicyRecords.encode(function.retry(), json.putObject("retry"));
    json.put("eventAgeMs", function.eventAgeMillis());
    PolicyRecords.encode(function.retention(), json.putObject("retention"));
    if (function.pause() != null) {
      json.putObject("paused").put("by", function.pause().by()).put("at", function.pause().at());
    }
    json.put("createdAt", function.createdAt());
    json.put("modifiedAt", function.modifiedAt());
    json.put("revision", function.revision());
    return RecordJson.bytes(json);
  }

  /**
   * The function written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Function function(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    JsonNode paused = json.get("paused");
    try {
      return new Function(
          number(json, "uid"),
          text(json, "account"),
          text(json, "namespace"),
          text(json, "name"),
          Flavour.valueOf(text(json, "flavour").toUpperCase(Locale.ROOT)),
          json.path("version").asText(Invocation.LATEST),
          PolicyRecords.about(json),
          RuntimeRecords.runtime(member(json, "runtime")),
          number(json, "timeoutMs"),
          integer(json, "concurrency"),
          PolicyRecords.retry(member(json, "retry")),
          number(json, "eventAgeMs"),
          PolicyRecords.retention(member(json, "retention")),
          paused == null ? null : new Pause(text(paused, "by"), number(paused, "at")),
          number(json, "createdAt"),
          number(json, "modifiedAt"),
          number(json, "revision"));
    } catch (IllegalArgumentException e) {
      throw new StoreException("a function of the registry cannot be read: " + e.getMessage(), e);
    }
  }
}
