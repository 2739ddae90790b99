package io.perdure.registry;

import static io.perdure.registry.RecordJson.integer;
import static io.perdure.registry.RecordJson.number;
import static io.perdure.registry.RecordJson.put;
import static io.perdure.registry.RecordJson.text;
import static io.perdure.registry.RecordJson.textOrNull;
import static io.perdure.registry.RecordJson.texts;
import static io.perdure.registry.RecordJson.textsByName;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.RuntimeSpec.Managed.Hook;
import io.perdure.store.StoreException;

/** How the runtime of a function is stored, as the object {@code runtime} of its record. */
final class RuntimeRecords {
  private RuntimeRecords() {}

  static void encode(RuntimeSpec runtime, ObjectNode json) {
    if (runtime instanceof RuntimeSpec.Http http) {
      json.put("kind", "http");
      json.put("url", http.url());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      json.put("kind", "command");
      put(json, "command", command.argv());
      put(json, "env", command.env());
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      json.put("kind", "event-bus");
      json.put("address", bus.address());
    } else if (runtime instanceof Managed managed) {
      json.put("kind", "managed");
      encode(managed, json);
    }
  }

  static RuntimeSpec runtime(JsonNode json) {
    String kind = text(json, "kind");
    return switch (kind) {
      case "http" -> new RuntimeSpec.Http(text(json, "url"));
      case "command" -> new RuntimeSpec.Command(texts(json, "command"), textsByName(json, "env"));
      case "event-bus" -> new RuntimeSpec.EventBus(text(json, "address"));
      case "managed" -> managed(json);
      default -> throw new StoreException("no runtime is of the kind '" + kind + "'", null);
    };
  }

  private static void encode(Managed managed, ObjectNode json) {
    json.put("language", nameOf(managed.language()));
    json.put("name", managed.name());
    json.put("handler", managed.handler());
    if (managed.code() != null) {
      json.putObject("code")
          .put("sha256", managed.code().sha256())
          .put("bytes", managed.code().bytes())
          .put("crc64", managed.code().crc64());
    }
    put(json, "env", managed.env());
    json.put("memoryMb", managed.memoryMb());
    json.put("diskMb", managed.diskMb());
    json.put("instanceConcurrency", managed.instanceConcurrency());
    if (managed.initializer() != null) {
      json.put("initializer", managed.initializer());
    }
    json.put("initTimeoutMs", managed.initTimeoutMillis());
    if (managed.preStop() != null) {
      json.putObject("preStop")
          .put("handler", managed.preStop().handler())
          .put("timeoutMs", managed.preStop().timeoutMillis());
    }
    put(json, "command", managed.command());
    json.put("port", managed.port());
    json.put("idleMs", managed.idleMillis());
  }

  private static Managed managed(JsonNode json) {
    JsonNode code = json.get("code");
    JsonNode preStop = json.get("preStop");
    return new Managed(
        language(text(json, "language")),
        text(json, "name"),
        text(json, "handler"),
        code == null
            ? null
            : new CodeRef(text(code, "sha256"), number(code, "bytes"), text(code, "crc64")),
        textsByName(json, "env"),
        integer(json, "memoryMb"),
        integer(json, "diskMb"),
        integer(json, "instanceConcurrency"),
        textOrNull(json, "initializer"),
        number(json, "initTimeoutMs"),
        preStop == null ? null : new Hook(text(preStop, "handler"), number(preStop, "timeoutMs")),
        texts(json, "command"),
        integer(json, "port"),
        number(json, "idleMs"));
  }

  private static String nameOf(Language language) {
    return switch (language) {
      case PYTHON -> "python";
      case NODEJS -> "nodejs";
      case JAVA -> "java";
      case CUSTOM_API -> "custom-api";
      case CUSTOM_HTTP -> "custom-http";
      case WEB -> "web";
    };
  }

  private static Language language(String name) {
    for (Language language : Language.values()) {
      if (nameOf(language).equals(name)) {
        return language;
      }
    }
    throw new StoreException("no runtime has the language '" + name + "'", null);
  }
}
