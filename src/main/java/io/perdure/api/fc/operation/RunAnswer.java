package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.perdure.api.JsonOut;
import io.perdure.api.LogTail;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Target;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.InvokeOutcome;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Locale;

/**
 * The answer to whoever waited for a run (spec alibaba-fc, 5.3). Pure.
 *
 * @param call that asked for it
 * @param ran the function in the version that ran; null when it is not known any more
 */
record RunAnswer(FcCall call, Function ran) {
  private static final String BYTES = "application/octet-stream";
  private static final String JSON = "application/json";
  private static final double MB = 1024.0 * 1024.0;
  private static final int EXPECTED_BYTES = 512;

  /** What a function tells of its failure is looked at up to this size. */
  private static final int ERROR_BYTES_MAX = 256 * 1024;

  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * Of {@code outcome}.
   *
   * @throws FcError when it has not ended, or the function has not answered at all
   */
  FcReply of(InvokeOutcome outcome) {
    Invocation run = outcome.invocation();
    try {
      return described(reply(outcome), outcome);
    } catch (FcError e) {
      throw e.withRequestId(run.shownRequestId());
    }
  }

  private FcReply reply(InvokeOutcome outcome) {
    Invocation run = outcome.invocation();
    return switch (run.status()) {
      case SUCCEEDED -> FcReply.bytes(BYTES, Buffer.buffer(outcome.result()));
      case FAILED -> failed(run, outcome.result());
      case STOPPED ->
          throw new FcError(
              412,
              "AsyncInvocationStopped",
              "The invocation for " + name(run) + " has been stopped");
      case EXPIRED, INVALID -> throw notRun(run);
      case ENQUEUED, RUNNING, RETRYING, STOPPING ->
          throw new FcError(
              500,
              "InternalServerError",
              "The invocation "
                  + run.shownRequestId()
                  + " has not ended within the longest time the server waits for one; it goes on");
    };
  }

  private String name(Invocation run) {
    String service = call.generation().hasServices() ? run.namespace() + ":" : "";
    return service + run.function() + ":" + run.shownRequestId();
  }

  private FcError notRun(Invocation run) {
    String type = run.error() == null ? "" : run.error().type();
    if (type.equals("FunctionDeleted")) {
      Target target = call.target();
      return Missing.function(call.generation(), target);
    }
    if (type.equals("QualifierNotFound")) {
      return Missing.qualifier(run.qualifier());
    }
    return new FcError(500, "InternalServerError", "The invocation was not run: " + run.reason());
  }

  private FcReply failed(Invocation run, byte[] result) {
    RunError error = run.error();
    RunErrors.ofApi(error, ran == null ? null : ran.runtime())
        .ifPresent(
            refused -> {
              throw refused;
            });
    FcReply reply;
    if (result.length > 0) {
      reply = FcReply.bytes(isObject(result) ? JSON : BYTES, Buffer.buffer(result));
    } else {
      reply = FcReply.bytes(JSON, told(run, error));
    }
    return reply.with("X-Fc-Error-Type", RunErrors.type(error));
  }

  /** Of a failure that the function itself said nothing of. */
  private Buffer told(Invocation run, RunError error) {
    return JsonOut.object(
        EXPECTED_BYTES,
        json -> {
          switch (error.kind()) {
            case TIMEOUT -> json.writeStringField("errorMessage", timedOut(run, error));
            case CRASH -> json.writeStringField("errorMessage", exited(run, error));
            case FUNCTION, BAD_RESPONSE, PLATFORM -> {
              json.writeStringField("errorMessage", error.message());
              json.writeStringField("errorType", error.type());
            }
          }
        });
  }

  private String timedOut(Invocation run, RunError error) {
    boolean start = error.type().equals("InitTimeout");
    long millis =
        ran == null
            ? AttemptView.lastDurationMillis(run)
            : start && ran.runtime() instanceof Managed managed
                ? managed.initTimeoutMillis()
                : ran.timeoutMillis();
    String seconds = BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
    return "Function "
        + (start ? "initialization " : "")
        + "timed out after "
        + seconds
        + " seconds (maxMemoryUsage: "
        + wholeMb(run)
        + "MB)";
  }

  private static String exited(Invocation run, RunError error) {
    String plain =
        "Process exited unexpectedly before completing request (duration: "
            + AttemptView.lastDurationMillis(run)
            + "ms, maxMemoryUsage: "
            + wholeMb(run)
            + "MB)";
    return error.type().equals("ProcessExit") ? plain : plain + ": " + error.describe();
  }

  private static long wholeMb(Invocation run) {
    return (long) Math.ceil(run.memoryBytes() / MB);
  }

  private static boolean isObject(byte[] bytes) {
    if (bytes.length > ERROR_BYTES_MAX) {
      return false;
    }
    try (JsonParser json = FACTORY.createParser(bytes)) {
      boolean object = json.nextToken() == JsonToken.START_OBJECT;
      json.skipChildren();
      return object && json.nextToken() == null;
    } catch (IOException e) {
      return false; // a text of the function's own
    }
  }

  private FcReply described(FcReply reply, InvokeOutcome outcome) {
    Invocation run = outcome.invocation();
    FcReply described =
        reply
            .withRequestId(run.shownRequestId())
            .with("X-Fc-Invocation-Service-Version", version(run))
            .with("X-Fc-Invocation-Duration", Long.toString(AttemptView.lastDurationMillis(run)));
    if (outcome.log().length > 0) {
      byte[] tail = LogTail.of(outcome.log(), LogTail.BYTES);
      described = described.with("X-Fc-Log-Result", Base64.getEncoder().encodeToString(tail));
    }
    if (run.memoryBytes() > 0) {
      described =
          described.with(
              "X-Fc-Max-Memory-Usage", String.format(Locale.ROOT, "%.2f", run.memoryBytes() / MB));
    }
    return ran != null && ran.runtime() instanceof Managed managed
        ? described
            .with("X-Fc-Instance-Id", run.instance())
            .with("X-Fc-Code-Checksum", managed.code() == null ? null : managed.code().crc64())
        : described;
  }

  private static String version(Invocation run) {
    return run.version() == null ? Invocation.LATEST : run.version();
  }
}
