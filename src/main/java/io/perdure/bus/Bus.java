package io.perdure.bus;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Address.Scope;
import io.perdure.bus.BusMessages.Item;
import io.perdure.bus.BusMessages.Parcel;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.List;
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

  /** For what may be received on any node. */
  static final DeliveryOptions ANYWHERE = newOptions(false);

  private static final DeliveryOptions HERE = newOptions(true);

  private final Vertx vertx;
  private final EventBus events;

  /** Where owners are found; null outside of a node of a cluster. */
  private final Routes routes;

  /** Name of this node; null outside of a node of a cluster. */
  private final String self;

  /** How other nodes are asked; null where there are none. */
  private final Resend resend;

  private Bus(Vertx vertx, Routes routes) {
    this.vertx = vertx;
    this.events = vertx.eventBus();
    this.routes = routes;
    this.self = routes == null ? null : routes.self();
    this.resend = routes != null || vertx.isClustered() ? new Resend(vertx, routes) : null;
  }

  /** The bus of {@code vertx}, of a node that stands alone or a client; see the other one. */
  public static Bus install(Vertx vertx) {
    return install(vertx, null);
  }

  /**
   * The bus of {@code vertx}; registers the codec once.
   *
   * @param known where owners are found, of a node of a cluster; null for one that stands alone
   */
  public static Bus install(Vertx vertx, Routes known) {
    Routes routes = known == null || known.self() == null ? null : known;
    EventBus events = vertx.eventBus();
    try {
      events.registerCodec(MessageBytes.CODEC);
    } catch (IllegalStateException alreadyRegistered) {
      return new Bus(vertx, routes);
    }
    events.codecSelector(body -> body instanceof Message ? MessageBytes.CODEC.name() : null);
    return new Bus(vertx, routes);
  }

  /** Asks and waits at most {@link #TIMEOUT_MILLIS} for the answer. */
  public <Q extends Message, R extends Message> Future<R> request(Address<Q, R> to, Q message) {
    return request(to, message, TIMEOUT_MILLIS);
  }

  /**
   * Asks and waits at most {@code timeoutMillis} for the answer, at least 1. Fails with {@link
   * FailureException} only: what was answered, unavailable when nobody answers, or internal when
   * the answer cannot be understood.
   *
   * <p>In a cluster the owner of a shard is waited for, and asked again after a move, within the
   * same time. It fails before as unavailable when a node has gone that may have done it, unless it
   * is {@link Message#repeatable}, and when too many wait already.
   */
  public <Q extends Message, R extends Message> Future<R> request(
      Address<Q, R> to, Q message, long timeoutMillis) {
    if (resend != null && resend.reaches(to)) {
      return resend.request(to, message, timeoutMillis);
    }
    Outbox outbox = outbox(to);
    if (outbox != null) {
      return outbox.ask(to, message, timeoutMillis);
    }
    DeliveryOptions options = new DeliveryOptions(options(to)).setSendTimeout(timeoutMillis);
    return events
        .<Message>request(to.name(), message, options)
        .transform(
            answer ->
                answer.failed()
                    ? Future.failedFuture(new FailureException(unanswered(to, answer.cause())))
                    : answered(to, answer.result().body()));
  }

  /** What {@code body}, which came as an answer of {@code by}, says. */
  static <R extends Message> Future<R> answered(Address<?, R> by, Message body) {
    if (body instanceof Failed failed) {
      return Future.failedFuture(new FailureException(failed.failure()));
    }
    try {
      return Future.succeededFuture(by.reply().cast(body));
    } catch (ClassCastException e) {
      return Future.failedFuture(new FailureException(failure(by, e)));
    }
  }

  /**
   * Sends without waiting for an answer. In a cluster it goes to the owner that is known now, and
   * to nobody while none is: what a later owner may not hear is not sent so.
   */
  public <Q extends Message> void send(Address<? super Q, Done> to, Q message) {
    Address<?, ?> reached = resend == null ? to : resend.reached(to);
    if (reached == null) {
      LOG.log(DEBUG, "no owner is known, dropped for {0}: {1}", to.name(), message);
      return;
    }
    Outbox outbox = outbox(reached);
    if (outbox != null) {
      outbox.send(reached, message);
    } else {
      events.send(reached.name(), message, options(reached));
    }
  }

  private Outbox outbox(Address<?, ?> to) {
    return to.parcels() ? Outbox.current(vertx, self) : null;
  }

  /**
   * A number that is the same for all that the present context sends in one turn, and another in
   * the next, ascending: what could go to any of several addresses costs least when it goes to one.
   */
  public long turn() {
    Outbox outbox = Outbox.current(vertx, self);
    return outbox == null ? Outbox.newTurn() : outbox.turn();
  }

  /** Sends to everybody who listens. */
  public <Q extends Message> void publish(Address<Q, Done> topic, Q message) {
    events.publish(topic.name(), message, options(topic));
  }

  /**
   * Serves requests. A failed future is answered as its {@link Failure}; anything else is a bug:
   * logged once, here, and answered as internal. Ends with the verticle that calls it. In a cluster
   * the address of an owner is served under the name of this node, whether it owns or not: what it
   * does not own it answers as {@link Failure.Fenced}, having done nothing.
   *
   * @param handler never returns null, and completes with an answer
   * @return completes when the address is served
   */
  public <Q extends Message, R extends Message> Future<Void> serve(
      Address<Q, R> address, Function<Q, Future<R>> handler) {
    MessageConsumer<Message> consumer = consumer(address);
    consumer.handler(
        message -> {
          if (message.body() instanceof Parcel parcel) {
            for (Item item : parcel.items()) {
              serve(address, handler, item.message(), answer(parcel, item));
            }
          } else {
            boolean awaited = message.replyAddress() != null;
            Consumer<Message> reply = answer -> message.reply(answer, options(address));
            serve(address, handler, message.body(), awaited ? reply : null);
          }
        });
    return consumer.completion();
  }

  /** Where the answer to {@code item} goes, null when nobody waits for it. */
  private Consumer<Message> answer(Parcel parcel, Item item) {
    return item.number() == 0
        ? null
        : answer -> {
          Outbox outbox = Outbox.current(vertx, self);
          DeliveryOptions options =
              self != null && ofThisNode(parcel.answersTo()) ? HERE : ANYWHERE;
          if (outbox != null) {
            outbox.answer(parcel.answersTo(), item.number(), answer, options);
          } else {
            Item alone = new Item(item.number(), answer);
            events.send(parcel.answersTo(), new Parcel(null, List.of(alone)), options);
          }
        };
  }

  private boolean ofThisNode(String name) {
    int at = name.length() - self.length() - 1;
    return at >= 0 && name.charAt(at) == '@' && name.endsWith(self);
  }

  /** Has {@code message} handled, and {@code reply}, which may be null, told the answer. */
  private static <Q extends Message, R extends Message> void serve(
      Address<Q, R> address,
      Function<Q, Future<R>> handler,
      Message message,
      Consumer<Message> reply) {
    handle(address, handler, message)
        .onComplete(
            done -> {
              if (reply != null) {
                reply.accept(answer(address, done));
              } else if (done.failed()) {
                Failure failure = failure(address, done.cause());
                if (done.cause() instanceof FailureException) {
                  LOG.log(
                      WARNING, "nobody waits for the answer of {0}: {1}", address.name(), failure);
                }
              }
            });
  }

  private static Message answer(Address<?, ?> address, AsyncResult<? extends Message> done) {
    if (done.succeeded() && done.result() != null) {
      return done.result();
    }
    Throwable cause =
        done.failed() ? done.cause() : new NullPointerException("completed without an answer");
    return new Failed(failure(address, cause));
  }

  private static <Q extends Message, R extends Message> Future<R> handle(
      Address<Q, R> address, Function<Q, Future<R>> handler, Message message) {
    try {
      return Objects.requireNonNull(handler.apply(address.request().cast(message)), "no future");
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** Listens to what is sent or published without waiting for an answer. */
  public <Q extends Message> Future<Void> listen(Address<Q, Done> address, Consumer<Q> handler) {
    MessageConsumer<Message> consumer = consumer(address);
    consumer.handler(
        message -> {
          if (message.body() instanceof Parcel parcel) {
            for (Item item : parcel.items()) {
              hear(address, handler, item.message());
            }
          } else {
            hear(address, handler, message.body());
          }
        });
    return consumer.completion();
  }

  private static <Q extends Message> void hear(
      Address<Q, Done> address, Consumer<Q> handler, Message message) {
    try {
      handler.accept(address.request().cast(message));
    } catch (RuntimeException e) {
      LOG.log(ERROR, "a message at " + address.name() + " was not processed", e);
    }
  }

  /**
   * Whether nothing can have been done of a request to one node that has failed with {@code cause}:
   * nobody serves it there, or the node could not be connected to. False when that is not known.
   */
  public static boolean isUndone(Throwable cause) {
    return cause instanceof Unserved unserved && unserved.why() != Unserved.Why.UNKNOWN;
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
    if (routes != null && (address.owned() || address.scope() == Scope.PEER)) {
      return events.consumer(address.on(self, address.scope()).name());
    }
    return isHere(address) ? events.localConsumer(address.name()) : events.consumer(address.name());
  }

  /** Whether it is of this node alone, as the registry is of one that stands alone. */
  private static boolean isHere(Address<?, ?> address) {
    return address.scope() == Scope.NODE
        || (address.scope() == Scope.REGISTRY && address.node() == null);
  }

  private static Failure unanswered(Address<?, ?> to, Throwable cause) {
    return cause instanceof ReplyException e && e.failureType() == ReplyFailure.TIMEOUT
        ? notInTime(to)
        : notServed(to, cause);
  }

  static Failure notInTime(Address<?, ?> to) {
    return new Failure.Unavailable(to.name() + " did not answer in time", 1_000);
  }

  static Failure notServed(Address<?, ?> to, Throwable cause) {
    return new Failure.Unavailable(to.name() + " is not served: " + cause.getMessage(), 1_000);
  }

  static DeliveryOptions options(Address<?, ?> to) {
    return isHere(to) ? HERE : ANYWHERE;
  }

  private static DeliveryOptions newOptions(boolean localOnly) {
    return new DeliveryOptions().setLocalOnly(localOnly).setCodecName(MessageBytes.CODEC.name());
  }
}
