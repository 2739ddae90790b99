package io.perdure.runtime.managed.shim;

import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Call;
import io.perdure.runtime.CallHeaders;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.TraceParent;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/** The JSON in the frames between server and shim. */
final class ShimMessages {
  private ShimMessages() {}

  /** Body of INIT. */
  static Buffer init(Blueprint of, Regions regions) {
    Function function = of.function();
    Managed spec = of.spec();
    JsonObject about =
        new JsonObject()
            .put("name", function.name())
            .put("namespace", namespace(function))
            .put("version", function.version())
            .put("qualifier", function.version())
            .put("memoryMb", spec.memoryMb())
            .put("timeoutMs", function.timeoutMillis())
            .put("accountId", function.account())
            .put("region", regions.of(function.flavour()))
            .put("instanceId", of.instance());
    return new JsonObject()
        .put("flavour", function.flavour().name().toLowerCase(Locale.ROOT))
        .put("language", spec.language().kind())
        .put("runtime", spec.name())
        .put("handler", spec.handler())
        .put("initializer", spec.initializer())
        .put("preStop", spec.preStop() == null ? null : spec.preStop().handler())
        .put("codeDirectory", of.code().toString())
        .put("concurrency", spec.instanceConcurrency())
        .put("resultBytesMax", of.resultBytesMax())
        .put("function", about)
        .toBuffer();
  }

  /** JSON in the body of CALL. */
  static Buffer call(Call call, long deadline) {
    Invocation invocation = call.invocation();
    return new JsonObject()
        .put("requestId", CallHeaders.requestId(call))
        .put("deadlineMs", deadline)
        .put("attempt", call.attempt())
        .put("retryCount", call.attempt() - 1)
        .put("qualifier", invocation.qualifier())
        .put("traceparent", TraceParent.child(invocation.traceparent()).orElse(null))
        .put("resultBytesMax", call.room().bytesMax())
        .toBuffer();
  }

  /** The service of a function of Function Compute 3.0 is none, wherever its record is kept. */
  private static String namespace(Function function) {
    return function.flavour() == Flavour.FC3 ? "" : function.namespace();
  }

  /** What INIT_FAILED says; empty when it is nonsense. */
  static Optional<StartFailure> initFailed(Buffer body, int resultBytesMax) {
    return read(body)
        .filter(said -> said.kind().equals("InitError") || said.kind().equals("HandlerNotFound"))
        .map(
            said -> {
              String message =
                  said.kind().equals("InitError") && !said.type().isEmpty()
                      ? said.type() + ": " + said.message()
                      : said.message();
              return new StartFailure(
                  new RunError(Kind.FUNCTION, said.kind(), message), said.result(resultBytesMax));
            });
  }

  /** What ERROR says; empty when it is nonsense. */
  static Optional<Raised> error(Buffer body, ResultRoom room, int resultBytesMax) {
    return read(body).flatMap(said -> raised(said, room, resultBytesMax));
  }

  private static Optional<Raised> raised(Said said, ResultRoom room, int resultBytesMax) {
    Buffer result = said.result(resultBytesMax);
    return switch (said.kind()) {
      case "Function" -> {
        RunError error = new RunError(Kind.FUNCTION, said.type(), said.message(), said.handled());
        yield Optional.of(new Raised(error, result, said.fatal()));
      }
      case "OutOfMemory" -> {
        RunError error = new RunError(Kind.CRASH, "OutOfMemory", said.message());
        yield Optional.of(new Raised(error, result, true));
      }
      case "BadResponse" -> {
        RunError error = new RunError(Kind.BAD_RESPONSE, "BadResponse", said.message());
        yield Optional.of(new Raised(error, result, false));
      }
      case "ResultTooLarge" -> Optional.of(tooLarge(room));
      default -> Optional.empty();
    };
  }

  /** The result is larger than it may be. */
  static Raised tooLarge(ResultRoom room) {
    RunError error = Outcomes.resultTooLarge(room, new byte[0]).error();
    return raised(error, false, room.bytesMax());
  }

  /** The instance spoke nonsense. */
  static Raised nonsense(String what, int resultBytesMax) {
    RunError error = new RunError(Kind.BAD_RESPONSE, "BadResponse", what);
    return raised(error, true, resultBytesMax);
  }

  private static Raised raised(RunError error, boolean fatal, int resultBytesMax) {
    Said said = new Said("", error.type(), error.message(), new JsonArray(), false, fatal);
    return new Raised(error, said.result(resultBytesMax), fatal);
  }

  private static Optional<Said> read(Buffer body) {
    try {
      JsonObject json = new JsonObject(body);
      return Optional.of(
          new Said(
              json.getString("kind", ""),
              text(json, "errorType"),
              text(json, "errorMessage"),
              json.getJsonArray("stackTrace"),
              json.getBoolean("handled", false),
              json.getBoolean("fatal", false)));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      return Optional.empty();
    }
  }

  private static String text(JsonObject json, String key) {
    String value = json.getString(key);
    return value == null ? "" : value;
  }

  /**
   * What a shim says of a failure.
   *
   * @param stack null when there can be none, as with an error that is a mere text
   * @param fatal whether the instance ends after it
   */
  private record Said(
      String kind, String type, String message, JsonArray stack, boolean handled, boolean fatal) {
    /** The object kept as the result, without its stack or less when there is no room for it. */
    Buffer result(int bytesMax) {
      JsonObject json = new JsonObject().put("errorMessage", message);
      if (!type.isEmpty()) {
        json.put("errorType", type);
      }
      JsonObject whole = stack == null ? json : json.copy().put("stackTrace", stack);
      Buffer bytes = whole.toBuffer();
      if (bytes.length() <= bytesMax) {
        return bytes;
      }
      Buffer less = json.put("stackTrace", new JsonArray()).toBuffer();
      return less.length() <= bytesMax ? less : Buffer.buffer();
    }
  }
}
