package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.JsonOut;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.StringJoiner;

/**
 * What a run returned, as this API tells it (spec tencent-scf, 9.6). Pure.
 *
 * @param retMsg the result as text, of a function the JSON it returned; of a failure the object
 *     that describes it
 * @param errMsg the stack trace or a message, empty for a success
 */
record Returned(StatusCode code, String retMsg, String errMsg) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What runs return is cut at the node's limit; what describes a failure is shorter. */
  private static final int ERROR_BYTES_MAX = 1 << 20;

  private static final int EXPECTED_BYTES = 512;

  /**
   * Of an invocation that has ended.
   *
   * @param result what its last attempt answered
   * @param function that ran it, as it was; null when that is not known any more
   */
  static Returned of(Invocation ended, byte[] result, ScfFunction function) {
    StatusCode code = StatusCode.of(ended);
    if (code == StatusCode.SUCCESS) {
      return new Returned(code, new String(result, UTF_8), "");
    }
    RunError error =
        ended.error() == null || code == StatusCode.CANCELED
            ? new RunError(Kind.PLATFORM, "", "")
            : ended.error();
    return failure(ended.id(), code, error, stack(result, error), function);
  }

  /** Of an attempt that others have followed: of its failure only the beginning is known. */
  static Returned of(InvocationId id, AttemptView attempt, ScfFunction function) {
    boolean platform = attempt.outcome() == AttemptView.Outcome.PLATFORM_FAILED;
    Kind kind = platform ? Kind.PLATFORM : Kind.FUNCTION;
    RunError error = new RunError(kind, attempt.errorType(), attempt.errorMessage());
    StatusCode code = StatusCode.of(error.type(), platform);
    return failure(id, code, error, error.describe(), function);
  }

  private static Returned failure(
      InvocationId id, StatusCode code, RunError error, String stack, ScfFunction function) {
    boolean traced = code == StatusCode.USER_CODE;
    String message = message(code, error, function);
    String retMsg =
        JsonOut.object(
                EXPECTED_BYTES,
                json -> {
                  json.writeNumberField("errorCode", -1);
                  json.writeStringField("errorMessage", message);
                  json.writeStringField("requestId", id.toString());
                  if (traced) {
                    json.writeStringField("stackTrace", stack);
                  }
                  json.writeNumberField("statusCode", code.number());
                })
            .toString(UTF_8)
            .strip();
    return new Returned(code, retMsg, traced ? stack : message);
  }

  private static String message(StatusCode code, RunError error, ScfFunction function) {
    boolean quota = error.type().equals("ConcurrencyExceeded");
    return switch (code) {
      case USER_CODE, RESPONSE_TOO_LARGE, CANCELED, PROCESS_EXIT -> code.text();
      case TIME_LIMIT -> function == null ? code.text() : timedOut(function);
      case RESOURCE_LIMIT ->
          quota && function != null ? overQuota(function) : detailed(code, error);
      default -> detailed(code, error);
    };
  }

  private static String detailed(StatusCode code, RunError error) {
    return error.message().isEmpty() ? code.text() : code.text() + ": " + error.message();
  }

  /** Text of the cloud's that names how much memory all instances may have at once. */
  private static String overQuota(ScfFunction function) {
    long quota =
        function.reserves()
            ? function.reservedMemory()
            : (long) function.function().concurrency() * function.memoryMb();
    return "Function [ "
        + function.function().name()
        + " ] concurrency exceeded "
        + (function.reserves() ? "reserved quota " : "region unreserved quota ")
        + quota
        + " MB";
  }

  private static String timedOut(ScfFunction function) {
    BigDecimal seconds = BigDecimal.valueOf(function.function().timeoutMillis(), 3);
    return "Invoking task timed out after "
        + seconds.stripTrailingZeros().toPlainString()
        + " seconds";
  }

  /** The stack trace that {@code result} tells of, else the error in a line. */
  private static String stack(byte[] result, RunError error) {
    String line = error.describe();
    if (result.length == 0 || result.length > ERROR_BYTES_MAX) {
      return line;
    }
    try {
      JsonNode stack = JSON.readTree(result).path("stackTrace");
      StringJoiner lines = new StringJoiner("\n");
      stack.forEach(frame -> lines.add(frame.isTextual() ? frame.textValue() : frame.toString()));
      String all = stack.isTextual() ? stack.textValue() : lines.toString();
      // Python's begins with the error, other languages tell of the frames alone.
      return all.contains(error.message()) && !all.isEmpty() ? all : (line + "\n" + all).strip();
    } catch (JacksonException e) {
      return line; // a program's own text, which is the message already
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory could not be read", e);
    }
  }
}
