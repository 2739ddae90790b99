package io.perdure.registry;

import static io.perdure.registry.RecordJson.member;
import static io.perdure.registry.RecordJson.number;
import static io.perdure.registry.RecordJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import io.perdure.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How versions of namespaces, the last numbers of versions, aliases and settings of asynchronous
 * invocations are stored; in the manner of {@link Records}.
 */
final class ScopeRecords {
  private ScopeRecords() {}

  /** What is stored for a function or namespace, and for which. */
  record Of<T>(Name scope, T value) {}

  static byte[] encode(Name scope, Version version) {
    ObjectNode json = scoped(scope);
    json.put("number", version.number());
    json.put("description", version.description());
    json.put("createdAt", version.createdAt());
    if (version.namespace() != null) {
      PolicyRecords.encode(version.namespace(), json.putObject("told"));
    }
    return RecordJson.bytes(json);
  }

  /**
   * The version of a namespace written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Of<Version> version(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    return new Of<>(
        scope(json),
        new Version(
            text(json, "number"),
            text(json, "description"),
            number(json, "createdAt"),
            json.has("told") ? PolicyRecords.about(json.get("told")) : null)); // once not kept
  }

  /** The last number given to a version. */
  static byte[] counter(Name scope, long last) {
    return RecordJson.bytes(scoped(scope).put("last", last));
  }

  /** Reads it back; fails as {@link #version} does. */
  static Of<Long> counter(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    return new Of<>(scope(json), number(json, "last"));
  }

  static byte[] encode(Name scope, Alias alias) {
    ObjectNode json = scoped(scope);
    json.put("name", alias.name());
    ObjectNode route = json.putObject("route").put("version", alias.route().version());
    ObjectNode weights = route.putObject("weights");
    new TreeMap<>(alias.route().weights()).forEach(weights::put);
    if (!alias.route().matches().isEmpty()) {
      encode(alias.route().matches(), route.putArray("matches"));
    }
    PolicyRecords.encode(alias.about(), json);
    json.put("createdAt", alias.createdAt());
    json.put("modifiedAt", alias.modifiedAt());
    json.put("revision", alias.revision());
    return RecordJson.bytes(json);
  }

  /** Reads it back; fails as {@link #version} does. */
  static Of<Alias> alias(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    JsonNode route = member(json, "route");
    Map<String, Double> weights = new HashMap<>();
    member(route, "weights")
        .properties()
        .forEach(weight -> weights.put(weight.getKey(), weight.getValue().asDouble()));
    return new Of<>(
        scope(json),
        new Alias(
            text(json, "name"),
            new Route(text(route, "version"), weights, matches(route)),
            PolicyRecords.about(json),
            number(json, "createdAt"),
            number(json, "modifiedAt"),
            number(json, "revision")));
  }

  private static void encode(List<RouteMatch> matches, ArrayNode json) {
    for (RouteMatch match : matches) {
      json.addObject()
          .put("version", match.version())
          .put("key", match.key())
          .put("method", match.method().name())
          .put("expression", match.expression());
    }
  }

  /** There are none in what was written before there were any. */
  private static List<RouteMatch> matches(JsonNode route) {
    List<RouteMatch> matches = new ArrayList<>();
    try {
      for (JsonNode json : route.path("matches")) {
        matches.add(
            new RouteMatch(
                text(json, "version"),
                text(json, "key"),
                RouteMatch.Method.valueOf(text(json, "method")),
                text(json, "expression")));
      }
    } catch (IllegalArgumentException e) {
      throw new StoreException("an alias of the registry cannot be read: " + e.getMessage(), e);
    }
    return matches;
  }

  /** Settings of the function that {@code function} names. */
  static byte[] encode(Name function, AsyncSet set) {
    ObjectNode json = scoped(function);
    json.put("qualifier", set.qualifier());
    AsyncSettings settings = set.settings();
    if (settings.retry() != null) {
      PolicyRecords.encode(settings.retry(), json.putObject("retry"));
    }
    if (settings.eventAgeMillis() != null) {
      json.put("eventAgeMs", settings.eventAgeMillis());
    }
    if (settings.retention() != null) {
      PolicyRecords.encode(settings.retention(), json.putObject("retention"));
    }
    if (settings.tracked() != null) {
      json.put("tracked", settings.tracked());
    }
    DestinationRecords.encode("onSuccess", settings.onSuccess(), json);
    DestinationRecords.encode("onFailure", settings.onFailure(), json);
    json.put("extra", settings.extra());
    json.put("createdAt", set.createdAt());
    json.put("modifiedAt", set.modifiedAt());
    return RecordJson.bytes(json);
  }

  /** Reads them back; fails as {@link #version} does. */
  static Of<AsyncSet> settings(byte[] value) {
    JsonNode json = RecordJson.parse(value);
    Name function = scope(json);
    JsonNode retention = json.get("retention");
    try {
      AsyncSettings settings =
          new AsyncSettings(
              json.has("retry") ? PolicyRecords.retry(json.get("retry")) : null,
              json.has("eventAgeMs") ? Long.valueOf(number(json, "eventAgeMs")) : null,
              retention == null ? null : PolicyRecords.retention(retention),
              json.has("tracked") ? Boolean.valueOf(json.get("tracked").asBoolean()) : null,
              DestinationRecords.destination(json.get("onSuccess")),
              DestinationRecords.destination(json.get("onFailure")),
              text(json, "extra"));
      return new Of<>(
          function,
          new AsyncSet(
              function.function(),
              text(json, "qualifier"),
              settings,
              number(json, "createdAt"),
              number(json, "modifiedAt")));
    } catch (IllegalArgumentException e) {
      throw new StoreException("settings of the registry cannot be read: " + e.getMessage(), e);
    }
  }

  private static ObjectNode scoped(Name scope) {
    ObjectNode json = RecordJson.versioned();
    json.put("account", scope.account());
    json.put("namespace", scope.namespace());
    if (!scope.isNamespace()) {
      json.put("function", scope.function());
    }
    return json;
  }

  private static Name scope(JsonNode json) {
    return new Name(
        text(json, "account"), text(json, "namespace"), json.path("function").asText(""));
  }
}
