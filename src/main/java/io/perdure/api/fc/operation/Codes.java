package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.function.Function;

/** Names failures of the node with the codes that an operation has for them. */
final class Codes {
  private Codes() {}

  /**
   * For {@link Future#recover}: a failure of that kind becomes {@code error} of its message; any
   * other stays as it is.
   */
  static <T> Function<Throwable, Future<T>> on(Failure.Kind kind, Function<String, FcError> error) {
    return cause ->
        Future.failedFuture(
            cause instanceof FailureException e && e.failure().kind() == kind
                ? error.apply(e.failure().message())
                : cause);
  }

  /** More than there may be of something. */
  static FcError limitExceeded(String message) {
    return new FcError(400, "LimitExceeded", message);
  }

  /** Others changed it at the same time, again and again. */
  static FcError concurrentUpdate(String message) {
    return FcError.exists("ConcurrentUpdateError", message);
  }
}
