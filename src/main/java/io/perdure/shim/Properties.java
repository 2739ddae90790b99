package io.perdure.shim;

import java.lang.annotation.Annotation;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a class of the function's looks like as JSON: getters, setters and public fields, of classes
 * that have none of them all fields. The names of Jackson's, Gson's and fastjson's annotations
 * count.
 */
final class Properties {
  private static final ClassValue<Properties> OF =
      new ClassValue<>() {
        @Override
        protected Properties computeValue(Class<?> type) {
          return new Properties(type);
        }
      };

  /** What gives each property's value: a method without parameters or a field. */
  private final Map<String, AnnotatedElement> readable = new LinkedHashMap<>();

  /** What takes each property's value: a method with one parameter or a field. */
  private final Map<String, AnnotatedElement> writable =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  static Properties of(Class<?> type) {
    return OF.get(type);
  }

  /** In the order of the fields, getters without one behind them. */
  Map<String, AnnotatedElement> readable() {
    return readable;
  }

  /** A name that differs only by its case is found too. */
  AnnotatedElement writable(String name) {
    return writable.get(name);
  }

  private Properties(Class<?> type) {
    Map<String, Method> getters = new TreeMap<>();
    Map<String, Method> setters = new TreeMap<>();
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())
          && !method.isBridge()
          && method.getDeclaringClass() != Object.class) {
        sort(method, getters, setters);
      }
    }
    List<Field> fields = fields(type);
    boolean bare = getters.isEmpty() && setters.isEmpty() && noneIsPublic(fields);
    for (Field field : fields) {
      Method getter = getters.remove(field.getName());
      Method setter = setters.remove(field.getName());
      boolean open = bare || Modifier.isPublic(field.getModifiers());
      String name = name(field.getName(), field, getter, setter);
      if (name == null) {
        continue;
      }
      if (getter != null || open) {
        readable.put(name, getter != null ? open(getter) : open(field));
      }
      // a private field without a setter is filled all the same, as Gson does
      if (setter != null || !Modifier.isFinal(field.getModifiers())) {
        writable.put(name, setter != null ? open(setter) : open(field));
      }
    }
    getters.forEach((key, getter) -> put(readable, key, getter));
    setters.forEach((key, setter) -> put(writable, key, setter));
  }

  private static void put(Map<String, AnnotatedElement> to, String key, Method method) {
    String name = name(key, method);
    if (name != null) {
      to.putIfAbsent(name, open(method));
    }
  }

  private static void sort(
      Method method, Map<String, Method> getters, Map<String, Method> setters) {
    String name = method.getName();
    if (method.getParameterCount() == 1) {
      if (name.length() > 3 && name.startsWith("set")) {
        setters.put(decapitalized(name.substring(3)), method);
      }
      return;
    }
    if (method.getParameterCount() > 0 || method.getReturnType() == void.class) {
      return;
    }
    if (name.length() > 3 && name.startsWith("get")) {
      getters.put(decapitalized(name.substring(3)), method);
    } else if (name.length() > 2 && name.startsWith("is") && isBoolean(method.getReturnType())) {
      getters.put(decapitalized(name.substring(2)), method);
    }
  }

  private static boolean isBoolean(Class<?> type) {
    return type == boolean.class || type == Boolean.class;
  }

  private static String decapitalized(String name) {
    boolean acronym = name.length() > 1 && Character.isUpperCase(name.charAt(1));
    return acronym ? name : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  /** Those of the superclasses first. */
  private static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    if (type.getSuperclass() != null && type.getSuperclass() != Object.class) {
      fields.addAll(fields(type.getSuperclass()));
    }
    for (Field field : type.getDeclaredFields()) {
      int modifiers = field.getModifiers();
      if (!Modifier.isStatic(modifiers)
          && !Modifier.isTransient(modifiers)
          && !field.isSynthetic()) {
        fields.add(field);
      }
    }
    return fields;
  }

  private static boolean noneIsPublic(List<Field> fields) {
    for (Field field : fields) {
      if (Modifier.isPublic(field.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  /** The member, callable also when its class is not public; null for one the JDK keeps closed. */
  private static AnnotatedElement open(AccessibleObject member) {
    return member.trySetAccessible() ? member : null;
  }

  /** The name in JSON, or null for what is to be left out. */
  private static String name(String plain, AnnotatedElement... members) {
    String name = plain;
    for (AnnotatedElement member : members) {
      if (member == null) {
        continue;
      }
      for (Annotation annotation : member.getAnnotations()) {
        switch (annotation.annotationType().getSimpleName()) {
          case "JsonProperty", "SerializedName" -> name = value(annotation, "value", name);
          case "JSONField" -> name = value(annotation, "name", name);
          case "JsonIgnore" -> {
            return null;
          }
          default -> {}
        }
      }
    }
    return name;
  }

  private static String value(Annotation annotation, String attribute, String otherwise) {
    try {
      Object value = annotation.annotationType().getMethod(attribute).invoke(annotation);
      return value instanceof String text && !text.isEmpty() ? text : otherwise;
    } catch (ReflectiveOperationException e) {
      return otherwise; // an annotation of somebody else's with that name
    }
  }
}
