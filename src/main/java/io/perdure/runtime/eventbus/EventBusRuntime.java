package io.perdure.runtime.eventbus;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.LargeCopies;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.ResultRoom;
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
  private final Nearest nearest;

  /** A runtime on the event bus of {@code vertx}, clustered or not. */
  public EventBusRuntime(Vertx vertx) {
    this.events = vertx.eventBus();
    this.nearest = new Nearest(vertx);
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
    ResultRoom room = call.room();
    Future<Outcome> outcome =
        LargeCopies.of(call.payload().length, () -> Buffer.buffer(call.payload()))
            .compose(payload -> nearest.request(address, payload, options))
            .transform(reply -> outcome(reply, address, function, room));
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

  private static Future<Outcome> outcome(
      AsyncResult<Message<Object>> reply, String address, Function function, ResultRoom room) {
    if (reply.failed()) {
      return Future.succeededFuture(failed(reply.cause(), address, function));
    }
    Object body = reply.result().body();
    return body instanceof Buffer buffer
        ? answered(buffer, room)
        : Future.succeededFuture(answered(body, room));
  }

  private static Future<Outcome> answered(Buffer buffer, ResultRoom room) {
    return room.admits(buffer.length())
        ? LargeCopies.of(buffer.length(), buffer::getBytes)
            .map(result -> new Outcome.Succeeded(result, Outcome.NOTHING))
        : Future.succeededFuture(Outcomes.resultTooLarge(room, Outcome.NOTHING));
  }

  private static Outcome answered(Object body, ResultRoom room) {
    byte[] result;
    if (body == null) {
      result = Outcome.NOTHING;
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
    return room.admits(result.length)
        ? new Outcome.Succeeded(result, Outcome.NOTHING)
        : Outcomes.resultTooLarge(room, Outcome.NOTHING);
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
