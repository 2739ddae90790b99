package io.perdure.shim;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Optional;

/** Writes values as JSON text. */
final class ToJson {
  /** The value has no form in JSON; the message says why. */
  static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unwritable(String message) {
      super(message);
    }
  }

  private final StringBuilder out = new StringBuilder();
  private int depth;

  private ToJson() {}

  static String text(Object value) {
    ToJson json = new ToJson();
    json.write(value);
    return json.out.toString();
  }

  @SuppressWarnings("JavaUtilDate") // what functions use
  private void write(Object value) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof String || value instanceof Character || value instanceof Enum<?>) {
      string(value instanceof Enum<?> constant ? constant.name() : value.toString());
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof byte[] bytes) {
      string(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof Optional<?> optional) {
      write(optional.orElse(null));
    } else if (value instanceof Date date) {
      out.append(date.getTime());
    } else {
      if (++depth > Json.DEPTH_MAX) {
        throw new Unwritable(
            "nested deeper than "
                + Json.DEPTH_MAX
                + " levels, or in a circle, at a value of "
                + value.getClass());
      }
      composed(value);
      depth--;
    }
  }

  private void composed(Object value) {
    if (value instanceof Map<?, ?> map) {
      out.append('{');
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        name(String.valueOf(entry.getKey()));
        write(entry.getValue());
        separator = ",";
      }
      out.append('}');
    } else if (value instanceof Iterable<?> elements) {
      out.append('[');
      String separator = "";
      for (Object element : elements) {
        out.append(separator);
        write(element);
        separator = ",";
      }
      out.append(']');
    } else if (value.getClass().isArray()) {
      out.append('[');
      for (int i = 0; i < Array.getLength(value); i++) {
        out.append(i == 0 ? "" : ",");
        write(Array.get(value, i));
      }
      out.append(']');
    } else if (value.getClass().isRecord()) {
      out.append('{');
      String separator = "";
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        component.getAccessor().trySetAccessible();
        out.append(separator);
        name(component.getName());
        write(get(component.getAccessor(), value));
        separator = ",";
      }
      out.append('}');
    } else if (value.getClass().getName().startsWith("java.")) {
      string(value.toString()); // times, ids, addresses and the like
    } else {
      bean(value);
    }
  }

  private void bean(Object value) {
    out.append('{');
    String separator = "";
    for (Map.Entry<String, AnnotatedElement> property :
        Properties.of(value.getClass()).readable().entrySet()) {
      if (property.getValue() != null) {
        out.append(separator);
        name(property.getKey());
        write(get(property.getValue(), value));
        separator = ",";
      }
    }
    out.append('}');
  }

  private static Object get(AnnotatedElement member, Object of) {
    try {
      return member instanceof Method getter ? getter.invoke(of) : ((Field) member).get(of);
    } catch (InvocationTargetException e) {
      throw new Unwritable(((Method) member).getName() + " fails with " + e.getCause());
    } catch (IllegalAccessException e) {
      throw new Unwritable(member + " cannot be read");
    }
  }

  private void number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        throw new Unwritable(value + " has no form in JSON");
      }
    }
    out.append(number);
  }

  private void name(String name) {
    string(name);
    out.append(':');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(c < 16 ? "0" : "").append(Integer.toHexString(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
