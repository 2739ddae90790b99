package io.perdure.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the registry is stored. Keys: {@code f account 0 namespace 0 name} and {@code n account 0
 * name} in family REGISTRY; the greatest uid ever given and the time of creation as numbers in
 * META. Values are JSON objects with the format version in {@code v}; fields that are not known are
 * ignored, so that adding one needs no new version. The names are written out here and nowhere
 * taken from the classes: renaming a class or a field changes nothing that is stored.
 */
final class Records {
  static final byte[] LAST_UID = Keys.meta("last-uid");
  static final byte[] CREATED_AT = Keys.meta("created-at");

  private static final int VERSION = 1;
  private static final char FUNCTION = 'f';
  private static final char NAMESPACE = 'n';
  private static final JsonMapper MAPPER = new JsonMapper();

  private Records() {}

  static byte[] functionKey(String account, String namespace, String name) {
    return key(FUNCTION + account + '\0' + namespace + '\0' + name);
  }

  static byte[] namespaceKey(String account, String name) {
    return key(NAMESPACE + account + '\0' + name);
  }

  static boolean isFunction(byte[] key) {
    return key[0] == FUNCTION;
  }

  static boolean isNamespace(byte[] key) {
    return key[0] == NAMESPACE;
  }

  static byte[] encode(Namespace namespace) {
    ObjectNode json = versioned();
    json.put("account", namespace.account());
    json.put("name", namespace.name());
    encode(namespace.about(), json);
    json.put("createdAt", namespace.createdAt());
    json.put("modifiedAt", namespace.modifiedAt());
    json.put("revision", namespace.revision());
    return bytes(json);
  }

  /**
   * The namespace written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Namespace namespace(byte[] value) {
    JsonNode json = parse(value);
    return new Namespace(
        text(json, "account"),
        text(json, "name"),
        about(json),
        number(json, "createdAt"),
        json.path("modifiedAt").asLong(number(json, "createdAt")),
        json.path("revision").asLong(1));
  }

  static byte[] encode(Function function) {
    ObjectNode json = versioned();
    json.put("uid", function.uid());
    json.put("account", function.account());
    json.put("namespace", function.namespace());
    json.put("name", function.name());
    json.put("flavour", function.flavour().name().toLowerCase(Locale.ROOT));
    json.put("version", function.version());
    encode(function.about(), json);
    encode(function.runtime(), json.putObject("runtime"));
    json.put("timeoutMs", function.timeoutMillis());
    json.put("concurrency", function.concurrency());
    encode(function.retry(), json.putObject("retry"));
    json.put("eventAgeMs", function.eventAgeMillis());
    json.putObject("retention")
        .put("succeededMs", function.retention().succeededMillis())
        .put("failedMs", function.retention().failedMillis());
    if (function.pause() != null) {
      json.putObject("paused").put("by", function.pause().by()).put("at", function.pause().at());
    }
    json.put("createdAt", function.createdAt());
    json.put("modifiedAt", function.modifiedAt());
    json.put("revision", function.revision());
    return bytes(json);
  }

  /**
   * The function written as {@code value}.
   *
   * @throws StoreException when it is damaged or of a newer format
   */
  static Function function(byte[] value) {
    JsonNode json = parse(value);
    JsonNode retention = member(json, "retention");
    JsonNode paused = json.get("paused");
    try {
      return new Function(
          number(json, "uid"),
          text(json, "account"),
          text(json, "namespace"),
          text(json, "name"),
          Flavour.valueOf(text(json, "flavour").toUpperCase(Locale.ROOT)),
          json.path("version").asText(Invocation.LATEST),
          about(json),
          runtime(member(json, "runtime")),
          number(json, "timeoutMs"),
          (int) number(json, "concurrency"),
          retry(member(json, "retry")),
          number(json, "eventAgeMs"),
          new RetentionPolicy(number(retention, "succeededMs"), number(retention, "failedMs")),
          paused == null ? null : new Pause(text(paused, "by"), number(paused, "at")),
          number(json, "createdAt"),
          number(json, "modifiedAt"),
          number(json, "revision"));
    } catch (IllegalArgumentException e) {
      throw new StoreException("a function of the registry cannot be read: " + e.getMessage(), e);
    }
  }

