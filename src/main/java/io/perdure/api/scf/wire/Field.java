package io.perdure.api.scf.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One parameter of an action, or one member of an object in it. Immutable: each refinement is
 * another field.
 *
 * @param name exactly as on the wire
 * @param type of the value, or of each element of a list
 * @param list whether it is a list
 * @param shape of objects, else null
 * @param missing code of the error when it must be there and is not; null when it may be absent
 * @param invalid code of the error for a value that is not allowed
 * @param checks of the value, or of each element of a list
 * @param elementsMax most elements of a list
 */
public record Field(
    String name,
    Type type,
    boolean list,
    Shape shape,
    String missing,
    String invalid,
    List<Check> checks,
    int elementsMax) {

  private static final int ELEMENTS_MAX = 1_000;

  /** What values are made of. */
  public enum Type {
    TEXT("a string"),
    INTEGER("an integer"),
    FLOAT("a number"),
    BOOLEAN("a boolean"),
    OBJECT("an object"),
    /** Bytes, as text in Base64. */
    BASE64("a string");

    private final String expected;

    Type(String expected) {
      this.expected = expected;
    }

    String expected() {
      return expected;
    }
  }

  /** What a value must be like. */
  public record Check(Predicate<JsonNode> holds, String expected) {}

  private Field(String name, Type type, boolean list, Shape shape) {
    this(name, type, list, shape, null, "InvalidParameterValue", List.of(), ELEMENTS_MAX);
  }

  /** Text. */
  public static Field text(String name) {
    return new Field(name, Type.TEXT, false, null);
  }

  /** An integer of at most 64 bits. */
  public static Field integer(String name) {
    return new Field(name, Type.INTEGER, false, null);
  }

  /** A number. */
  public static Field decimal(String name) {
    return new Field(name, Type.FLOAT, false, null);
  }

  /** A boolean of JSON; most flags of the API are {@link #flag}s instead. */
  public static Field bool(String name) {
    return new Field(name, Type.BOOLEAN, false, null);
  }

  /** The text {@code TRUE} or {@code FALSE}. */
  public static Field flag(String name) {
    return text(name).oneOf("TRUE", "FALSE");
  }

  /** Bytes in Base64. */
  public static Field base64(String name) {
    return new Field(name, Type.BASE64, false, null);
  }

  /** An object. */
  public static Field object(String name, Shape shape) {
    return new Field(name, Type.OBJECT, false, shape);
  }

  /** A list of objects. */
  public static Field objects(String name, Shape shape) {
    return new Field(name, Type.OBJECT, true, shape);
  }

  /** A list of texts. */
  public static Field texts(String name) {
    return new Field(name, Type.TEXT, true, null);
  }

  /** It must be there. */
  public Field required() {
    return required("MissingParameter");
  }

  /** It must be there, and there is a code of its own for its absence. */
  public Field required(String code) {
    return new Field(name, type, list, shape, code, invalid, checks, elementsMax);
  }

  /** Code for values that are not allowed: {@code InvalidParameterValue.} and {@code suffix}. */
  public Field code(String suffix) {
    return refused("InvalidParameterValue." + suffix);
  }

  /** Code for values that are not allowed, whole. */
  public Field refused(String code) {
    return new Field(name, type, list, shape, missing, code, checks, elementsMax);
  }

  /** Most elements of a list. */
  public Field atMost(int elements) {
    return new Field(name, type, list, shape, missing, invalid, checks, elements);
  }

  /** Text of at most that many characters. */
  public Field length(int least, int most) {
    return check(
        value -> value.textValue().length() >= least && value.textValue().length() <= most,
        "expected " + least + " to " + most + " characters");
  }

  /** Text that matches. */
  public Field matching(Pattern pattern, String expected) {
    return check(value -> pattern.matcher(value.textValue()).matches(), expected);
  }

  /** One of these texts. */
  public Field oneOf(String... values) {
    List<String> allowed = List.of(values);
    return check(
        value -> allowed.contains(value.textValue()),
        "expected one of " + String.join(", ", allowed));
  }

  /** An integer within bounds, both included. */
  public Field between(long least, long most) {
    return check(
        value -> value.longValue() >= least && value.longValue() <= most,
        "expected " + least + " to " + most);
  }

  /** Whatever else must hold of a value that is there. */
  public Field check(Predicate<JsonNode> holds, String expected) {
    List<Check> more =
        Stream.concat(checks.stream(), Stream.of(new Check(holds, expected))).toList();
    return new Field(name, type, list, shape, missing, invalid, more, elementsMax);
  }

  /** The same checks under another name. */
  public Field as(String other) {
    return new Field(other, type, list, shape, missing, invalid, checks, elementsMax);
  }

  /** These fields behind each other, for tables that share some. */
  public static Field[] and(Field[] some, Field... others) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(others)).toArray(Field[]::new);
  }
}
