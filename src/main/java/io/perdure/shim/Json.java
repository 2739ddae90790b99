package io.perdure.shim;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON text into maps, lists, strings, booleans, null and numbers: Integer, Long or
 * BigInteger without a fraction, BigDecimal with one.
 */
final class Json {
  /** Deeper nesting is refused instead of overflowing the stack. */
  static final int DEPTH_MAX = 500;

  /** The text is not JSON. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /** The value {@code text} stands for. */
  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at < text.length()) {
      throw json.malformed("something follows the value");
    }
    return value;
  }

  /** The same of text that has to be an object. */
  @SuppressWarnings("unchecked") // that is what an object is parsed to
  static Map<String, Object> object(String text) {
    return (Map<String, Object>) parse(text);
  }

  private Object value() {
    space();
    if (at == text.length()) {
      throw malformed("the text ends where a value should be");
    }
    return switch (text.charAt(at)) {
      case '{' -> map();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> map() {
    enter();
    Map<String, Object> map = new LinkedHashMap<>();
    space();
    if (next('}')) {
      return leave(map);
    }
    while (true) {
      space();
      if (at == text.length() || text.charAt(at) != '"') {
        throw malformed("a name is missing");
      }
      String name = string();
      space();
      if (!next(':')) {
        throw malformed("':' is missing");
      }
      map.put(name, value());
      space();
      if (next('}')) {
        return leave(map);
      }
      if (!next(',')) {
        throw malformed("',' or '}' is missing");
      }
    }
  }

  private List<Object> list() {
    enter();
    List<Object> list = new ArrayList<>();
    space();
    if (next(']')) {
      return leave(list);
    }
    while (true) {
      list.add(value());
      space();
      if (next(']')) {
        return leave(list);
      }
      if (!next(',')) {
        throw malformed("',' or ']' is missing");
      }
    }
  }

  private void enter() {
    at++;
    if (++depth > DEPTH_MAX) {
      throw malformed("nested too deep");
    }
  }

  private <T> T leave(T value) {
    depth--;
    return value;
  }

  private String string() {
    int from = ++at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      control();
      at++;
    }
    if (next('"')) {
      return text.substring(from, at - 1); // without escapes, as most are
    }
    StringBuilder string = new StringBuilder().append(text, from, at);
    while (at < text.length()) {
      control();
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
    throw malformed("a string does not end");
  }

  private void control() {
    if (text.charAt(at) < ' ') {
      throw malformed("a control character in a string");
    }
  }

  private char escaped() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw malformed("a wrong escape in a string");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw malformed("a wrong escape in a string");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw malformed("not a value");
    }
    at += word.length();
    return value;
  }

  private Number number() {
    int from = at;
    next('-');
    int digits = digits();
    if (digits == 0 || (digits > 1 && text.charAt(at - digits) == '0')) {
      throw malformed("not a value");
    }
    boolean whole = true;
    if (next('.')) {
      whole = false;
      if (digits() == 0) {
        throw malformed("a number without digits behind its point");
      }
    }
    if (next('e') || next('E')) {
      whole = false;
      if (!next('+')) {
        next('-');
      }
      if (digits() == 0) {
        throw malformed("a number without digits in its exponent");
      }
    }
    String number = text.substring(from, at);
    if (!whole) {
      return new BigDecimal(number);
    }
    if (digits > 18) {
      BigInteger large = new BigInteger(number);
      return large.bitLength() < 64 ? (Number) large.longValue() : large;
    }
    long value = Long.parseLong(number);
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }

  private int digits() {
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }

  private boolean next(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void space() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      at++;
    }
  }

  private Malformed malformed(String what) {
    return new Malformed(what + " (at character " + at + ")");
  }
}
