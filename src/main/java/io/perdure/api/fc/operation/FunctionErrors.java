package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Generation;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Tells what the node does not take of a function's settings by the property it came from. */
final class FunctionErrors {
  private static final String ENVIRONMENT = "runtime.env";
  private static final String HOOKS = "instanceLifecycleConfig.";

  /** Properties that all generations have, by the settings behind them. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "function", "functionName",
          "namespace", "serviceName",
          "code", "code.zipFile",
          "runtime.kind", "runtime",
          "runtime.name", "runtime",
          "runtime.handler", "handler",
          "runtime.preStop.handler", HOOKS + "preStop.handler",
          "runtime.preStop.timeoutMs", HOOKS + "preStop.timeout",
          "runtime.command", "customRuntimeConfig.command");

  private static final Map<String, String> IN_SERVICE =
      with("runtime.initializer", "initializer", "runtime.port", "caPort");
  private static final Map<String, String> ALONE =
      with(
          "runtime.initializer",
          HOOKS + "initializer.handler",
          "runtime.port",
          "customRuntimeConfig.port");

  private FunctionErrors() {}

  private static Map<String, String> with(
      String field, String property, String another, String its) {
    Map<String, String> all = new HashMap<>(PROPERTIES);
    all.put(field, property);
    all.put(another, its);
    return Map.copyOf(all);
  }

  /** For {@link Future#recover}: an invalid setting is told so; any other failure stays. */
  static <T> Function<Throwable, Future<T>> named(Generation generation) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e && e.failure() instanceof Failure.Invalid invalid
                ? FcError.invalid(property(generation, invalid.field()) + ": " + invalid.message())
                : cause);
  }

  private static String property(Generation generation, String field) {
    if (field.startsWith(ENVIRONMENT)) { // a variable is a field of its own: runtime.env.NAME
      return "environmentVariables" + field.substring(ENVIRONMENT.length());
    }
    return (generation.hasServices() ? IN_SERVICE : ALONE).getOrDefault(field, field);
  }
}
