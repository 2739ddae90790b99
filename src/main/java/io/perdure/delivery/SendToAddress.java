package io.perdure.delivery;

import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Invocation;
import io.perdure.runtime.TraceParent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;

/** Sends to an event-bus address; any reply acknowledges. */
final class SendToAddress implements Send<ToAddress> {
  private final EventBus events;
  private final Duration timeout;

  /**
   * On the event bus of {@code vertx}.
   *
   * @param timeout how long a reply is awaited
   */
  SendToAddress(Vertx vertx, Duration timeout) {
    this.events = vertx.eventBus();
    this.timeout = timeout;
  }

  @Override
  public Future<DeliveryOutcome> send(ToAddress to, Invocation of, int attempt, byte[] event) {
    DeliveryOptions options =
        new DeliveryOptions()
            .setSendTimeout(timeout.toMillis())
            .addHeader("id", of.id().toString())
            .addHeader("attempt", Integer.toString(attempt))
            .addHeader("function", of.function())
            .addHeader("namespace", of.namespace())
            .addHeader("status", of.status().name());
    TraceParent.child(of.traceparent()).ifPresent(trace -> options.addHeader("traceparent", trace));
    return events
        .<Object>request(to.address(), Buffer.buffer(event), options)
        .<DeliveryOutcome>map(reply -> new DeliveryOutcome.Succeeded(attempt, "replied"))
        .otherwise(cause -> new DeliveryOutcome.Failed(attempt, why(to, cause), false, 0));
  }

  private String why(ToAddress to, Throwable cause) {
    if (!(cause instanceof ReplyException reply)) {
      return "cannot send to " + to.address() + ": " + cause;
    }
    return switch (reply.failureType()) {
      case NO_HANDLERS -> "no verticle serves " + to.address();
      case TIMEOUT -> "no reply within " + timeout.toMillis() + " ms";
      case RECIPIENT_FAILURE -> "refused (" + reply.failureCode() + "): " + reply.getMessage();
      case ERROR -> "the event bus failed: " + reply.getMessage();
    };
  }
}
