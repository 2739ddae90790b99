package io.perdure.shim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.shim.Failure.WrongEvent;
import io.perdure.shim.Instance.Flavour;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;

/**
 * A method of the function's, and how an event becomes its arguments and its value a result. A
 * parameter is the payload's stream, the result's stream, the context (an interface of that name,
 * whoever declares it) or else the event, in the type it is asked for.
 */
final class Handler {
  private static final byte[] NOTHING = new byte[0];

  private final Object object;
  private final Method method;
  private final Contexts contexts;
  private final Class<?>[] parameters;
  private final Type[] types;

  Handler(Object object, Method method, Contexts contexts) {
    this.object = object;
    this.method = method;
    this.contexts = contexts;
    parameters = method.getParameterTypes();
    types = method.getGenericParameterTypes();
    for (int i = 0; object != null && i < types.length; i++) {
      types[i] = resolved(types[i], object.getClass(), method.getDeclaringClass());
      if (types[i] instanceof Class<?> known) {
        parameters[i] = known;
      }
    }
  }

  /** What {@code of} puts in place of a variable of {@code declaring}, which it extends. */
  private static Type resolved(Type type, Class<?> of, Class<?> declaring) {
    if (!(type instanceof TypeVariable)) {
      return type;
    }
    Map<Type, Type> known = new HashMap<>();
    for (Class<?> at = of; at != null && at != declaring; at = at.getSuperclass()) {
      if (at.getGenericSuperclass() instanceof ParameterizedType parent) {
        Type[] variables = at.getSuperclass().getTypeParameters();
        Type[] arguments = parent.getActualTypeArguments();
        for (int i = 0; i < variables.length; i++) {
          known.put(variables[i], known.getOrDefault(arguments[i], arguments[i]));
        }
      }
    }
    return known.getOrDefault(type, type);
  }

  /** Why {@code method} cannot be a handler, or null when it can. */
  static String unfit(Method method) {
    int events = 0;
    for (Class<?> parameter : method.getParameterTypes()) {
      if (parameter.getName().endsWith(".HttpServletRequest")) {
        return "takes HTTP requests instead of events";
      }
      if (parameter != OutputStream.class && !isContext(parameter)) {
        events++;
      }
    }
    return events > 1 ? "takes more than an event and a context" : null;
  }

  private static boolean isContext(Class<?> parameter) {
    return parameter.isInterface() && parameter.getSimpleName().equals("Context");
  }

  /**
   * Calls it.
   *
   * @return what it gave, too large perhaps
   * @throws WrongEvent the event does not fit the parameter
   * @throws Throwable what the method throws
   */
  Result call(Call call, Instance instance) throws Throwable {
    Result out = new Result(call.resultBytesMax(instance));
    Object[] arguments = new Object[parameters.length];
    boolean streams = false;
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i] == OutputStream.class) {
        arguments[i] = out;
        streams = true;
      } else if (isContext(parameters[i])) {
        arguments[i] = contexts.of(parameters[i], call);
      } else {
        arguments[i] = event(call.payload(), parameters[i], types[i], instance.flavour);
      }
    }
    Object value;
    try {
      value = method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (!streams) {
      out.write(bytes(value, instance.flavour));
    }
    return out;
  }

  private static Object event(byte[] payload, Class<?> type, Type generic, Flavour flavour)
      throws WrongEvent {
    if (type == InputStream.class) {
      return new ByteArrayInputStream(payload);
    }
    if (type == byte[].class) {
      return payload;
    }
    String text = new String(payload, UTF_8);
    if (type == String.class && flavour == Flavour.NATIVE) {
      return text;
    }
    if (text.isEmpty()) {
      if (type == String.class) {
        return text;
      }
      text = flavour == Flavour.SCF ? "{}" : "null";
    }
    try {
      // text that is not quoted reaches a String as it is, so that it can parse it by itself
      return type == String.class && !text.startsWith("\"")
          ? text
          : FromJson.to(generic, Json.parse(text));
    } catch (Json.Malformed e) {
      if (type == String.class) {
        return text;
      }
      throw new WrongEvent("the event is not JSON: " + e.getMessage());
    } catch (FromJson.Mismatch e) {
      throw new WrongEvent("the event does not fit: " + e.getMessage());
    }
  }

  private byte[] bytes(Object value, Flavour flavour) throws Throwable {
    if (flavour != Flavour.SCF) {
      if (method.getReturnType() == void.class || (value == null && flavour == Flavour.NATIVE)) {
        return NOTHING;
      }
      if (value instanceof byte[] bytes) {
        return bytes;
      }
      if (value instanceof InputStream stream) {
        try (stream) {
          return stream.readAllBytes();
        }
      }
      if (value instanceof String text && flavour == Flavour.NATIVE) {
        return text.getBytes(UTF_8);
      }
    }
    return ToJson.text(value).getBytes(UTF_8);
  }

  /** Calls a hook: the context is all there is for it. */
  void hook() throws Throwable {
    Object[] arguments = new Object[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      arguments[i] = isContext(parameters[i]) ? contexts.of(parameters[i], Call.HOOK) : null;
    }
    try {
      method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
