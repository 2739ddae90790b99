package io.perdure.api.scf.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of an action, or the members of an object among them: the table that says which
 * names there are, of what type, which of them must be there and what they may be. Immutable.
 */
public final class Shape {
  /** No parameters. */
  public static final Shape NOTHING = of();

  /** Whatever there is, none of which is looked at. */
  public static final Shape ANYTHING = new Shape(Map.of(), true);

  private final Map<String, Field> fields;
  private final boolean open;

  private Shape(Map<String, Field> fields, boolean open) {
    this.fields = Collections.unmodifiableMap(fields);
    this.open = open;
  }

  /** The table with these rows. */
  public static Shape of(Field... fields) {
    Map<String, Field> byName = new LinkedHashMap<>();
    for (Field field : fields) {
      if (byName.put(field.name(), field) != null) {
        throw new IllegalArgumentException("twice: " + field.name());
      }
    }
    return new Shape(byName, false);
  }

  /** The row of that name, exactly so spelled; null when there is none. */
  public Field field(String name) {
    return fields.get(name);
  }

  /** True when names that are not in the table are passed over. */
  boolean open() {
    return open;
  }

  /** All rows. */
  public Collection<Field> fields() {
    return fields.values();
  }

  /** True when there are bytes in Base64 among the parameters: then a request may be large. */
  public boolean takesBytes() {
    return fields.values().stream()
        .anyMatch(
            field ->
                field.type() == Field.Type.BASE64
                    || (field.shape() != null && field.shape().takesBytes()));
  }

  /**
   * The arguments in {@code json}: first names, types and what must be there, then the values (spec
   * tencent-scf, 2.4 and 2.7). A member that is null is absent.
   *
   * @throws ScfError naming the parameter
   */
  public Args read(ObjectNode json) {
    ObjectNode known = structure(json, "");
    values(known, "");
    return new Args(known);
  }

  private ObjectNode structure(ObjectNode json, String path) {
    ObjectNode known = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      Field field = fields.get(member.getKey());
      if (field == null && open) {
        continue;
      }
      if (field == null) {
        throw unknown(path + member.getKey());
      }
      if (!member.getValue().isNull()) {
        known.set(field.name(), typed(field, member.getValue(), path + field.name()));
      }
    }
    for (Field field : fields.values()) {
      if (field.missing() != null && !known.has(field.name())) {
        throw new ScfError(field.missing(), ScfError.missing(path + field.name()).getMessage());
      }
    }
    return known;
  }

  static ScfError unknown(String parameter) {
    String shown = parameter.length() > 100 ? parameter.substring(0, 100) + "..." : parameter;
    return new ScfError(
        "UnknownParameter", "The parameter `" + shown + "` is not defined for this action.");
  }

  private static JsonNode typed(Field field, JsonNode value, String path) {
    if (!field.list()) {
      return single(field, value, path);
    }
    if (!value.isArray()) {
      throw ScfError.invalid(path, "expected a list");
    }
    if (value.size() > field.elementsMax()) {
      throw ScfError.invalid(path, "expected at most " + field.elementsMax() + " elements");
    }
    var elements = JsonNodeFactory.instance.arrayNode(value.size());
    for (int i = 0; i < value.size(); i++) {
      elements.add(single(field, value.get(i), path + "." + i));
    }
    return elements;
  }

  private static JsonNode single(Field field, JsonNode value, String path) {
    boolean fits =
        switch (field.type()) {
          case TEXT -> value.isTextual();
          case INTEGER -> value.isIntegralNumber() && value.canConvertToLong();
          case FLOAT -> value.isNumber();
          case BOOLEAN -> value.isBoolean();
          case OBJECT -> value.isObject();
          case BASE64 -> value.isBinary();
        };
    if (!fits) {
      throw ScfError.invalid(path, "expected " + field.type().expected());
    }
    return field.type() == Field.Type.OBJECT
        ? field.shape().structure((ObjectNode) value, path + ".")
        : value;
  }

  private void values(ObjectNode json, String path) {
    for (Field field : fields.values()) {
      JsonNode value = json.get(field.name());
      if (value == null) {
        continue;
      }
      if (field.list()) {
        for (int i = 0; i < value.size(); i++) {
          value(field, value.get(i), path + field.name() + "." + i);
        }
      } else {
        value(field, value, path + field.name());
      }
    }
  }

  private static void value(Field field, JsonNode value, String path) {
    for (Field.Check check : field.checks()) {
      if (!check.holds().test(value)) {
        throw ScfError.invalidValue(field.invalid(), path, check.expected());
      }
    }
    if (field.type() == Field.Type.OBJECT) {
      field.shape().values((ObjectNode) value, path + ".");
    }
  }
}
