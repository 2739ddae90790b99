package io.perdure.api.scf.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns flattened parameters, {@code RetryConfig.0.RetryNum=1}, back into the tree they came from
 * (spec tencent-scf, 2.1). Everything is text there; the table says what it was.
 */
final class Flattened {
  private static final Pattern INDEX = Pattern.compile("0|[1-9]\\d{0,5}");
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,19}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?\\d{1,30}(\\.\\d{0,30})?([eE][+-]?\\d{1,2})?");

  private Flattened() {}

  /** The tree, without the {@code common} names. */
  static ObjectNode read(Map<String, String> flat, Set<String> common, Shape shape) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    if (shape.open()) {
      return root;
    }
    // In the order of their indexes, whatever order they came in: Java's SDK sends them in hash
    // order. Elements are appended then.
    List<Entry> entries = new ArrayList<>();
    flat.forEach(
        (name, value) -> {
          if (!common.contains(name)) {
            entries.add(new Entry(name, List.of(name.split("\\.", -1)), value));
          }
        });
    entries.sort(Comparator.comparing(Entry::path, Flattened::compare));
    entries.forEach(entry -> put(root, shape, entry, 0));
    return root;
  }

  /**
   * One parameter.
   *
   * @param name as it was sent
   * @param path its parts
   */
  private record Entry(String name, List<String> path, String value) {}

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      String left = a.get(i);
      String right = b.get(i);
      boolean indexes = INDEX.matcher(left).matches() && INDEX.matcher(right).matches();
      int order =
          indexes
              ? Integer.compare(Integer.parseInt(left), Integer.parseInt(right))
              : left.compareTo(right);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static void put(ObjectNode object, Shape shape, Entry entry, int at) {
    Field field = shape.field(entry.path().get(at));
    if (field == null) {
      throw Shape.unknown(entry.name());
    }
    int rest = entry.path().size() - at - 1;
    if (!field.list()) {
      if (field.shape() == null) {
        leaf(entry, rest);
        object.set(field.name(), scalar(field, entry));
      } else {
        inside(entry, rest);
        put(child(object, field.name()), field.shape(), entry, at + 1);
      }
      return;
    }
    inside(entry, rest);
    if (!INDEX.matcher(entry.path().get(at + 1)).matches()) {
      throw ScfError.invalid(entry.name(), "expected the index of an element behind the list");
    }
    element(object, field, entry, at + 1);
  }

  private static void element(ObjectNode object, Field field, Entry entry, int at) {
    ArrayNode elements =
        object.get(field.name()) == null
            ? object.putArray(field.name())
            : (ArrayNode) object.get(field.name());
    int index = Integer.parseInt(entry.path().get(at));
    if (index > elements.size() || index < elements.size() - 1) {
      throw ScfError.invalid(entry.name(), "expected the elements' indexes without a gap, from 0");
    }
    if (index >= field.elementsMax()) {
      throw ScfError.invalid(entry.name(), "expected at most " + field.elementsMax() + " elements");
    }
    int rest = entry.path().size() - at - 1;
    if (field.shape() == null) {
      leaf(entry, rest);
      elements.add(scalar(field, entry));
      return;
    }
    inside(entry, rest);
    ObjectNode element =
        index == elements.size() ? elements.addObject() : (ObjectNode) elements.get(index);
    put(element, field.shape(), entry, at + 1);
  }

  private static ObjectNode child(ObjectNode object, String name) {
    JsonNode child = object.get(name);
    return child == null ? object.putObject(name) : (ObjectNode) child;
  }

  private static void leaf(Entry entry, int rest) {
    if (rest > 0) {
      throw ScfError.invalid(entry.name(), "expected a value, not an object");
    }
  }

  private static void inside(Entry entry, int rest) {
    if (rest == 0) {
      throw ScfError.invalid(entry.name(), "expected an object or a list, not a value");
    }
  }

  private static JsonNode scalar(Field field, Entry entry) {
    String text = entry.value();
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (field.type()) {
      case TEXT -> nodes.textNode(text);
      case INTEGER -> integer(entry);
      case FLOAT -> {
        if (!NUMBER.matcher(text).matches()) {
          throw ScfError.invalid(entry.name(), "expected a number");
        }
        yield nodes.numberNode(new BigDecimal(text).doubleValue());
      }
      case BOOLEAN ->
          switch (text) {
            case "true", "True" -> nodes.booleanNode(true); // Python's client sends its own words
            case "false", "False" -> nodes.booleanNode(false);
            default -> throw ScfError.invalid(entry.name(), "expected true or false");
          };
      case BASE64 -> {
        try {
          yield nodes.binaryNode(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
          throw JsonBody.notBase64(field, entry.name());
        }
      }
      case OBJECT -> throw new IllegalStateException("an object is no value");
    };
  }

  private static JsonNode integer(Entry entry) {
    if (INTEGER.matcher(entry.value()).matches()) {
      try {
        return JsonNodeFactory.instance.numberNode(Long.parseLong(entry.value()));
      } catch (NumberFormatException e) {
        // of 19 digits some do not fit
      }
    }
    throw ScfError.invalid(entry.name(), "expected an integer");
  }
}
