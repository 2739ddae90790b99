package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Percent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The parameters of a query in the texts that clients sign for them, mostly only one.
 *
 * <p>There are several since clients differ in two things: whether a parameter without a value has
 * an equals sign in what is signed, and what a plus stands for on the wire. Clients in Python and
 * Go send one for a blank; what they sign is the blank. Texts are of bytes, a character each.
 */
final class Parameters {
  /** Those that are read afterwards are no more, either. */
  private static final int PARAMETERS_MAX = 100;

  /** What is signed for no parameters. */
  private static final Set<String> NONE = Set.of("");

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final List<List<Parameter>> readings = new ArrayList<>(2);

  /** One, decoded; {@code bare} without an equals sign on the wire. */
  private record Parameter(String name, String value, boolean bare) {
    String text(boolean equals, UnaryOperator<String> form) {
      return equals ? form.apply(name) + "=" + form.apply(value) : form.apply(name);
    }
  }

  /**
   * Reads what stands behind the question mark.
   *
   * @param raw null for nothing
   * @throws FcError when it cannot be decoded, or has too many
   */
  Parameters(String raw) {
    String query = raw == null ? "" : raw;
    readings.add(read(query));
    if (query.indexOf('+') >= 0) {
      readings.add(read(query.replace("+", "%20")));
    }
  }

  /** For ACS3: encoded by RFC 3986, sorted by name, joined with an ampersand. */
  Set<String> encoded() {
    if (none()) {
      return NONE;
    }
    Set<String> texts = new LinkedHashSet<>();
    for (List<Parameter> reading : readings) {
      texts.add(byName(reading, parameter -> true, Parameters::encode));
      texts.add(byName(reading, parameter -> !parameter.value().isEmpty(), Parameters::encode));
    }
    return texts;
  }

  /** For acs: behind a question mark, sorted by name, joined with an ampersand; or nothing. */
  Set<String> plain() {
    if (none()) {
      return NONE;
    }
    Set<String> texts = new LinkedHashSet<>();
    for (List<Parameter> reading : readings) {
      String mark = reading.isEmpty() ? "" : "?";
      texts.add(mark + byName(reading, parameter -> true, UnaryOperator.identity()));
      texts.add(
          mark
              + byName(
                  reading, parameter -> !parameter.value().isEmpty(), UnaryOperator.identity()));
    }
    return texts;
  }

  /** For FC: each on a line of its own, the lines sorted. */
  Set<String> lines() {
    if (none()) {
      return NONE;
    }
    Set<String> texts = new LinkedHashSet<>();
    for (List<Parameter> reading : readings) {
      texts.add(sortedLines(reading, parameter -> true));
      texts.add(sortedLines(reading, parameter -> !parameter.bare()));
    }
    return texts;
  }

  private boolean none() {
    return readings.size() == 1 && readings.get(0).isEmpty();
  }

  private static String byName(
      List<Parameter> reading, Predicate<Parameter> equals, UnaryOperator<String> form) {
    return String.join(
        "&",
        reading.stream()
            .sorted(Comparator.comparing(Parameter::name).thenComparing(Parameter::value))
            .map(parameter -> parameter.text(equals.test(parameter), form))
            .toList());
  }

  private static String sortedLines(List<Parameter> reading, Predicate<Parameter> equals) {
    return String.join(
        "\n",
        reading.stream()
            .map(parameter -> parameter.text(equals.test(parameter), UnaryOperator.identity()))
            .sorted()
            .toList());
  }

  private static List<Parameter> read(String query) {
    List<Parameter> parameters = new ArrayList<>();
    if (query.isEmpty()) {
      return parameters;
    }
    String[] pairs = query.split("&", PARAMETERS_MAX + 1);
    if (pairs.length > PARAMETERS_MAX) {
      throw FcError.invalid("the query has more than " + PARAMETERS_MAX + " parameters");
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!pair.isEmpty()) {
        parameters.add(new Parameter(decode("query", name), decode("query", value), equals < 0));
      }
    }
    return parameters;
  }

  /** What {@code encoded} stands for, as bytes. */
  static String decode(String what, String encoded) {
    return new String(Percent.decode(what, encoded).getBytes(UTF_8), ISO_8859_1);
  }

  private static String encode(String bytes) {
    StringBuilder text = new StringBuilder(bytes.length() + 16);
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter || (c >= '0' && c <= '9') || "-_.~".indexOf(c) >= 0) {
        text.append(c);
      } else {
        text.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
      }
    }
    return text.toString();
  }
}
