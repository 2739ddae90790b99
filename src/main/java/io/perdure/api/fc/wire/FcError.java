package io.perdure.api.fc.wire;

/**
 * Why a request was refused, in the cloud's terms (spec alibaba-fc, section 4). Its message goes to
 * the caller.
 */
public final class FcError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int CONFLICT = 409;

  private final int status;
  private final String code;
  private final String requestId;

  /**
   * A refusal.
   *
   * @param status of the HTTP answer
   * @param code such as {@code FunctionNotFound}
   * @param message names what was wrong and what was expected
   */
  public FcError(int status, String code, String message) {
    this(status, code, message, null);
  }

  private FcError(int status, String code, String message, String requestId) {
    super(message, null, false, false); // an answer, not a fault: no stack is wanted
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }

  /** The same with that request id: what has run is known by its own. */
  public FcError withRequestId(String id) {
    return new FcError(status, code, getMessage(), id);
  }

  /** Status of the HTTP answer. */
  public int status() {
    return status;
  }

  /** Sent instead of the request's own id, or null. */
  public String requestId() {
    return requestId;
  }

  /** What programs look at. */
  public String code() {
    return code;
  }

  /**
   * A value that is not allowed.
   *
   * @param field as the caller wrote it: a property, a parameter or a header
   * @param expected what would have been, following "expected"
   */
  public static FcError invalid(String field, String expected) {
    return invalid(field + ": expected " + expected);
  }

  /** A request that is not allowed, for a reason that is no single value. */
  public static FcError invalid(String message) {
    return new FcError(400, "InvalidArgument", message);
  }

  /** A header that must be there. */
  public static FcError missingHeader(String name) {
    return new FcError(
        400, "MissingRequiredHeader", "required HTTP header " + name + " was not specified");
  }

  /** Nobody may do that with these credentials. */
  public static FcError denied(String message) {
    return new FcError(403, "AccessDenied", message);
  }

  /** What was asked for does not exist. */
  public static FcError notFound(String code, String message) {
    return new FcError(404, code, message);
  }

  /** What was to be made is there already. */
  public static FcError exists(String code, String message) {
    return new FcError(CONFLICT, code, message);
  }
}
