package io.perdure.api.scf.action;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import java.util.Map;
import java.util.Set;

/** Status codes of runs, by what ended them (spec tencent-scf, 6.2). */
enum StatusCode {
  SUCCESS(200, "Success"),
  INVALID_PARAMETER(400, "InvalidParameterValue"),
  CONTAINER_EXITED(405, "ContainerStateExited"),
  RESPONSE_TOO_LARGE(407, "Size of response exceeds 6MB"),
  USER_CODE(430, "user code exception caught"),
  RESOURCE_LIMIT(432, "ResourceLimitReached"),
  TIME_LIMIT(433, "TimeLimitReached"),
  MEMORY_LIMIT(434, "MemoryLimitReached"),
  FUNCTION_NOT_FOUND(435, "FunctionNotFound"),
  HANDLER_NOT_FOUND(437, "HandlerNotFound"),
  FUNCTION_STATUS(438, "FunctionStatusError"),
  PROCESS_EXIT(439, "User process exit when running"),
  QUALIFIER_NOT_FOUND(442, "QualifierNotFound"),
  CONTAINER_INIT(445, "ContainerInitError"),
  PORT_BINDING(446, "PortBindingFailed"),
  INIT_TIMEOUT(450, "InitContainerTimeout"),
  CANCELED(499, "RequestCanceled"),
  INTERNAL(500, "InternalError");

  /** Of events that have not ended; no code of the cloud's table. */
  static final int RUNNING = 0;

  private static final Map<String, StatusCode> BY_TYPE =
      Map.ofEntries(
          Map.entry("Timeout", TIME_LIMIT),
          Map.entry("InitTimeout", INIT_TIMEOUT),
          Map.entry("PortNotBound", PORT_BINDING),
          Map.entry("ProcessExit", PROCESS_EXIT),
          Map.entry("InstanceStopped", PROCESS_EXIT),
          Map.entry("OutOfMemory", MEMORY_LIMIT),
          Map.entry("InitExit", CONTAINER_EXITED),
          Map.entry("BootstrapMissing", CONTAINER_EXITED),
          Map.entry("BootstrapNotExecutable", CONTAINER_EXITED),
          Map.entry("ResultTooLarge", RESPONSE_TOO_LARGE),
          Map.entry("HandlerNotFound", HANDLER_NOT_FOUND),
          Map.entry("CodeUnusable", HANDLER_NOT_FOUND),
          Map.entry("CannotStart", CONTAINER_INIT),
          Map.entry("ConcurrencyExceeded", RESOURCE_LIMIT),
          Map.entry("EventAgeExceeded", RESOURCE_LIMIT),
          Map.entry("Paused", FUNCTION_STATUS),
          Map.entry("FunctionDeleted", FUNCTION_NOT_FOUND),
          Map.entry("QualifierNotFound", QUALIFIER_NOT_FOUND),
          Map.entry("InvalidParameterValue", INVALID_PARAMETER));

  /** Types of the platform's that come as failures of the function; others it names itself. */
  private static final Set<String> OF_FUNCTION =
      Set.of("HandlerNotFound", "CodeUnusable", "BootstrapMissing", "BootstrapNotExecutable");

  private final int number;
  private final String text;

  StatusCode(int number, String text) {
    this.number = number;
    this.text = text;
  }

  int number() {
    return number;
  }

  /** What the cloud calls it. */
  String text() {
    return text;
  }

  /** The code of an event as it is now. */
  static int numberOf(Invocation invocation) {
    return invocation.status().terminal() ? of(invocation).number : RUNNING;
  }

  /** Of an invocation that has ended. */
  static StatusCode of(Invocation ended) {
    return switch (EventState.of(ended.status())) {
      case FINISHED -> SUCCESS;
      case ABORTED -> CANCELED;
      case RUNNING, FAILED -> ended.error() == null ? INTERNAL : of(ended.error());
    };
  }

  /** Of a failed attempt. */
  static StatusCode of(RunError error) {
    return switch (error.kind()) {
      case FUNCTION -> OF_FUNCTION.contains(error.type()) ? BY_TYPE.get(error.type()) : USER_CODE;
      case BAD_RESPONSE -> BY_TYPE.getOrDefault(error.type(), USER_CODE);
      case TIMEOUT -> BY_TYPE.getOrDefault(error.type(), TIME_LIMIT);
      case CRASH -> BY_TYPE.getOrDefault(error.type(), PROCESS_EXIT);
      case PLATFORM -> BY_TYPE.getOrDefault(error.type(), INTERNAL);
    };
  }

  /**
   * Of an attempt of which no more is known than the type of its error.
   *
   * @param platform whether it was no failure of the function
   */
  static StatusCode of(String type, boolean platform) {
    return BY_TYPE.getOrDefault(type, platform ? INTERNAL : USER_CODE);
  }
}
