package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the headers of InvokeFunction ask for (spec alibaba-fc, 5.1).
 *
 * @param async whether nobody waits for the result
 * @param logTail whether the end of the log is to be in the answer
 * @param taskId chosen by the caller, or null
 * @param tracked whether it is to be a task whatever is set for its function
 * @param delayMillis not to be started before that time from now
 */
record InvokeOptions(
    boolean async, boolean logTail, String taskId, boolean tracked, long delayMillis) {

  /** Task id of the generations with services, in requests and answers. */
  static final String INVOCATION_ID = "X-Fc-Stateful-Async-Invocation-Id";

  /** Task id of the newest generation. */
  static final String TASK_ID = "X-Fc-Async-Task-Id";

  private static final String TYPE = "X-Fc-Invocation-Type";
  private static final String LOG_TYPE = "X-Fc-Log-Type";
  private static final String ENABLE = "X-Fc-Stateful-Async-Invocation-Enable";
  private static final String DELAY = "X-Fc-Async-Delay";

  private static final int DELAY_SECONDS_MAX = 3_600;
  private static final Pattern ID = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  /** Reads them; fails with an {@link FcError} that says which is wrong. */
  static InvokeOptions of(FcCall call) {
    boolean async = async(value(call, TYPE));
    boolean logTail = logTail(value(call, LOG_TYPE), async);
    String idHeader = taskIdHeader(call);
    String taskId = value(call, idHeader);
    if (taskId != null && !ID.matcher(taskId).matches()) {
      throw FcError.invalid(
          idHeader,
          "1 to 128 letters, digits, underscores and hyphens, a letter or an underscore first");
    }
    return new InvokeOptions(
        async, logTail, taskId, tracked(value(call, ENABLE)), delay(value(call, DELAY), async));
  }

  /** The header that has the task id in the generation that is spoken. */
  static String taskIdHeader(FcCall call) {
    return call.generation().hasServices() ? INVOCATION_ID : TASK_ID;
  }

  private static String value(FcCall call, String header) {
    String value = call.header(header);
    return value == null || value.isEmpty() ? null : value;
  }

  private static boolean async(String type) {
    if (type == null || type.equals("Sync")) {
      return false;
    }
    if (type.equals("Async")) {
      return true;
    }
    throw FcError.invalid(
        "InvocationType is set to an invalid value (allowed: Sync | Async, actual: '"
            + type
            + "')");
  }

  private static boolean logTail(String type, boolean async) {
    if (type == null || type.equals("None")) {
      return false;
    }
    if (type.equals("Tail") && !async) {
      return true;
    }
    throw FcError.invalid(
        "LogType is set to an invalid value (allowed: "
            + (async ? "None" : "Tail | None")
            + ", actual: '"
            + type
            + "')");
  }

  private static boolean tracked(String enable) {
    return switch (enable == null ? "false" : enable.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw FcError.invalid(ENABLE, "true or false");
    };
  }

  private static long delay(String seconds, boolean async) {
    long delay = seconds == null ? 0 : seconds(seconds);
    if (delay > 0 && !async) {
      throw FcError.invalid(DELAY, "none, unless " + TYPE + " is Async");
    }
    return delay * 1_000;
  }

  private static long seconds(String text) {
    long seconds = SECONDS.matcher(text).matches() ? Long.parseLong(text) : Long.MAX_VALUE;
    if (seconds > DELAY_SECONDS_MAX) {
      throw FcError.invalid(DELAY, "whole seconds from 0 to " + DELAY_SECONDS_MAX);
    }
    return seconds;
  }
}
