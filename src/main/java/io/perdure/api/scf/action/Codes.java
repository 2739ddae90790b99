package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.function.Function;

/** Names failures of the node with the codes that an action has for them. */
final class Codes {
  private Codes() {}

  /**
   * For {@link Future#recover}: a failure of that kind becomes an error with {@code code}; any
   * other stays as it is.
   */
  static <T> Function<Throwable, Future<T>> on(Failure.Kind kind, String code) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e && e.failure().kind() == kind
                ? new ScfError(code, sentence(e.failure().message()))
                : cause);
  }

  /**
   * For {@link Future#recover}: that a {@code what} is missing becomes an error with {@code code};
   * any other failure stays as it is.
   */
  static <T> Function<Throwable, Future<T>> missing(String what, String code) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e
                    && e.failure() instanceof Failure.NotFound missing
                    && missing.what().equals(what)
                ? new ScfError(code, sentence(missing.message()))
                : cause);
  }

  private static String sentence(String text) {
    return text.isEmpty() || text.endsWith(".")
        ? text
        : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
