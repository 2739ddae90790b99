package io.perdure.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What golden files are made of: a list of steps, each with the action, the body of its request and
 * the whole answer. A step without an answer only has to succeed; one with {@code ended} waits for
 * the end of an invocation.
 *
 * <p>In requests, {@code <zip echo.py>} is a zip in Base64 whose {@code index.py} is that file of
 * {@code code/}, and {@code {name}} is what an earlier answer had for {@code <kind:name>}. In
 * answers, {@code <kind>} stands for what is different each time; everything else is compared as it
 * is, with no field missing or added and no integer with a fraction.
 */
public final class Golden {
  private static final Pattern PLACEHOLDER = Pattern.compile("<([a-z0-9-]+)(?::([a-z]+))?>");
  private static final Pattern ZIP = Pattern.compile("<zip ([a-z]+)\\.(py|js)>");
  private static final Pattern NAMED = Pattern.compile("\\{([a-z]+)\\}");

  private final Path code;
  private final Map<String, Predicate<JsonNode>> kinds;
  private final Map<String, String> names = new HashMap<>();

  /**
   * A comparison for the exchanges of one file.
   *
   * @param code directory of the files for zips
   * @param kinds what a placeholder of that name may stand for, besides {@code text}, {@code int},
   *     {@code float} and {@code uuid}
   */
  public Golden(Path code, Map<String, Predicate<JsonNode>> kinds) {
    this.code = code;
    this.kinds = new HashMap<>(kinds);
    this.kinds.put("uuid", text("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
    this.kinds.put("text", text("(?s).+"));
    this.kinds.put("int", node -> node.isIntegralNumber() && node.longValue() >= 0);
    this.kinds.put("float", node -> node.isNumber() && node.doubleValue() >= 0);
  }

  /** Gives {@code {name}} a meaning from the start. */
  public void know(String name, String value) {
    names.put(name, value);
  }

  /** A text of a request with all placeholders filled in. */
  public String filled(String text) {
    String zipped =
        ZIP.matcher(text).replaceAll(match -> zip(match.group(1) + "." + match.group(2)));
    return NAMED
        .matcher(zipped)
        .replaceAll(
            match -> Matcher.quoteReplacement(names.getOrDefault(match.group(1), match.group())));
  }

  private String zip(String file) {
    try {
      String path = "index" + file.substring(file.lastIndexOf('.'));
      return Base64.getEncoder()
          .encodeToString(Zips.of(path, Files.readString(code.resolve(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails with {@code what} unless {@code actual} is as {@code expected} says. */
  public void compare(JsonNode expected, JsonNode actual, String what) {
    name(expected, actual);
    compare(expected, actual, "", what);
  }

  /** Before anything is compared, since a text may have an id in it that is named further down. */
  private void name(JsonNode expected, JsonNode actual) {
    for (Map.Entry<String, JsonNode> field : expected.properties()) {
      name(field.getValue(), actual.path(field.getKey()));
    }
    Matcher placeholder = PLACEHOLDER.matcher(expected.asText());
    if (placeholder.matches() && placeholder.group(2) != null) {
      names.put(placeholder.group(2), actual.asText());
    }
  }

  private void compare(JsonNode expected, JsonNode actual, String at, String what) {
    if (expected.isObject()) {
      assertEquals(names(expected), names(actual), at + " of " + what);
      expected
          .fieldNames()
          .forEachRemaining(
              name -> compare(expected.get(name), actual.get(name), at + "/" + name, what));
    } else if (expected.isArray()) {
      assertTrue(actual.isArray(), at + " of " + what);
      assertEquals(expected.size(), actual.size(), at + " of " + what);
      for (int i = 0; i < expected.size(); i++) {
        compare(expected.get(i), actual.get(i), at + "/" + i, what);
      }
    } else if (expected.isTextual()) {
      compareText(expected.textValue(), actual, at, what);
    } else {
      assertEquals(expected, actual, at + " of " + what);
    }
  }

  private void compareText(String expected, JsonNode actual, String at, String what) {
    Matcher placeholder = PLACEHOLDER.matcher(expected);
    if (!placeholder.matches()) {
      assertTrue(actual.isTextual(), at + " of " + what);
      assertEquals(filled(expected), actual.textValue(), at + " of " + what);
      return;
    }
    String kind = placeholder.group(1);
    assertTrue(kinds.containsKey(kind), "there is no placeholder <" + kind + ">");
    assertTrue(kinds.get(kind).test(actual), at + " is no " + kind + " of " + what);
  }

  private static Set<String> names(JsonNode node) {
    var names = new TreeSet<String>();
    for (Iterator<String> each = node.fieldNames(); each.hasNext(); ) {
      names.add(each.next());
    }
    return names;
  }

  /** A text that matches. */
  public static Predicate<JsonNode> text(String regex) {
    return node -> node.isTextual() && node.textValue().matches(regex);
  }
}
