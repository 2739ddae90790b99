package io.perdure.bus;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Objects;
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
   * Asks and waits at most {@code timeoutMillis} for the answer, at least 1. Fails with {@link
   * FailureException} only: what was answered, unavailable when nobody answers, or internal when
   * the answer cannot be understood.
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
              try {
                return answered(to, answer.result().body());
              } catch (RuntimeException e) {
                return Future.failedFuture(new FailureException(failure(to, e)));
              }
            });
  }

  private static <R extends Message> Future<R> answered(Address<?, R> by, Message body) {
    return body instanceof Failed failed
        ? Future.failedFuture(new FailureException(failed.failure()))
        : Future.succeededFuture(by.reply().cast(body));
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
   * logged once, here, and answered as internal. Ends with the verticle that calls it.
   *
   * @param handler never returns null, and completes with an answer
   * @return completes when the address is served
   */
  public <Q extends Message, R extends Message> Future<Void> serve(
      Address<Q, R> address, Function<Q, Future<R>> handler) {
    MessageConsumer<Message> consumer = consumer(address);
    consumer.handler(
        message ->
            handle(address, handler, message)
                .onComplete(
                    done -> {
                      Message answer =
                          done.succeeded()
                              ? done.result()
                              : new Failed(failure(address, done.cause()));
                      if (message.replyAddress() != null) {
                        message.reply(answer, options(address));
                      } else if (done.failed() && done.cause() instanceof FailureException e) {
                        LOG.log(
                            WARNING,
                            "nobody waits for the answer of {0}: {1}",
                            address.name(),
                            e.failure());
                      }
                    }));
    return consumer.completion();
  }

  private static <Q extends Message, R extends Message> Future<R> handle(
      Address<Q, R> address,
      Function<Q, Future<R>> handler,
      io.vertx.core.eventbus.Message<Message> message) {
    try {
      return handler
          .apply(address.request().cast(message.body()))
          .map(answer -> Objects.requireNonNull(answer, "completed without an answer"));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
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
