package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A JSON object that is read field by field, each with its type and range. A refusal names the
 * place ({@code $.retry.maxAttempts}), what was expected and what was there. {@code null} counts as
 * absent. At the end {@link #done} refuses the fields that nobody has read.
 */
final class Fields {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();
  private static final Pattern SOURCE = Pattern.compile(" \\(start marker at .*?\\]\\)");
  private static final int SHOWN_MAX = 40;

  private final JsonNode object;
  private final String path;
  private final Set<String> known = new HashSet<>();

  private Fields(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /** The fields of {@code body}, which must be one JSON object. */
  static Fields parse(byte[] body) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw Problem.invalid("$", "expected JSON in UTF-8");
    }
    return of(node);
  }

  /** The fields of {@code body}, none when it is empty. */
  static Fields parseOrNone(byte[] body) {
    return body.length == 0 ? new Fields(JsonNodeFactory.instance.objectNode(), "$") : parse(body);
  }

  /** The fields of {@code node}, which must be an object. */
  static Fields of(JsonNode node) {
    if (!node.isObject()) {
      throw Problem.invalid("$", "expected a JSON object, got " + shown(node));
    }
    return new Fields(node, "$");
  }

  /** What is wrong with text that is no JSON, and where. */
  static ProblemException malformed(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " at line " + e.getLocation().getLineNr() + ", column " + column(e);
    return Problem.invalid("$", "expected JSON, found an error" + where + ": " + reason(e));
  }

  /** Notes fields that a caller may send because an answer of ours has them. */
  Fields ignore(String... names) {
    known.addAll(List.of(names));
    return this;
  }

  boolean has(String name) {
    return node(name) != null;
  }

  /** Text, or null. */
  String text(String name) {
    JsonNode node = node(name);
    if (node != null && !node.isTextual()) {
      throw wrong(name, "expected text", node);
    }
    return node == null ? null : node.textValue();
  }

  String requiredText(String name) {
    String text = text(name);
    if (text == null) {
      throw missing(name, "text");
    }
    return text;
  }

  long integer(String name, long byDefault, long least, long most) {
    JsonNode node = node(name);
    if (node == null) {
      return byDefault;
    }
    boolean fits = node.isIntegralNumber() && node.canConvertToLong();
    if (!fits || node.longValue() < least || node.longValue() > most) {
      throw wrong(name, "expected an integer from " + least + " to " + most, node);
    }
    return node.longValue();
  }

  /** True or false, or null. */
  Boolean bool(String name) {
    JsonNode node = node(name);
    if (node != null && !node.isBoolean()) {
      throw wrong(name, "expected true or false", node);
    }
    return node == null ? null : node.booleanValue();
  }

  /** An object, or null. */
  Fields object(String name) {
    JsonNode node = node(name);
    if (node != null && !node.isObject()) {
      throw wrong(name, "expected an object", node);
    }
    return node == null ? null : new Fields(node, path + "." + name);
  }

  /** Objects; empty when absent. */
  List<Fields> objects(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      throw wrong(name, "expected an array of objects", node);
    }
    List<Fields> objects = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      String place = name + "[" + i + "]";
      if (!node.get(i).isObject()) {
        throw wrong(place, "expected an object", node.get(i));
      }
      objects.add(new Fields(node.get(i), path + "." + place));
    }
    return objects;
  }

  /** Bytes that stand there as Base64, or null. */
  byte[] bytes(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isTextual() && !node.isBinary()) {
      throw wrong(name, "expected Base64", node);
    }
    try {
      return node.isBinary()
          ? ((BinaryNode) node).binaryValue()
          : Base64.getDecoder().decode(node.textValue());
    } catch (IllegalArgumentException e) {
      throw invalid(name, "expected Base64 with its padding (RFC 4648, 4)");
    }
  }

  /** Numbers by name; empty when absent. */
  Map<String, Double> numbersByName(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw wrong(name, "expected an object with numbers", node);
    }
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isNumber()) {
        throw wrong(name + "." + entry.getKey(), "expected a number", entry.getValue());
      }
      numbers.put(entry.getKey(), entry.getValue().doubleValue());
    }
    return numbers;
  }

  /** Texts, or null. */
  List<String> texts(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isArray()) {
      throw wrong(name, "expected an array of texts", node);
    }
    List<String> texts = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      if (!node.get(i).isTextual()) {
        throw wrong(name + "[" + i + "]", "expected text", node.get(i));
      }
      texts.add(node.get(i).textValue());
    }
    return texts;
  }

  /** Texts by name; empty when absent. */
  Map<String, String> textsByName(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw wrong(name, "expected an object with texts", node);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw wrong(name + "." + entry.getKey(), "expected text", entry.getValue());
      }
      texts.put(entry.getKey(), entry.getValue().textValue());
    }
    return texts;
  }

  /** Refuses what nobody has asked for. */
  void done() {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw Problem.invalid(
            path + "." + shortened(name),
            "no such field; known are " + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }

  ProblemException missing(String name, String expected) {
    return Problem.invalid(path + "." + name, "expected " + expected + ", it is missing");
  }

  ProblemException invalid(String name, String expected) {
    return Problem.invalid(path + "." + name, expected);
  }

  private JsonNode node(String name) {
    known.add(name);
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }

  private ProblemException wrong(String name, String expected, JsonNode got) {
    return Problem.invalid(path + "." + name, expected + ", got " + shown(got));
  }

  private static String shown(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "the text '" + shortened(node.textValue()) + "'";
      case NUMBER -> "the number " + shortened(node.asText());
      case BOOLEAN -> node.asText();
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case NULL -> "null";
      case BINARY, MISSING, POJO -> "nothing";
    };
  }

  private static String shortened(String text) {
    return text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "..." : text;
  }

  private static int column(JsonProcessingException e) {
    return e.getLocation().getColumnNr();
  }

  private static String reason(JsonProcessingException e) {
    String reason = e.getOriginalMessage();
    return reason == null ? "malformed" : shortenedReason(reason);
  }

  private static String shortenedReason(String reason) {
    // The parser's note on a source that it was told not to keep helps nobody.
    String line = SOURCE.matcher(reason.replace('\n', ' ')).replaceAll("");
    return line.length() > 200 ? line.substring(0, 200) + "..." : line;
  }
}
