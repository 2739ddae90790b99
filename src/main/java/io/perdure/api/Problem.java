package io.perdure.api;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.io.IOException;
import java.util.UUID;

/**
 * Why a request was refused, as a problem document (RFC 9457).
 *
 * @param status of the HTTP answer
 * @param kind last part of the type {@code urn:perdure:problem:<kind>}
 * @param title what the kind means, the same for all of it
 * @param detail what was wrong with this request
 * @param field what the caller should change, or null: {@code $.retry.maxAttempts} in a body, the
 *     name of a header or of a query parameter
 * @param retryAfterMillis when it is worth trying again, 0 for not by itself
 * @param existing id of the invocation that has the key, or null
 */
public record Problem(
    int status,
    String kind,
    String title,
    String detail,
    String field,
    long retryAfterMillis,
    String existing) {

  private static final System.Logger LOG = System.getLogger(Problem.class.getName());

  /** A problem of HTTP itself. */
  public static Problem of(int status, String kind, String title, String detail) {
    return new Problem(status, kind, title, detail, null, 0, null);
  }

  /** A value that is not allowed. */
  public static ProblemException invalid(String field, String detail) {
    return new ProblemException(of(new Failure.Invalid(field, detail)));
  }

  /** A failure of the node in terms of HTTP. */
  public static Problem of(Failure failure) {
    return switch (failure.kind()) {
      case INVALID -> of(failure, 400, "invalid", "A value is not allowed", field(failure), 0);
      case TOO_LARGE -> of(failure, 413, "too-large", "Too large", field(failure), 0);
      case NOT_FOUND -> of(failure, 404, "not-found", "Does not exist", null, 0);
      case CONFLICT -> of(failure, 409, "conflict", "The state does not allow it", null, 0);
      case KEY_REUSED ->
          of(failure, 422, "key-reused", "The key belongs to another payload", "key", 0);
      case PRECONDITION ->
          of(failure, 412, "precondition-failed", "Not the present revision", null, 0);
      case THROTTLED -> of(failure, 429, "throttled", "Over a limit", null, retry(failure));
      case UNAVAILABLE -> of(failure, 503, "unavailable", "Cannot serve now", null, retry(failure));
      case FENCED -> of(failure, 503, "fenced", "The shard has moved", null, 1_000);
      case REMOVED ->
          failure instanceof Failure.NotKept
              ? of(failure, 410, "not-kept", "Not kept", null, 0)
              : of(failure, 410, "removed", "Removed after its retention", null, 0);
      case SCAN_LIMIT -> of(failure, 422, "scan-limit", "The filter is too wide", null, 0);
      case INTERNAL -> of(failure, 500, "internal", "Internal error", null, 0);
    };
  }

  /**
   * What {@code cause} means to the caller. Anything but a failure or a problem is a bug: logged
   * once, here, with its stack, and named to the caller by a reference only.
   */
  public static Problem of(Throwable cause, String where) {
    if (cause instanceof FailureException e) {
      return of(e.failure());
    }
    if (cause instanceof ProblemException e) {
      return e.problem();
    }
    String reference = UUID.randomUUID().toString();
    LOG.log(ERROR, where + " failed, answered as internal error " + reference, cause);
    return of(new Failure.Internal(reference));
  }

  /** Writes the members, without the object around them. */
  public void write(JsonGenerator json, String instance) throws IOException {
    json.writeStringField("type", "urn:perdure:problem:" + kind);
    json.writeStringField("title", title);
    json.writeNumberField("status", status);
    json.writeStringField("detail", detail);
    if (field != null) {
      json.writeStringField("field", field);
    }
    if (existing != null) {
      json.writeStringField("existing", existing);
    }
    if (retryAfterMillis > 0) {
      json.writeNumberField("retryAfterMs", retryAfterMillis);
    }
    if (instance != null) {
      json.writeStringField("instance", instance);
    }
  }

  private static Problem of(
      Failure failure, int status, String kind, String title, String field, long retryAfter) {
    String existing = failure instanceof Failure.KeyReused e ? e.existing().toString() : null;
    return new Problem(status, kind, title, failure.message(), field, retryAfter, existing);
  }

  private static String field(Failure failure) {
    if (failure instanceof Failure.Invalid e) {
      return e.field();
    }
    return failure instanceof Failure.TooLarge e ? e.field() : null;
  }

  /** Milliseconds after which it is worth trying again, 0 for not by itself. */
  public static long retry(Failure failure) {
    if (failure instanceof Failure.Throttled e) {
      return e.retryAfterMillis();
    }
    if (failure instanceof Failure.OverRate e) {
      return e.retryAfterMillis();
    }
    return failure instanceof Failure.Unavailable e ? e.retryAfterMillis() : 0;
  }
}
