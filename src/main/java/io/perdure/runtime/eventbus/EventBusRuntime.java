package io.perdure.runtime.eventbus;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.Running;
import io.perdure.runtime.TraceParent;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** Sends the payload to an event-bus address and takes the reply as result. */
public final class EventBusRuntime implements FunctionRuntime {
  /**
   * How much longer than the function's own time limit an answer is awaited, 60 s. The executor's
   * clock decides about the limit; this one only frees the reply handler of an attempt that was
   * given up, and decides when that clock stands still.
   */
  private static final long BEYOND_LIMIT_MILLIS = 60_000;

  private final EventBus events;

  /** A runtime on the event bus of {@code vertx}, clustered or not. */
  public EventBusRuntime(Vertx vertx) {
    this.events = vertx.eventBus();
  }

  /** The address of a function that names none. */
  public static String defaultAddress(String namespace, String function) {
    return "perdure.fn." + namespace + "." + function;
  }

  @Override
  public Running start(Call call) {
    Function function = call.function();
    String address = address(function);
    Invocation invocation = call.invocation();
    DeliveryOptions options =
        new DeliveryOptions()
            .setSendTimeout(function.timeoutMillis() + BEYOND_LIMIT_MILLIS)
            .addHeader("id", invocation.id().toString())
            .addHeader("attempt", Integer.toString(call.attempt()))
            .addHeader("function", function.name())
            .addHeader("namespace", function.namespace())
            .addHeader("deadline", Long.toString(call.deadline()));
    TraceParent.child(invocation.traceparent())
        .ifPresent(trace -> options.addHeader("traceparent", trace));
    int bytesMax = call.resultBytesMax();
    Future<Outcome> outcome =
        events
            .<Object>request(address, Buffer.buffer(call.payload()), options)
            .transform(
                reply -> Future.succeededFuture(outcome(reply, address, function, bytesMax)));
    return new EventBusAttempt(events, call, address, outcome);
  }

  /** A handler runs in somebody else's thread: nothing ends it but itself. */
  @Override
  public boolean endsByForce() {
    return false;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private static String address(Function function) {
    RuntimeSpec.EventBus spec = (RuntimeSpec.EventBus) function.runtime();
    return spec.address() == null || spec.address().isEmpty()
        ? defaultAddress(function.namespace(), function.name())
        : spec.address();
  }

  private static Outcome outcome(
      AsyncResult<Message<Object>> reply, String address, Function function, int bytesMax) {
    return reply.succeeded()
        ? answered(reply.result().body(), bytesMax)
        : failed(reply.cause(), address, function);
  }

  private static Outcome answered(Object body, int bytesMax) {
    byte[] result;
    if (body == null) {
      result = Outcome.NOTHING;
    } else if (body instanceof Buffer buffer) {
      result = buffer.getBytes();
    } else if (body instanceof byte[] bytes) {
      result = bytes;
    } else if (body instanceof String text) {
      result = text.getBytes(StandardCharsets.UTF_8);
    } else if (body instanceof JsonObject json) {
      result = json.toBuffer().getBytes();
    } else if (body instanceof JsonArray json) {
      result = json.toBuffer().getBytes();
    } else {
      return Outcomes.failed(
          RunError.Kind.BAD_RESPONSE,
          "UnsupportedReply",
          "a reply is a Buffer, byte[], String, JsonObject, JsonArray or null, not "
              + body.getClass().getName());
    }
    return result.length > bytesMax
        ? Outcomes.resultTooLarge(bytesMax, Outcome.NOTHING)
        : new Outcome.Succeeded(result, Outcome.NOTHING);
  }

  private static Outcome failed(Throwable cause, String address, Function function) {
    if (!(cause instanceof ReplyException reply)) {
      return Outcomes.platform("EventBus", "cannot send to " + address + ": " + cause);
    }
    return switch (reply.failureType()) {
      case NO_HANDLERS -> Outcomes.platform("NoHandler", "no verticle serves " + address);
      case RECIPIENT_FAILURE ->
          Outcomes.failed(
              RunError.Kind.FUNCTION, "EventBus " + reply.failureCode(), reply.getMessage());
      case TIMEOUT ->
          Outcomes.failed(
              RunError.Kind.TIMEOUT,
              "Timeout",
              "ran longer than " + function.timeoutMillis() + " ms");
      case ERROR -> Outcomes.failed(RunError.Kind.CRASH, "EventBusError", reply.getMessage());
    };
  }
}
