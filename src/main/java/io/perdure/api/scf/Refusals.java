package io.perdure.api.scf;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.util.UUID;

/** Failures of the node in the cloud's codes. */
final class Refusals {
  private static final System.Logger LOG = System.getLogger(Refusals.class.getName());

  private Refusals() {}

  /**
   * What {@code cause} means to the caller. What is neither a refusal nor a failure is a bug:
   * logged once, here, with its stack, and named to the caller by a reference only.
   */
  static ScfError of(Throwable cause, String where) {
    if (cause instanceof ScfError e) {
      return e;
    }
    if (cause instanceof FailureException e) {
      return of(e.failure());
    }
    if (cause instanceof ProblemException e) {
      return of(e.problem());
    }
    String reference = UUID.randomUUID().toString();
    LOG.log(ERROR, "scf " + where + " failed, answered as internal error " + reference, cause);
    return of(new Failure.Internal(reference));
  }

  /** The HTTP status that says the same: for the metrics, since every answer is sent with 200. */
  static int status(ScfError error) {
    String code = error.code();
    String family = code.indexOf('.') < 0 ? code : code.substring(0, code.indexOf('.'));
    return switch (family) {
      case "AuthFailure" -> 401;
      case "ResourceNotFound" -> 404;
      case "ResourceInUse", "FailedOperation" -> 409;
      case "RequestSizeLimitExceeded" -> 413;
      case "RequestLimitExceeded" -> 429;
      case "InternalError" -> 500;
      case "UnsupportedOperation" -> 501;
      case "ServiceUnavailable" -> 503;
      default -> 400;
    };
  }

  /** What HTTP itself refused, or the reading of the body. */
  static ScfError of(Problem problem) {
    return ScfError.of(
        problem.status() >= 500 ? "InternalError" : "InvalidRequest", problem.detail());
  }

  private static ScfError of(Failure failure) {
    return switch (failure.kind()) {
      case INVALID -> ScfError.invalidValue(((Failure.Invalid) failure).field(), failure.message());
      case TOO_LARGE -> error("RequestSizeLimitExceeded", failure);
      case NOT_FOUND -> notFound((Failure.NotFound) failure);
      case CONFLICT -> error("FailedOperation", failure);
      case KEY_REUSED -> error("ResourceInUse", failure);
      case PRECONDITION -> error("FailedOperation.OperationConflict", failure);
      case THROTTLED ->
          failure instanceof Failure.OverRate over
              ? overRate(over)
              : error("RequestLimitExceeded", failure);
      case UNAVAILABLE, FENCED -> error("ServiceUnavailable", failure);
      case REMOVED -> error("ResourceNotFound", failure);
      case SCAN_LIMIT -> error("InvalidParameterValue", failure);
      case INTERNAL -> error("InternalError", failure);
    };
  }

  /** Tools read both numbers, with the quotes, and wait accordingly (spec tencent-scf, 2.5). */
  private static ScfError overRate(Failure.OverRate over) {
    return new ScfError(
        "RequestLimitExceeded",
        "Your current request times equals to `"
            + over.seen()
            + "` in a second, which exceeds the frequency limit `"
            + over.perSecond()
            + "` for a second. Please reduce the frequency of calls.");
  }

  private static ScfError notFound(Failure.NotFound missing) {
    String what =
        switch (missing.what()) {
          case "namespace" -> "Namespace";
          case "function" -> "Function";
          case "qualifier", "version" -> "Version";
          case "alias" -> "Alias";
          case "invocation" -> "AsyncEvent";
          case "schedule" -> "Trigger";
          default -> "";
        };
    return what.isEmpty()
        ? error("ResourceNotFound", missing)
        : ScfError.notFound(what, missing.name());
  }

  private static ScfError error(String code, Failure failure) {
    return ScfError.of(code, failure.message());
  }
}
