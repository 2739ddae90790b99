package io.perdure.bus;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The event bus with types. Thread: any; handlers run on the context that registered them, answers
 * come back on the context that asked.
 */
public final class Bus {
  /** How long an answer may take unless the caller says otherwise. */
  public static final long TIMEOUT_MILLIS = 30_000;

  private static final System.Logger LOG = System.getLogger(Bus.class.getName());

  private final EventBus events;

  private Bus(EventBus events) {
    this.events = events;
  }

  /** The bus of {@code vertx}; registers the codec once. */
  public static Bus install(Vertx vertx) {
    EventBus events = vertx.eventBus();
    try {
      events.registerCodec(MessageBytes.CODEC);
    } catch (IllegalStateException alreadyRegistered) {
      return new Bus(events);
    }
    events.codecSelector(body -> body instanceof Message ? MessageBytes.CODEC.name() : null);
    return new Bus(events);
  }

  /** Asks and waits at most {@link #TIMEOUT_MILLIS} for the answer. */
  public <Q extends Message, R extends Message> Future<R> request(Address<Q, R> to, Q message) {
    return request(to, message, TIMEOUT_MILLIS);
  }

  /**
   * Asks and waits at most {@code timeoutMillis} for the answer. Fails with {@link
   * FailureException}: what was answered, or unavailable when nobody answers.
   */
  public <Q extends Message, R extends Message> Future<R> request(
      Address<Q, R> to, Q message, long timeoutMillis) {
    DeliveryOptions options = options(to).setSendTimeout(timeoutMillis);
    return events
        .<Message>request(to.name(), message, options)
        .transform(
            answer -> {
              if (answer.failed()) {
                return Future.failedFuture(new FailureException(unanswered(to, answer.cause())));
              }
              Message body = answer.result().body();
              return body instanceof Failed failed
                  ? Future.failedFuture(new FailureException(failed.failure()))
                  : Future.succeededFuture(to.reply().cast(body));
            });
  }

  /** Sends without waiting for an answer. */
  public <Q extends Message> void send(Address<? super Q, Done> to, Q message) {
    events.send(to.name(), message, options(to));
  }

  /** Sends to everybody who listens. */
  public <Q extends Message> void publish(Address<Q, Done> topic, Q message) {
    events.publish(topic.name(), message, options(topic));
  }

  /**
   * Serves requests. A failed future is answered as its {@link Failure}; anything else is a bug:
   * logged once, here, and answered as internal.
   */
  public <Q extends Message, R extends Message> Future<Void> serve(
      Address<Q, R> address, Function<Q, Future<R>> handler) {
    MessageConsumer<Message> consumer = consumer(address);
    consumer.handler(
        message -> {
          Future<R> answer;
          try {
            answer = handler.apply(address.request().cast(message.body()));
          } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
          }
          answer.onComplete(
              done ->
                  message.reply(
                      done.succeeded() ? done.result() : new Failed(failure(address, done.cause())),
                      options(address)));
        });
    return consumer.completion();
  }

  /** Listens to what is sent or published without waiting for an answer. */
  public <Q extends Message> Future<Void> listen(Address<Q, Done> address, Consumer<Q> handler) {
    MessageConsumer<Message> consumer = consumer(address);
    consumer.handler(
        message -> {
          try {
            handler.accept(address.request().cast(message.body()));
          } catch (RuntimeException e) {
            LOG.log(ERROR, "a message at " + address.name() + " was not processed", e);
          }
        });
    return consumer.completion();
  }

  /** The failure {@code cause} stands for; logs it when it is a bug. */
  public static Failure failure(Address<?, ?> where, Throwable cause) {
    if (cause instanceof FailureException e) {
      return e.failure();
    }
    String reference = UUID.randomUUID().toString();
    LOG.log(
        ERROR, "request at " + where.name() + " failed, answered as internal " + reference, cause);
    return new Failure.Internal(reference);
  }

  private MessageConsumer<Message> consumer(Address<?, ?> address) {
    return address.scope() == Address.Scope.NODE
        ? events.localConsumer(address.name())
        : events.consumer(address.name());
  }

  private static Failure unanswered(Address<?, ?> to, Throwable cause) {
    if (cause instanceof ReplyException e && e.failureType() == ReplyFailure.TIMEOUT) {
      return new Failure.Unavailable(to.name() + " did not answer in time", 1_000);
    }
    return new Failure.Unavailable(to.name() + " is not served: " + cause.getMessage(), 1_000);
  }

  private static DeliveryOptions options(Address<?, ?> to) {
    return new DeliveryOptions()
        .setLocalOnly(to.scope() == Address.Scope.NODE)
        .setCodecName(MessageBytes.CODEC.name());
  }
}
