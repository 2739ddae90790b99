package io.perdure.shim;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Turns what {@link Json} has read into values of the types a function asks for. */
final class FromJson {
  /** The value does not fit the type; the message says where. */
  static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    Mismatch(String message) {
      super(message);
    }
  }

  private FromJson() {}

  /** {@code json} as a {@code type}. */
  static Object to(Type type, Object json) {
    if (type instanceof Class<?> plain) {
      return toClass(plain, json);
    }
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      Type[] arguments = generic.getActualTypeArguments();
      if (json != null && Map.class.isAssignableFrom(raw)) {
        return map(raw, arguments[0], arguments[arguments.length - 1], json);
      }
      if (json != null && Collection.class.isAssignableFrom(raw)) {
        return collection(raw, arguments[0], json);
      }
      return toClass(raw, json);
    }
    if (type instanceof GenericArrayType array) {
      return array(array.getGenericComponentType(), json);
    }
    if (type instanceof WildcardType wildcard) {
      return to(wildcard.getUpperBounds()[0], json);
    }
    return to(((TypeVariable<?>) type).getBounds()[0], json);
  }

  @SuppressWarnings("JavaUtilDate") // what functions use
  private static Object toClass(Class<?> type, Object json) {
    if (json == null) {
      return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
    }
    if (type == Object.class) {
      return plain(json);
    }
    if (type == String.class || type == CharSequence.class) {
      boolean composed = json instanceof Map || json instanceof List;
      return composed ? ToJson.text(json) : json.toString();
    }
    if (type.isPrimitive() || type == Boolean.class || type == Character.class) {
      return primitive(type, json);
    }
    if (Number.class.isAssignableFrom(type)) {
      return number(type, json);
    }
    if (type.isEnum()) {
      return constant(type, json);
    }
    if (type == byte[].class && json instanceof String text) {
      return Base64.getDecoder().decode(text);
    }
    if (type.isArray()) {
      return array(type.getComponentType(), json);
    }
    if (Map.class.isAssignableFrom(type)) {
      return map(type, Object.class, Object.class, json);
    }
    if (type == Iterable.class || Collection.class.isAssignableFrom(type)) {
      return collection(type, Object.class, json);
    }
    if (type == Date.class && json instanceof Number number) {
      return new Date(number.longValue());
    }
    if (json instanceof String text && type.getName().startsWith("java.")) {
      return parsed(type, text);
    }
    if (!(json instanceof Map<?, ?> properties)) {
      throw mismatch(type, json);
    }
    return type.isRecord() ? record(type, properties) : bean(type, properties);
  }

  /** For who asks for no type: fractions as Double, as everybody expects them. */
  private static Object plain(Object json) {
    if (json instanceof BigDecimal number) {
      return number.doubleValue();
    }
    if (json instanceof Map) {
      return map(Map.class, Object.class, Object.class, json);
    }
    return json instanceof List ? collection(List.class, Object.class, json) : json;
  }

  private static Object primitive(Class<?> type, Object json) {
    if (type == boolean.class || type == Boolean.class) {
      if (json instanceof Boolean) {
        return json;
      }
      if (json.equals("true") || json.equals("false")) {
        return json.equals("true");
      }
      throw mismatch(type, json);
    }
    if (type == char.class || type == Character.class) {
      if (json instanceof String text && text.length() == 1) {
        return text.charAt(0);
      }
      throw mismatch(type, json);
    }
    return number(type, json);
  }

  private static Object number(Class<?> type, Object json) {
    BigDecimal number;
    try {
      number = new BigDecimal(json.toString());
    } catch (NumberFormatException e) {
      throw mismatch(type, json);
    }
    try {
      if (type == int.class || type == Integer.class) {
        return number.intValueExact();
      }
      if (type == long.class || type == Long.class) {
        return number.longValueExact();
      }
      if (type == short.class || type == Short.class) {
        return number.shortValueExact();
      }
      if (type == byte.class || type == Byte.class) {
        return number.byteValueExact();
      }
      if (type == BigInteger.class) {
        return number.toBigIntegerExact();
      }
    } catch (ArithmeticException e) {
      throw mismatch(type, json);
    }
    if (type == float.class || type == Float.class) {
      return number.floatValue();
    }
    if (type == double.class || type == Double.class) {
      return number.doubleValue();
    }
    if (type == BigDecimal.class || type == Number.class) {
      return number;
    }
    throw mismatch(type, json);
  }

  private static Object constant(Class<?> type, Object json) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(json)) {
        return constant;
      }
    }
    throw mismatch(type, json);
  }

  private static Object array(Type component, Object json) {
    if (json == null) {
      return null;
    }
    if (!(json instanceof List<?> list)) {
      throw new Mismatch("an array is wanted, not " + shown(json));
    }
    Object array = Array.newInstance(raw(component), list.size());
    for (int i = 0; i < list.size(); i++) {
      Array.set(array, i, to(component, list.get(i)));
    }
    return array;
  }

  private static Class<?> raw(Type type) {
    if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    return type instanceof Class<?> plain ? plain : Object.class;
  }

  @SuppressWarnings("unchecked") // a map or collection of whatever
  private static Object map(Class<?> type, Type key, Type value, Object json) {
    if (!(json instanceof Map<?, ?> properties)) {
      throw mismatch(type, json);
    }
    Map<Object, Object> map;
    if (type.isAssignableFrom(LinkedHashMap.class)) {
      map = new LinkedHashMap<>();
    } else if (SortedMap.class.isAssignableFrom(type) && type.isAssignableFrom(TreeMap.class)) {
      map = new TreeMap<>();
    } else {
      map = (Map<Object, Object>) make(type);
    }
    for (Map.Entry<?, ?> entry : properties.entrySet()) {
      map.put(to(key, entry.getKey()), to(value, entry.getValue()));
    }
    return map;
  }

  @SuppressWarnings({"unchecked", "JdkObsolete"}) // a queue is a linked list with nulls
  private static Object collection(Class<?> type, Type element, Object json) {
    if (!(json instanceof List<?> list)) {
      throw mismatch(type, json);
    }
    Collection<Object> collection;
    if (type.isAssignableFrom(ArrayList.class)) {
      collection = new ArrayList<>();
    } else if (type == Set.class) {
      collection = new LinkedHashSet<>();
    } else if (SortedSet.class.isAssignableFrom(type) && type.isAssignableFrom(TreeSet.class)) {
      collection = new TreeSet<>();
    } else if (type == Queue.class) {
      collection = new java.util.LinkedList<>();
    } else {
      collection = (Collection<Object>) make(type);
    }
    for (Object one : list) {
      collection.add(to(element, one));
    }
    return collection;
  }

  /** A class of the JDK's that is made from text, as its own parse method does it. */
  private static Object parsed(Class<?> type, String text) {
    for (Method method : type.getMethods()) {
      boolean parses = method.getName().equals("parse") || method.getName().equals("fromString");
      if (parses
          && Modifier.isStatic(method.getModifiers())
          && method.getParameterCount() == 1
          && method.getParameterTypes()[0].isInstance(text)) {
        try {
          return method.invoke(null, text);
        } catch (IllegalAccessException | InvocationTargetException e) {
          throw mismatch(type, text);
        }
      }
    }
    throw mismatch(type, text);
  }

  private static Object record(Class<?> type, Map<?, ?> json) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] =
          within(
              type,
              components[i].getName(),
              components[i].getGenericType(),
              json.get(components[i].getName()));
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.trySetAccessible();
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new Mismatch(type.getName() + " refuses its values: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new Mismatch(type.getName() + " cannot be made: " + e);
    }
  }

  private static Object bean(Class<?> type, Map<?, ?> json) {
    Object bean = make(type);
    Properties properties = Properties.of(type);
    for (Map.Entry<?, ?> entry : json.entrySet()) {
      String name = (String) entry.getKey();
      AnnotatedElement member = properties.writable(name);
      if (member == null) {
        continue; // events grow fields, and old functions must go on
      }
      try {
        if (member instanceof Method setter) {
          setter.invoke(
              bean, within(type, name, setter.getGenericParameterTypes()[0], entry.getValue()));
        } else {
          Field field = (Field) member;
          field.set(bean, within(type, name, field.getGenericType(), entry.getValue()));
        }
      } catch (InvocationTargetException e) {
        throw new Mismatch(type.getName() + " refuses its \"" + name + "\": " + e.getCause());
      } catch (IllegalAccessException e) {
        throw new Mismatch(type.getName() + "." + name + " cannot be set");
      }
    }
    return bean;
  }

  private static Object within(Class<?> type, String name, Type as, Object json) {
    try {
      return to(as, json);
    } catch (Mismatch e) {
      throw new Mismatch(type.getName() + "." + name + ": " + e.getMessage());
    }
  }

  private static Object make(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.trySetAccessible();
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new Mismatch(type.getName() + " cannot be made: " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new Mismatch(type.getName() + " has no constructor without parameters");
    }
  }

  private static Mismatch mismatch(Class<?> type, Object json) {
    return new Mismatch("a value of " + type.getName() + " is wanted, not " + shown(json));
  }

  private static String shown(Object json) {
    String text = ToJson.text(json);
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
