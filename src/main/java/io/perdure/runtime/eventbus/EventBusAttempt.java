package io.perdure.runtime.eventbus;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.InvocationId;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.function.BiConsumer;

/** An attempt that waits for its reply. */
final class EventBusAttempt implements Running {
  private static final System.Logger LOG = System.getLogger(EventBusAttempt.class.getName());

  private final EventBus events;
  private final InvocationId id;
  private final long epoch;
  private final int attempt;
  private final String address;
  private final Future<Outcome> outcome;
  private MessageConsumer<Object> acknowledgements; // null until a stop is asked for

  EventBusAttempt(EventBus events, Call call, String address, Future<Outcome> outcome) {
    this.events = events;
    // Not the call: its payload may be large, and the attempt may run for long.
    this.id = call.invocation().id();
    this.epoch = call.epoch();
    this.attempt = call.attempt();
    this.address = address;
    this.outcome = outcome;
  }

  @Override
  public String instance() {
    return address;
  }

  @Override
  public Future<Outcome> outcome() {
    return outcome;
  }

  @Override
  public void stop(StopMode mode, long graceMillis, BiConsumer<StopStep, String> steps) {
    if (outcome.isComplete()) {
      return;
    }
    String ack = "perdure.stop-ack." + id + "." + epoch + "." + attempt;
    String to = address + ".stop";
    JsonObject message =
        new JsonObject()
            .put("id", id.toString())
            .put("attempt", attempt)
            .put("mode", mode.name().toLowerCase(Locale.ROOT))
            .put("graceMs", graceMillis)
            .put("ack", ack);
    listen(ack, steps)
        .onComplete(
            listening -> {
              if (outcome.isComplete()) {
                return;
              }
              events.publish(to, message);
              steps.accept(StopStep.DELIVERED, "published to " + to);
            });
  }

  /** The answer is awaited before anybody can give it; the address goes with the attempt. */
  private Future<Void> listen(String ack, BiConsumer<StopStep, String> steps) {
    if (acknowledgements == null) {
      acknowledgements = events.consumer(ack);
      MessageConsumer<Object> consumer = acknowledgements;
      outcome.onComplete(
          ended ->
              consumer
                  .unregister()
                  .onFailure(e -> LOG.log(WARNING, "cannot unregister " + ack + ", ignored", e)));
    }
    acknowledgements.handler(
        message ->
            steps.accept(
                StopStep.ACKNOWLEDGED,
                message.body() instanceof String text && !text.isEmpty() ? text : "by " + address));
    return acknowledgements.completion();
  }
}
