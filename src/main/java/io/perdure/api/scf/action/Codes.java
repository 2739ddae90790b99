package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Function;

/** Names failures of the node with the codes that an action has for them. */
final class Codes {
  /** The parameters behind the settings of a function, and the last part of their codes. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "runtime.handler",
          "Handler",
          "runtime.env",
          "Environment",
          "runtime.memoryMb",
          "Memory",
          "runtime.kind",
          "Runtime",
          "runtime.name",
          "Runtime",
          "description",
          "Description",
          "function",
          "FunctionName",
          "namespace",
          "Namespace",
          "code",
          "ZipFile");

  private Codes() {}

  /**
   * For {@link Future#recover}: a failure of that kind becomes an error with {@code code}; any
   * other stays as it is.
   */
  static <T> Function<Throwable, Future<T>> on(Failure.Kind kind, String code) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e && e.failure().kind() == kind
                ? ScfError.of(code, e.failure().message())
                : cause);
  }

  /** For {@link Future#recover}: a failure of that kind becomes {@code error}. */
  static <T> Function<Throwable, Future<T>> on(Failure.Kind kind, ScfError error) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e && e.failure().kind() == kind ? error : cause);
  }

  /**
   * For {@link Future#recover}: that a {@code what} is missing is told as one that the action calls
   * {@code shown}; any other failure stays as it is.
   */
  static <T> Function<Throwable, Future<T>> missing(String what, String shown) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e
                    && e.failure() instanceof Failure.NotFound missing
                    && missing.what().equals(what)
                ? ScfError.notFound(shown, missing.name())
                : cause);
  }

  /**
   * For {@link Future#recover}: what the node does not take of a function's settings is told by the
   * parameter it came from.
   */
  static <T> Future<T> onSettings(Throwable cause) {
    return Future.failedFuture(
        cause instanceof FailureException e && e.failure() instanceof Failure.Invalid invalid
            ? parameter(invalid)
            : cause);
  }

  private static Throwable parameter(Failure.Invalid invalid) {
    String field = invalid.field();
    // A variable of the environment is a field of its own: runtime.env.NAME.
    String known = field.startsWith("runtime.env.") ? "runtime.env" : field;
    String parameter = PARAMETERS.get(known);
    return parameter == null
        ? ScfError.invalidValue(field, invalid.message())
        : ScfError.invalidValue("InvalidParameterValue." + parameter, parameter, invalid.message());
  }
}
