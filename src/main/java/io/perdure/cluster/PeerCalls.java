package io.perdure.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What nodes tell each other about themselves: asked of one by its name, or told to all. JSON and
 * not messages with types, since nodes of different versions have to understand this much of each
 * other. Thread-safe; handlers run on the context that registered them.
 */
final class PeerCalls {
  private final Vertx vertx;
  private final List<MessageConsumer<?>> consumers = new ArrayList<>(); // guarded by itself

  PeerCalls(Vertx vertx) {
    this.vertx = vertx;
  }

  /** What {@code node} answers; fails when it does not within {@code timeoutMillis}. */
  Future<JsonObject> ask(String what, String node, long timeoutMillis) {
    return vertx
        .eventBus()
        .<JsonObject>request(
            what + "@" + node,
            new JsonObject(),
            new DeliveryOptions().setSendTimeout(timeoutMillis))
        .map(answer -> answer.body());
  }

  /** Answers as {@code node}. */
  Future<Void> serve(String what, String node, Supplier<Future<JsonObject>> answer) {
    MessageConsumer<JsonObject> consumer = vertx.eventBus().consumer(what + "@" + node);
    keep(consumer);
    consumer.handler(
        asked ->
            answer.get().onSuccess(asked::reply).onFailure(e -> asked.fail(1, e.getMessage())));
    return consumer.completion();
  }

  /** Tells everybody who hears {@code topic}, this node among them. */
  void tell(String topic, JsonObject news) {
    vertx.eventBus().publish(topic, news);
  }

  /** Hears what is told under {@code topic}. */
  Future<Void> hear(String topic, Consumer<JsonObject> handler) {
    MessageConsumer<JsonObject> consumer = vertx.eventBus().consumer(topic);
    keep(consumer);
    consumer.handler(told -> handler.accept(told.body()));
    return consumer.completion();
  }

  private void keep(MessageConsumer<?> consumer) {
    synchronized (consumers) {
      consumers.add(consumer);
    }
  }

  /** Answers and hears no more. */
  Future<Void> close() {
    List<Future<Void>> ends = new ArrayList<>();
    synchronized (consumers) {
      consumers.forEach(consumer -> ends.add(consumer.unregister()));
      consumers.clear();
    }
    return Future.join(ends).mapEmpty();
  }
}
