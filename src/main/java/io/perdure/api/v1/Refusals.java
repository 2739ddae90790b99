package io.perdure.api.v1;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.Set;

/** Names what the registry refuses as a caller of this dialect has written it. */
final class Refusals {
  /** Fields that stand in the path or the query. */
  private static final Set<String> NOT_IN_BODY =
      Set.of(
          "namespace",
          "function",
          "account",
          "alias",
          "schedule",
          "version",
          "qualifier",
          "limit",
          "after",
          "ifRevision");

  private Refusals() {}

  /** The registry names a setting by its name, a caller of this dialect by its place. */
  static <T> Future<T> inBody(Throwable cause) {
    boolean setting =
        cause instanceof FailureException e
            && e.failure() instanceof Failure.Invalid invalid
            && !NOT_IN_BODY.contains(invalid.field())
            && !invalid.field().startsWith("$");
    if (!setting) {
      return Future.failedFuture(cause);
    }
    Failure.Invalid invalid = (Failure.Invalid) ((FailureException) cause).failure();
    return Future.failedFuture(
        new FailureException(new Failure.Invalid("$." + invalid.field(), invalid.message())));
  }
}
