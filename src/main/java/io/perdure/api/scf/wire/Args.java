package io.perdure.api.scf.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Arguments that have been checked against their {@link Shape}: what is there has its type. */
public final class Args {
  private final ObjectNode json;

  Args(ObjectNode json) {
    this.json = json;
  }

  /** True when it was given. */
  public boolean has(String name) {
    return json.has(name);
  }

  /** The text, or null. */
  public String text(String name) {
    return text(name, null);
  }

  /** The text, or {@code absent}. */
  public String text(String name, String absent) {
    JsonNode value = json.get(name);
    return value == null ? absent : value.textValue();
  }

  /** The integer, or {@code absent}. */
  public long integer(String name, long absent) {
    JsonNode value = json.get(name);
    return value == null ? absent : value.longValue();
  }

  /** The number, or {@code absent}. */
  public double decimal(String name, double absent) {
    JsonNode value = json.get(name);
    return value == null ? absent : value.doubleValue();
  }

  /** The boolean, or {@code absent}. */
  public boolean bool(String name, boolean absent) {
    JsonNode value = json.get(name);
    return value == null ? absent : value.booleanValue();
  }

  /** True for {@code TRUE}, false for {@code FALSE}. */
  public boolean flag(String name, boolean absent) {
    JsonNode value = json.get(name);
    return value == null ? absent : value.textValue().equals("TRUE");
  }

  /** The bytes, or null. */
  public byte[] bytes(String name) {
    JsonNode value = json.get(name);
    try {
      return value == null ? null : value.binaryValue();
    } catch (IOException e) {
      throw new UncheckedIOException("decoded already", e);
    }
  }

  /** The object's members, or null. */
  public Args object(String name) {
    JsonNode value = json.get(name);
    return value == null ? null : new Args((ObjectNode) value);
  }

  /** The objects of a list; empty when it was not given. */
  public List<Args> objects(String name) {
    List<Args> objects = new ArrayList<>();
    json.path(name).forEach(each -> objects.add(new Args((ObjectNode) each)));
    return objects;
  }

  /** The texts of a list; empty when it was not given. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    json.path(name).forEach(each -> texts.add(each.textValue()));
    return texts;
  }

  /** As it was given, to be kept and shown again; null when it was not. */
  public JsonNode json(String name) {
    return json.get(name);
  }
}
