package io.perdure.shim;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers the context interfaces that functions bring along: SCF's, Function Compute's, or one of
 * their own with getters of the names below. What is not known is null, 0 or "".
 */
final class Contexts {
  private static final List<String> LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");

  private final Instance instance;
  private final ClassLoader loader;

  Contexts(Instance instance, ClassLoader loader) {
    this.instance = instance;
    this.loader = loader;
  }

  Object of(Class<?> type, Call call) {
    return proxy(type, values(call));
  }

  private Object proxy(Class<?> type, Map<String, Object> values) {
    return Proxy.newProxyInstance(loader, new Class<?>[] {type}, new Answers(values));
  }

  /** By the getters' names without get, in small letters; a map stands for an object in turn. */
  private Map<String, Object> values(Call call) {
    Map<String, Object> values = new HashMap<>();
    values.put("requestid", call.text("requestId"));
    values.put("retrycount", call.number("retryCount"));
    values.put("attempt", call.number("attempt"));
    values.put("traceparent", call.text("traceparent"));
    values.put("payload", call.payload());
    values.put("deadline", call.number("deadlineMs"));
    values.put("deadlinems", call.number("deadlineMs"));
    values.put("remainingtimeinmillis", (Computed) () -> remaining(call));
    values.put("remainingtimeinms", (Computed) () -> remaining(call));
    values.put("functionname", instance.text("name"));
    values.put("functionversion", instance.text("version"));
    values.put("version", instance.text("version"));
    values.put("namespace", instance.text("namespace"));
    values.put("qualifier", qualifier(call));
    values.put("memorylimitinmb", instance.number("memoryMb"));
    values.put("timelimitinms", instance.number("timeoutMs"));
    values.put("region", instance.text("region"));
    values.put("accountid", instance.text("accountId"));
    values.put("instanceid", instance.text("instanceId"));
    values.put("tencentcloudregion", instance.text("region"));
    values.put("tencentcloudappid", instance.text("accountId"));
    values.put("tencentclouduin", instance.text("accountId"));
    String namespace = instance.text("namespace");
    values.put("environment", ToJson.text(Map.of("SCF_NAMESPACE", namespace)));
    values.put("environ", "SCF_NAMESPACE=" + namespace + ";SCF_NAMESPACE=" + namespace);
    values.put("executioncredentials", credentials());
    values.put("credentials", credentials());
    values.put("functionparam", parameters());
    values.put("service", service(call));
    values.put("logger", Map.of("requestid", call.text("requestId")));
    values.put("tracing", tracing(call));
    return values;
  }

  /** A value that is not the same each time. */
  private interface Computed {
    Object get();
  }

  private static long remaining(Call call) {
    return Math.max(0, call.number("deadlineMs") - System.currentTimeMillis());
  }

  private String qualifier(Call call) {
    String qualifier = call.text("qualifier");
    return qualifier.isEmpty() ? instance.text("qualifier") : qualifier;
  }

  private static Map<String, Object> credentials() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("accesskeyid", env("ALIBABA_CLOUD_ACCESS_KEY_ID"));
    values.put("accesskeysecret", env("ALIBABA_CLOUD_ACCESS_KEY_SECRET"));
    values.put("securitytoken", env("ALIBABA_CLOUD_SECURITY_TOKEN"));
    return values;
  }

  private static String env(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }

  private Map<String, Object> parameters() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("functionname", instance.text("name"));
    values.put("functionhandler", instance.handler);
    values.put("functioninitializer", instance.initializer == null ? "" : instance.initializer);
    values.put("exectimelimitinmillis", instance.number("timeoutMs"));
    values.put("memorylimitinmb", instance.number("memoryMb"));
    return values;
  }

  private Map<String, Object> service(Call call) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", instance.text("namespace"));
    values.put("logproject", "");
    values.put("logstore", "");
    values.put("qualifier", qualifier(call));
    values.put("versionid", instance.text("version"));
    return values;
  }

  /** {@code 00-trace-span-flags} in the form Jaeger gives it. */
  private static Map<String, Object> tracing(Call call) {
    String[] parts = call.text("traceparent").split("-", -1);
    String span =
        parts.length < 4
            ? ""
            : parts[1] + ":" + parts[2] + ":0:" + (Integer.parseInt(parts[3], 16) & 0xff);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("spancontext", span);
    values.put("spanbaggages", new HashMap<>());
    values.put("jaegerendpoint", "");
    return values;
  }

  /** An object of the function's interface: getters by their name, a logger by its levels. */
  private final class Answers implements InvocationHandler {
    private final Map<String, Object> values;

    /** What getters have given, by their names: the same object each time. */
    private final Map<String, Object> nested = new ConcurrentHashMap<>();

    /** For a logger: what is below it is not written. */
    private volatile int level;

    Answers(Map<String, Object> values) {
      this.values = values;
    }

    @Override
    public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
      String name = method.getName();
      if (method.getDeclaringClass() == Object.class) {
        return ofObject(self, name, arguments);
      }
      if (method.isDefault()) {
        return InvocationHandler.invokeDefault(self, method, arguments);
      }
      Class<?> type = method.getReturnType();
      if (name.startsWith("get") && method.getParameterCount() == 0) {
        Object value = values.get(name.substring(3).toLowerCase(Locale.ROOT));
        if (value instanceof Map && type.isInterface() && type != Map.class) {
          return nested.computeIfAbsent(name, key -> nested(type, value));
        }
        return as(type, value);
      }
      if (arguments != null && arguments.length == 1) {
        if (arguments[0] instanceof String text) {
          log(name.toUpperCase(Locale.ROOT), text);
        } else if (arguments[0] instanceof Enum<?> least) {
          level = LEVELS.indexOf(least.name());
        }
      }
      return as(type, null);
    }

    private Object ofObject(Object self, String name, Object[] arguments) {
      return switch (name) {
        case "equals" -> self == arguments[0];
        case "hashCode" -> System.identityHashCode(values);
        default -> "context of request " + values.get("requestid");
      };
    }

    @SuppressWarnings("unchecked") // from the methods above
    private Object nested(Class<?> type, Object values) {
      return proxy(type, (Map<String, Object>) values);
    }

    private Object as(Class<?> type, Object value) {
      if (value instanceof Computed computed) {
        return as(type, computed.get());
      }
      if (type == void.class) {
        return null;
      }
      if (value == null) {
        return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
      }
      boolean fits = type.isInstance(value);
      return fits || !(value instanceof Number || type == String.class)
          ? value
          : FromJson.to(type, value);
    }

    private void log(String at, String text) {
      if (LEVELS.indexOf(at) < level) {
        return;
      }
      System.out.println(
          Instant.now().truncatedTo(ChronoUnit.MILLIS)
              + " "
              + values.get("requestid")
              + " ["
              + at
              + "] "
              + text);
    }
  }
}
