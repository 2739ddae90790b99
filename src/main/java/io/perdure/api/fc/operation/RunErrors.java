package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcError;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Map;
import java.util.Optional;

/**
 * What a failed run means in the cloud's codes (spec alibaba-fc, sections 4 and 5.3): a failure of
 * the function is an answer like any other, one of the platform, or of a custom runtime that does
 * not start or speaks no HTTP, is an error of the API. Pure.
 */
final class RunErrors {
  private static final Code EXHAUSTED = new Code(429, "ResourceExhausted");
  private static final Code THROTTLED = new Code(503, "ResourceThrottled");
  private static final Code NOT_STARTED = new Code(412, "FunctionNotStarted");
  private static final Code BAD_RESPONSE = new Code(502, "BadResponse");
  private static final Code INTERNAL = new Code(500, "InternalServerError");

  /** Failures of the platform; others are {@link #INTERNAL}. */
  private static final Map<String, Code> PLATFORM =
      Map.ofEntries(
          Map.entry("ConcurrencyExceeded", EXHAUSTED),
          Map.entry("QueueFull", EXHAUSTED),
          Map.entry("PlacesUnknown", THROTTLED),
          Map.entry("Paused", THROTTLED),
          Map.entry("Throttled", THROTTLED),
          Map.entry("ConnectionPoolBusy", THROTTLED),
          Map.entry("ConnectionRefused", THROTTLED),
          Map.entry("ConnectTimeout", THROTTLED),
          Map.entry("CannotConnect", THROTTLED),
          Map.entry("UnknownHost", THROTTLED),
          Map.entry("NoHandler", THROTTLED),
          Map.entry("InstanceStopped", THROTTLED),
          Map.entry("NodeShutdown", THROTTLED),
          Map.entry("CannotStart", NOT_STARTED),
          Map.entry("NoRuntime", NOT_STARTED));

  /** What keeps a program of the function's own from taking calls. */
  private static final Map<String, Code> CUSTOM_START =
      Map.of(
          "InitExit", new Code(412, "CAExited"),
          "BootstrapMissing", new Code(412, "CAFileNotFound"),
          "BootstrapNotExecutable", new Code(412, "CAFilePermission"),
          "PortNotBound", NOT_STARTED,
          "InitTimeout", NOT_STARTED);

  /** A status and what clients look at. */
  private record Code(int status, String code) {}

  private RunErrors() {}

  /**
   * The error of the API that {@code error} is; empty when it is the function's own.
   *
   * @param ran what ran it, or null when that is not known
   */
  static Optional<FcError> ofApi(RunError error, RuntimeSpec ran) {
    return Optional.ofNullable(code(error, ran))
        .map(code -> new FcError(code.status(), code.code(), error.describe()));
  }

  private static Code code(RunError error, RuntimeSpec ran) {
    return switch (error.kind()) {
      case PLATFORM -> PLATFORM.getOrDefault(error.type(), INTERNAL);
      case FUNCTION, TIMEOUT, CRASH -> isCustom(ran) ? CUSTOM_START.get(error.type()) : null;
      case BAD_RESPONSE -> speaksHttp(ran) && isGarbage(error) ? BAD_RESPONSE : null;
    };
  }

  private static boolean isCustom(RuntimeSpec ran) {
    return ran instanceof Managed managed && !managed.language().hasHandler();
  }

  private static boolean speaksHttp(RuntimeSpec ran) {
    return isCustom(ran) || ran instanceof RuntimeSpec.Http;
  }

  private static boolean isGarbage(RunError error) {
    return !error.type().equals("ResultTooLarge");
  }

  /** {@code X-Fc-Error-Type} of a failure of the function. */
  static String type(RunError error) {
    return error.handled() ? "HandledInvocationError" : "UnhandledInvocationError";
  }
}
