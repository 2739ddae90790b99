package io.perdure.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of the registry's records: what is missing or damaged is a {@link StoreException}, never
 * a value made up.
 */
final class RecordJson {
  private static final int VERSION = 1;
  private static final JsonMapper MAPPER = new JsonMapper();

  private RecordJson() {}

  /** An empty record of the present format. */
  static ObjectNode versioned() {
    return MAPPER.createObjectNode().put("v", VERSION);
  }

  static byte[] bytes(ObjectNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + json, e);
    }
  }

  /** A record of any format up to the present one. */
  static JsonNode parse(byte[] value) {
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

  static JsonNode member(JsonNode json, String name) {
    JsonNode member = json.get(name);
    if (member == null) {
      throw new StoreException("a record of the registry lacks '" + name + "'", null);
    }
    return member;
  }

  static String text(JsonNode json, String name) {
    return member(json, name).asText();
  }

  /** Null when it is not there. */
  static String textOrNull(JsonNode json, String name) {
    return json.has(name) ? text(json, name) : null;
  }

  static long number(JsonNode json, String name) {
    return member(json, name).asLong();
  }

  static int integer(JsonNode json, String name) {
    return (int) number(json, name);
  }

  static List<String> texts(JsonNode json, String name) {
    List<String> texts = new ArrayList<>();
    member(json, name).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  static Map<String, String> textsByName(JsonNode json, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    member(json, name)
        .properties()
        .forEach(text -> texts.put(text.getKey(), text.getValue().asText()));
    return texts;
  }

  static void put(ObjectNode json, String name, List<String> texts) {
    ArrayNode array = json.putArray(name);
    texts.forEach(array::add);
  }

  /** In their order, which is their owner's. */
  static void put(ObjectNode json, String name, Map<String, String> texts) {
    ObjectNode object = json.putObject(name);
    texts.forEach(object::put);
  }
}
