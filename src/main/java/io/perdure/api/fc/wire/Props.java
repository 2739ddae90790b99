package io.perdure.api.fc.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.JsonIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An object of JSON whose property names are read without regard to case, as the service does (spec
 * alibaba-fc, section 2). What is null counts as absent, what nobody asks for is ignored. Getters
 * fail with an {@link FcError} that names the property and what was expected.
 */
public final class Props {

  /** Decoded as it is read: a package of 50 MB is not held as text first. */
  private static final String ZIP = "zipfile";

  private final String path;
  private final ObjectNode object;
  private final Map<String, JsonNode> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private Props(String path, ObjectNode object) {
    this.path = path;
    this.object = object;
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      if (!property.getValue().isNull()
          && values.put(property.getKey(), property.getValue()) != null) {
        throw invalid(property.getKey(), "it once: it is there in two spellings");
      }
    }
  }

  /** The object that the body is; an empty body is an empty object. */
  public static Props read(byte[] body) {
    if (body.length == 0) {
      return new Props("", JsonNodeFactory.instance.objectNode());
    }
    try (JsonParser json = JsonIn.FACTORY.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw notJson("expected an object");
      }
      ObjectNode object = object(json, "");
      if (json.nextToken() != null) {
        throw notJson("there is more behind the object");
      }
      return new Props("", object);
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw notJson(
          at == null
              ? "it is malformed"
              : "it is malformed at line " + at.getLineNr() + ", column " + at.getColumnNr());
    } catch (IOException e) {
      throw notJson("it is not UTF-8");
    }
  }

  private static FcError notJson(String why) {
    return FcError.invalid("the body cannot be read as JSON: " + why);
  }

  private static ObjectNode object(JsonParser json, String path) throws IOException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.VALUE_STRING && name.toLowerCase(Locale.ROOT).equals(ZIP)) {
        object.put(name, base64(json, path + name));
      } else if (value == JsonToken.START_OBJECT && path.isEmpty()) {
        object.set(name, object(json, name + ".")); // a package is at most that deep
      } else {
        object.set(name, JsonIn.TREE.<JsonNode>readTree(json));
      }
    }
    return object;
  }

  private static byte[] base64(JsonParser json, String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      json.readBinaryValue(bytes);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw FcError.invalid(name, "Base64 with its padding (RFC 4648, section 4)");
    }
    return bytes.toByteArray();
  }

  /** Where it stands in the body, such as {@code code.zipFile}, for messages. */
  public String path(String name) {
    return path + name;
  }

  /** As it came. */
  public ObjectNode json() {
    return object;
  }

  /** True when the property is there and not null. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** As it came; null when it is absent. */
  public JsonNode raw(String name) {
    return values.get(name);
  }

  /** A text; null when it is absent. */
  public String text(String name) {
    JsonNode value = values.get(name);
    if (value == null || value.isTextual()) {
      return value == null ? null : value.textValue();
    }
    throw invalid(name, "a string");
  }

  /** A text that must be there and not be empty. */
  public String requireText(String name) {
    String text = text(name);
    if (text == null || text.isEmpty()) {
      throw invalid(name, "it to be given");
    }
    return text;
  }

  /** A whole number from {@code min} to {@code max}; null when it is absent. */
  public Long number(String name, long min, long max) {
    JsonNode value = values.get(name);
    if (value == null) {
      return null;
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long number = value.longValue();
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw invalid(name, "a whole number from " + min + " to " + max);
  }

  /** True or false; null when it is absent. */
  public Boolean flag(String name) {
    JsonNode value = values.get(name);
    if (value == null || value.isBoolean()) {
      return value == null ? null : value.booleanValue();
    }
    throw invalid(name, "true or false");
  }

  /** An object; null when it is absent. */
  public Props object(String name) {
    JsonNode value = values.get(name);
    if (value == null || value instanceof ObjectNode) {
      return value == null ? null : new Props(path + name + ".", (ObjectNode) value);
    }
    throw invalid(name, "an object");
  }

  /** Objects in their order; null when they are absent. */
  public List<Props> objects(String name) {
    JsonNode value = values.get(name);
    if (value == null) {
      return null;
    }
    List<Props> objects = new ArrayList<>();
    if (value.isArray()) {
      for (JsonNode item : value) {
        if (item instanceof ObjectNode one) {
          objects.add(new Props(path + name + "[" + objects.size() + "].", one));
        }
      }
    }
    if (!value.isArray() || objects.size() != value.size()) {
      throw invalid(name, "a list of objects");
    }
    return objects;
  }

  /** Texts in their order; null when they are absent. */
  public List<String> texts(String name) {
    JsonNode value = values.get(name);
    if (value == null) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(item -> texts.add(item.textValue()));
    }
    if (!value.isArray() || texts.contains(null)) {
      throw invalid(name, "a list of strings");
    }
    return texts;
  }

  /** Texts by name, in their order, names as they were written; null when they are absent. */
  public Map<String, String> map(String name) {
    JsonNode value = values.get(name);
    if (value == null) {
      return null;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    value.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().textValue()));
    if (!value.isObject() || texts.containsValue(null)) {
      throw invalid(name, "an object of strings");
    }
    return texts;
  }

  /** The bytes of a code package; null when it is absent. */
  public byte[] zip(String name) {
    JsonNode value = values.get(name);
    if (value == null) {
      return null;
    }
    try {
      if (value.isBinary()) {
        return value.binaryValue();
      }
    } catch (IOException e) {
      // said below
    }
    throw invalid(name, "a string of Base64");
  }

  /** That the property {@code name} should have been something else. */
  public FcError invalid(String name, String expected) {
    return FcError.invalid(path + name, expected);
  }
}