  private static void encode(About about, ObjectNode json) {
    json.put("description", about.description());
    ObjectNode tags = json.putObject("tags");
    new TreeMap<>(about.tags()).forEach(tags::put);
    json.put("extra", about.extra());
  }

  private static About about(JsonNode json) {
    return new About(
        json.path("description").asText(""),
        json.has("tags") ? textsByName(json, "tags") : Map.of(),
        json.path("extra").asText(""));
  }

  private static void encode(RuntimeSpec runtime, ObjectNode json) {
    json.put("kind", runtime.kind());
    if (runtime instanceof RuntimeSpec.Http http) {
      json.put("url", http.url());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      ArrayNode argv = json.putArray("command");
      command.argv().forEach(argv::add);
      ObjectNode env = json.putObject("env");
      new TreeMap<>(command.env()).forEach(env::put); // sorted: the same settings, the same bytes
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      json.put("address", bus.address());
    }
  }

  private static RuntimeSpec runtime(JsonNode json) {
    String kind = text(json, "kind");
    return switch (kind) {
      case "http" -> new RuntimeSpec.Http(text(json, "url"));
      case "command" -> new RuntimeSpec.Command(texts(json, "command"), textsByName(json, "env"));
      case "event-bus" -> new RuntimeSpec.EventBus(text(json, "address"));
      default -> throw new StoreException("no runtime is of the kind '" + kind + "'", null);
    };
  }

  private static void encode(RetryPolicy retry, ObjectNode json) {
    json.put("maxAttempts", retry.maxAttempts());
    json.put("backoffMs", retry.backoffMillis());
    json.put("maxBackoffMs", retry.maxBackoffMillis());
    json.put("jitter", retry.jitter());
    ArrayNode on = json.putArray("on");
    retry.retryOn().stream().map(RunError.Kind::code).sorted().forEach(on::add);
  }

  private static RetryPolicy retry(JsonNode json) {
    Set<RunError.Kind> on = EnumSet.noneOf(RunError.Kind.class);
    member(json, "on").forEach(code -> on.add(RunError.Kind.of(code.asInt())));
    return new RetryPolicy(
        (int) number(json, "maxAttempts"),
        number(json, "backoffMs"),
        number(json, "maxBackoffMs"),
        member(json, "jitter").asDouble(),
        on);
  }

  private static ObjectNode versioned() {
    return MAPPER.createObjectNode().put("v", VERSION);
  }

  private static JsonNode parse(byte[] value) {
    JsonNode json;
    try {
      json = MAPPER.readTree(value);
    } catch (IOException e) {
      throw new StoreException("a record of the registry is damaged: " + e.getMessage(), e);
    }
    long version = number(json, "v");
    if (version != VERSION) {
      throw new StoreException(
          "a record of the registry has format " + version + ", this version reads " + VERSION,
          null);
    }
    return json;
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + json, e);
    }
  }

  private static byte[] key(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode member(JsonNode json, String name) {
    JsonNode member = json.get(name);
    if (member == null) {
      throw new StoreException("a record of the registry lacks '" + name + "'", null);
    }
    return member;
  }

  private static String text(JsonNode json, String name) {
    return member(json, name).asText();
  }

  private static long number(JsonNode json, String name) {
    return member(json, name).asLong();
  }

  private static List<String> texts(JsonNode json, String name) {
    List<String> texts = new ArrayList<>();
    member(json, name).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Map<String, String> textsByName(JsonNode json, String name) {
    Map<String, String> texts = new TreeMap<>();
    member(json, name)
        .properties()
        .forEach(text -> texts.put(text.getKey(), text.getValue().asText()));
    return texts;
  }
}
