package io.perdure.config;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How values of one type are spelled.
 *
 * @param expected the type in words, following "expected"
 * @param jsonKind which JSON values of the file may be of this type
 * @param parse from text; throws IllegalArgumentException or ArithmeticException when it is not one
 * @param toJson as it is written in the file
 */
record Type<T>(
    String expected,
    Predicate<JsonNode> jsonKind,
    Function<String, T> parse,
    Function<T, JsonNode> toJson) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static final Type<Integer> INTEGER =
      new Type<>("an integer", JsonNode::isIntegralNumber, Integer::valueOf, JSON::numberNode);

  static final Type<Long> LONG =
      new Type<>("an integer", JsonNode::isIntegralNumber, Long::valueOf, JSON::numberNode);

  static final Type<Boolean> BOOL =
      new Type<>("true or false", JsonNode::isBoolean, Type::parseBool, JSON::booleanNode);

  static final Type<String> TEXT =
      new Type<>("text", JsonNode::isTextual, Function.identity(), JSON::textNode);

  static final Type<Path> PATH =
      new Type<>("a path", JsonNode::isTextual, Path::of, path -> JSON.textNode(path.toString()));

  static final Type<Duration> DURATION =
      new Type<>(
          "a duration with its unit (\"250ms\", \"30s\", \"5m\", \"72h\", \"7d\")",
          JsonNode::isTextual,
          Type::parseDuration,
          duration -> JSON.textNode(spell(duration)));

  static final Type<Long> BYTES =
      new Type<>(
          "a size: an integer of bytes, or one with its unit (\"512B\", \"128KiB\", \"6MiB\","
              + " \"2GiB\")",
          json -> json.isTextual() || json.isIntegralNumber(),
          Type::parseBytes,
          Type::bytesToJson);

  static final Type<List<String>> LIST =
      new Type<>(
          "a list of text ([\"a\", \"b\"] in the file, a,b elsewhere)",
          Type::isListOfText,
          Type::parseList,
          Type::listToJson);

  /** The constants of an enum in lower case, {@code _} as {@code -}; read in any case. */
  static <E extends Enum<E>> Type<E> choice(Class<E> constants) {
    E[] all = constants.getEnumConstants();
    return new Type<>(
        "one of " + Arrays.stream(all).map(Type::name).collect(joining(", ")),
        JsonNode::isTextual,
        text ->
            Arrays.stream(all)
                .filter(constant -> name(constant).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text)),
        constant -> JSON.textNode(name(constant)));
  }

  /** The value that was given; empty if it is not of this type. */
  Optional<T> read(Given given) {
    JsonNode json = given.json();
    if (given.typed() && !jsonKind.test(json)) {
      return Optional.empty();
    }
    if (json.isArray()) {
      @SuppressWarnings("unchecked") // only LIST lets an array pass
      T list = (T) elements(json);
      return Optional.of(list);
    }
    try {
      return Optional.of(parse.apply(json.asText()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty(); // the caller says what was expected, which helps more than e does
    }
  }

  /** A value in a message: as in the file, without the quotes. */
  String spelled(T value) {
    return toJson.apply(value).asText();
  }

  private static Boolean parseBool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static final Pattern DURATION_FORM = Pattern.compile("(\\d{1,18})(ms|s|m|h|d)");

  private static final Map<String, ChronoUnit> DURATION_UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private static Duration parseDuration(String text) {
    Matcher form = matched(DURATION_FORM, text);
    return Duration.of(Long.parseLong(form.group(1)), DURATION_UNITS.get(form.group(2)));
  }

  private static String spell(Duration duration) {
    for (String unit : List.of("h", "m", "s")) { // no days: 72h is the usual form
      Duration one = DURATION_UNITS.get(unit).getDuration();
      if (!duration.isZero() && one.multipliedBy(duration.dividedBy(one)).equals(duration)) {
        return duration.dividedBy(one) + unit;
      }
    }
    return duration.isZero() ? "0s" : duration.toMillis() + "ms";
  }

  private static final Pattern BYTES_FORM = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)?");

  private static final List<String> BYTES_UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

  private static Long parseBytes(String text) {
    Matcher form = matched(BYTES_FORM, text);
    String unit = form.group(2) == null ? "B" : form.group(2);
    return Math.multiplyExact(
        Long.parseLong(form.group(1)), 1L << (10 * BYTES_UNITS.indexOf(unit)));
  }

  private static JsonNode bytesToJson(long bytes) {
    for (int unit = BYTES_UNITS.size() - 1; unit > 0; unit--) {
      long one = 1L << (10 * unit);
      if (bytes >= one && bytes % one == 0) {
        return JSON.textNode(bytes / one + BYTES_UNITS.get(unit));
      }
    }
    return JSON.numberNode(bytes);
  }

  private static boolean isListOfText(JsonNode json) {
    if (!json.isArray()) {
      return false;
    }
    for (JsonNode element : json) {
      if (!element.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private static List<String> elements(JsonNode array) {
    var elements = new ArrayList<String>();
    array.forEach(element -> elements.add(element.textValue()));
    return List.copyOf(elements);
  }

  private static List<String> parseList(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static JsonNode listToJson(List<String> list) {
    var array = JSON.arrayNode();
    list.forEach(array::add);
    return array;
  }

  private static Matcher matched(Pattern form, String text) {
    Matcher matcher = form.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    return matcher;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
