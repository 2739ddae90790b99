package io.perdure.api.fc;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Target;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** Failures of the node in the cloud's codes, and the body that tells of them. */
final class Refusals {
  private static final System.Logger LOG = System.getLogger(Refusals.class.getName());
  private static final int EXPECTED_BYTES = 512;
  private static final int BAD_REQUEST = 400;

  private Refusals() {}

  /**
   * A refusal as it is sent.
   *
   * @param retryAfterMillis when it is worth trying again, 0 for not by itself
   */
  record Refusal(FcError error, long retryAfterMillis) {}

  /**
   * What {@code cause} means to the caller. What is neither a refusal nor a failure is a bug:
   * logged once, here, with its stack, and named to the caller by a reference only.
   *
   * @param generation that was spoken
   * @param target of the path, or null
   * @param where name of the operation, for the log
   */
  static Refusal of(Throwable cause, Generation generation, Target target, String where) {
    if (cause instanceof FcError e) {
      return new Refusal(e, 0);
    }
    if (cause instanceof FailureException e) {
      return new Refusal(of(e.failure(), generation, target), Problem.retry(e.failure()));
    }
    if (cause instanceof ProblemException e) {
      return of(e.problem());
    }
    String reference = UUID.randomUUID().toString();
    LOG.log(ERROR, "fc " + where + " failed, answered as internal error " + reference, cause);
    return new Refusal(of(new Failure.Internal(reference), generation, target), 0);
  }

  /** What HTTP itself refused, or the reading of the body. */
  static Refusal of(Problem problem) {
    FcError error =
        switch (problem.status()) {
          case 413 -> new FcError(BAD_REQUEST, "EntityTooLarge", problem.detail());
          case 503 -> new FcError(503, "ResourceThrottled", problem.detail());
          default ->
              problem.status() >= 500
                  ? new FcError(500, "InternalServerError", problem.detail())
                  : FcError.invalid(problem.detail());
        };
    return new Refusal(error, problem.retryAfterMillis());
  }

  private static FcError of(Failure failure, Generation generation, Target target) {
    String message = failure.message();
    return switch (failure.kind()) {
      case INVALID -> FcError.invalid(((Failure.Invalid) failure).field() + ": " + message);
      case TOO_LARGE -> new FcError(BAD_REQUEST, "EntityTooLarge", message);
      case NOT_FOUND -> missing((Failure.NotFound) failure, generation, target);
      case CONFLICT -> FcError.invalid(message);
      case KEY_REUSED ->
          FcError.exists(
              generation.hasServices()
                  ? "StatefulAsyncInvocationAlreadyExists"
                  : "AsyncTaskAlreadyExists",
              message);
      case PRECONDITION -> new FcError(412, "PreconditionFailed", message);
      case THROTTLED -> new FcError(429, "ResourceExhausted", message);
      case UNAVAILABLE, FENCED -> new FcError(503, "ResourceThrottled", message);
      case REMOVED -> FcError.notFound(Missing.task(generation, "").code(), message);
      case SCAN_LIMIT -> FcError.invalid(message);
      case INTERNAL -> new FcError(500, "InternalServerError", message);
    };
  }

  private static FcError missing(Failure.NotFound failure, Generation generation, Target target) {
    return switch (failure.what()) {
      case "namespace" -> Missing.service(failure.name());
      case "function" ->
          Missing.function(
              generation,
              new Target(target == null ? "" : target.namespace(), failure.name(), null));
      case "qualifier", "version or alias" -> Missing.qualifier(failure.name());
      case "version" -> Missing.version(failure.name());
      case "alias" -> Missing.alias(failure.name());
      case "invocation", "invocation with key" -> Missing.task(generation, failure.name());
      case "asynchronous settings" ->
          FcError.notFound("AsyncConfigNotExists", "async config does not exist");
      default -> FcError.notFound("NotFound", failure.message());
    };
  }

  /** The five properties that clients read between them (spec alibaba-fc, section 4). */
  static Buffer body(FcError error, String requestId) {
    return JsonOut.object(
        EXPECTED_BYTES,
        json -> {
          json.writeStringField("Code", error.code());
          json.writeStringField("Message", error.getMessage());
          json.writeStringField("RequestId", requestId);
          json.writeStringField("ErrorCode", error.code());
          json.writeStringField("ErrorMessage", error.getMessage());
        });
  }
}
