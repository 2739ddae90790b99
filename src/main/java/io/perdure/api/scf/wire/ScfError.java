package io.perdure.api.scf.wire;

/**
 * Why a request was refused, in the cloud's own codes (spec tencent-scf, sections 2.5 and 5). Made
 * often and never a bug, so it has no stack trace.
 */
public final class ScfError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;

  /**
   * A refusal.
   *
   * @param code exactly as documented: callers match it, or its part before the dot
   * @param message for people; names the parameter, never a secret
   */
  public ScfError(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** A refusal whose {@code text} is made a sentence. */
  public static ScfError of(String code, String text) {
    return new ScfError(
        code,
        text.isEmpty() || text.endsWith(".")
            ? text
            : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".");
  }

  /** That the {@code what} ("Function", "AsyncEvent") of that name does not exist. */
  public static ScfError notFound(String what, String name) {
    String shown = name.length() > 100 ? name.substring(0, 100) + "..." : name;
    // The shape of the one such text that is published (spec tencent-scf, 2.5).
    return new ScfError("ResourceNotFound." + what, what + " not found: [" + shown + "]");
  }

  /** A parameter that the action needs is not there. */
  public static ScfError missing(String parameter) {
    return new ScfError(
        "MissingParameter", "The request is missing the required parameter `" + parameter + "`.");
  }

  /** The parameter has the wrong type or form. */
  public static ScfError invalid(String parameter, String expected) {
    return new ScfError("InvalidParameter", text(parameter, expected));
  }

  /** The parameter's value is not allowed. */
  public static ScfError invalidValue(String parameter, String expected) {
    return invalidValue("InvalidParameterValue", parameter, expected);
  }

  /** The parameter's value is not allowed, with a code of its own. */
  public static ScfError invalidValue(String code, String parameter, String expected) {
    return new ScfError(code, text(parameter, expected));
  }

  /** What the cloud offers and a node of one's own does not; {@code instead} says what to use. */
  public static ScfError unsupported(String instead) {
    return new ScfError("UnsupportedOperation", instead);
  }

  private static String text(String parameter, String expected) {
    return "The value of the parameter `" + parameter + "` is invalid: " + expected + ".";
  }

  /** Code of the error, such as {@code ResourceNotFound.Function}. */
  public String code() {
    return code;
  }
}
