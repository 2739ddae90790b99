package io.perdure.runtime.managed.pool;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import java.util.Locale;

/**
 * The lines a cloud puts around what a function logs: for SCF as its documentation of log fields
 * shows them (spec tencent-scf, sections 9.7 and 5.1), for FC as its log tail has them (spec
 * alibaba-fc, section 5.3); the native API adds nothing. Pure.
 */
final class LogText {
  private static final double MB = 1024.0 * 1024.0;

  private LogText() {}

  /**
   * How long the parts of a cold start took, in milliseconds.
   *
   * @param code having the code in its directory
   * @param process until there is a process
   * @param function until that takes calls
   */
  record ColdStart(long code, long process, long function) {
    long total() {
      return code + process + function;
    }
  }

  /**
   * How a call went.
   *
   * @param error null when it succeeded
   * @param memoryBytes most memory its instance used
   */
  record Ended(RunError error, long durationMillis, int memoryMb, long memoryBytes) {}

  /**
   * What comes before anything the function logs.
   *
   * @param requestId as the function was told it
   * @param cold null for a call that found its instance warm
   */
  static String before(
      Flavour flavour, String requestId, ColdStart cold, int memoryMb, long memoryBytes) {
    return switch (flavour) {
      case NATIVE -> "";
      case SCF ->
          (cold == null ? "" : initReport(requestId, cold, memoryMb, memoryBytes))
              + "START RequestId: "
              + requestId
              + "\nEvent RequestId: "
              + requestId
              + "\n";
      case FC2, FC3 -> "FC Invoke Start RequestId: " + requestId + "\n";
    };
  }

  /**
   * What a wish to end, made while the call runs, leaves in its log.
   *
   * @param received whether it reached the function's process; what that makes of it is shown by
   *     how the call ends
   */
  static String signal(Flavour flavour, boolean received) {
    if (flavour != Flavour.SCF) {
      return "";
    }
    return received
        ? "[PLATFORM] Signal received successfully.\n"
        : "[PLATFORM] Signal reception failed.\n";
  }

  /** What follows at the end. */
  static String after(Flavour flavour, String requestId, Ended ended) {
    return switch (flavour) {
      case NATIVE -> "";
      case SCF ->
          (ended.error() == null
                  ? ""
                  : "ERROR RequestId:" + requestId + " Result:" + ended.error().message() + "\n")
              + "END RequestId: "
              + requestId
              + "\nReport RequestId: "
              + requestId
              + " Duration:"
              + ended.durationMillis()
              + "ms Memory:"
              + ended.memoryMb()
              + "MB MemUsage:"
              + String.format(Locale.ROOT, "%.4fMB\n", ended.memoryBytes() / MB);
      case FC2, FC3 -> "FC Invoke End RequestId: " + requestId + "\n";
    };
  }

  private static String initReport(
      String requestId, ColdStart cold, int memoryMb, long memoryBytes) {
    return String.format(
        Locale.ROOT,
        "Init Report RequestId: %s Coldstart: %dms (PullCode: %dms InitRuntime: %dms"
            + " InitFunction: %dms) Memory: %dMB MemUsage: %.2fMB\n",
        requestId,
        cold.total(),
        cold.code(),
        cold.process(),
        cold.function(),
        memoryMb,
        memoryBytes / MB);
  }
}
