package io.perdure.bus;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.BusMessages.Item;
import io.perdure.bus.BusMessages.Parcel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one context sends during a turn, a parcel for each address, and the answers it waits for.
 * Belongs to the thread of its context.
 *
 * <p>A message by itself costs its receiver a task, often a wake-up of its thread, and a request a
 * timer and a reply handler besides. So the messages of a turn wait for its end, which is when all
 * that is queued in the context by then has run, and never for time to pass. Requests are told
 * apart by a number and answered to one address of the context, whose answers come in parcels, too.
 */
final class Outbox {
  /** A parcel of so many messages, or with bodies of so many bytes, does not wait for more. */
  static final int ITEMS_MAX = 1_024;

  static final int BYTES_MAX = 1 << 20;

  private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
  private static final String KEY = Outbox.class.getName();

  /** How often it is seen whether those still serve who have not answered. */
  private static final long LOOK_MILLIS = 1_000;

  /** Who could not be reached so often in a row is not waited for. */
  private static final int UNREACHED_MAX = 2;

  private static final AtomicLong TURNS = new AtomicLong();

  private final EventBus events;
  private final Vertx vertx;

  /** Name of this node, null for one that stands alone. */
  private final String self;

  private final ContextInternal context;
  private final Map<String, Line> lines = new HashMap<>();
  private List<Line> open = new ArrayList<>();
  private final Map<Long, Asked<?>> asked = new HashMap<>();
  private boolean scheduled;
  private long turn;
  private long lastNumber;

  /** Where answers come in, and whether they can already; null before the first request. */
  private String answersTo;

  private Future<Void> answering;
  private long timer = -1;
  private long timerAt;

  /** An address, and what is to be sent there at the end of the turn. */
  private static final class Line {
    final String address;
    final MessageProducer<Message> producer;

    /** Whether what goes there are answers, whose numbers are not those of this context. */
    final boolean answers;

    List<Item> items = new ArrayList<>();
    long bytes;
    boolean asks;

    /** Requests sent there that have no answer yet. */
    int waiting;

    /** How often in a row it could not be reached to see whether it still serves. */
    int unreached;

    Line(String address, MessageProducer<Message> producer, boolean answers) {
      this.address = address;
      this.producer = producer;
      this.answers = answers;
    }
  }

  /** A request that has no answer yet; {@code deadline} as {@link System#nanoTime} has it. */
  private record Asked<R extends Message>(
      Address<?, R> to, Line line, Promise<R> answer, long deadline) {
    void answered(Message body) {
      Bus.answered(to, body).onComplete(answer);
    }
  }

  private Outbox(Vertx vertx, String self, ContextInternal context) {
    this.vertx = vertx;
    this.self = self;
    this.events = vertx.eventBus();
    this.context = context;
  }

  /**
   * That of the present context; null outside of any, or in a thread that is not its own.
   *
   * @param self name of this node, null for one that stands alone
   */
  static Outbox current(Vertx vertx, String self) {
    ContextInternal context = (ContextInternal) Vertx.currentContext();
    if (context == null || context.owner() != vertx || !context.inThread()) {
      return null;
    }
    Outbox known = context.get(KEY);
    if (known == null) {
      known = new Outbox(vertx, self, context.unwrap());
      context.put(KEY, known);
    }
    return known;
  }

  /** The same for all that is sent in one turn of a context, ascending from turn to turn of all. */
  long turn() {
    if (turn == 0) {
      turn = TURNS.incrementAndGet();
      schedule();
    }
    return turn;
  }

  /** A turn of its own, for what is sent outside of any. */
  static long newTurn() {
    return TURNS.incrementAndGet();
  }

  /** Sends without waiting for an answer. */
  void send(Address<?, ?> to, Message message) {
    add(line(to), new Item(0, message));
  }

  /** Sends the answer to request {@code number}. */
  void answer(String answersTo, long number, Message message, DeliveryOptions options) {
    Line line =
        lines.computeIfAbsent(answersTo, to -> new Line(to, events.sender(to, options), true));
    add(line, new Item(number, message));
  }

  /** Asks; the future fails as {@link Bus#request} says, and completes on the present context. */
  <R extends Message> Future<R> ask(Address<?, R> to, Message message, long timeoutMillis) {
    ContextInternal asking = (ContextInternal) Vertx.currentContext();
    Promise<R> answer = asking.promise();
    listen();
    Line line = line(to);
    long number = ++lastNumber;
    asked.put(number, new Asked<>(to, line, answer, System.nanoTime() + timeoutMillis * 1_000_000));
    line.waiting++;
    line.asks = true;
    lookWithin(timeoutMillis);
    add(line, new Item(number, message));
    return answer.future();
  }

  private Line line(Address<?, ?> to) {
    Line known = lines.get(to.name());
    if (known == null) {
      known = new Line(to.name(), events.sender(to.name(), Bus.options(to)), false);
      lines.put(to.name(), known);
    }
    return known;
  }

  private void add(Line line, Item item) {
    if (line.items.isEmpty()) {
      open.add(line);
      schedule();
    }
    line.items.add(item);
    line.bytes += item.message().bodyBytes();
    if (line.items.size() >= ITEMS_MAX || line.bytes >= BYTES_MAX) {
      turn = 0;
      flush();
    }
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      context.runOnContext(
          ended -> {
            scheduled = false;
            turn = 0;
            flush();
          });
    }
  }

  private void flush() {
    if (answering != null && !answering.isComplete()) {
      return; // once they can be received, which is at once unless other nodes have to know
    }
    List<Line> ready = open;
    open = new ArrayList<>(); // to be added to by who is told that he asked in vain
    ready.forEach(this::flush);
  }

  private void flush(Line line) {
    List<Item> items = line.items;
    Parcel parcel = new Parcel(line.asks ? answersTo : null, items);
    line.items = new ArrayList<>(Math.min(items.size() + 1, 64));
    line.bytes = 0;
    line.asks = false;
    line.producer
        .write(parcel)
        .onFailure(
            cause -> {
              if (line.answers) {
                LOG.log(DEBUG, "{0} answers reach nobody: {1}", items.size(), cause);
                return;
              }
              for (Item item : items) {
                notSent(item.number(), cause);
              }
            });
    if (lines.size() > ITEMS_MAX && line.waiting == 0) {
      lines.remove(line.address); // that of somebody who may be gone
    }
  }

  // ---- answers

  /** Answers are received from now on. */
  private void listen() {
    if (answering != null) {
      return;
    }
    answersTo = "perdure.answers." + UUID.randomUUID() + (self == null ? "" : "@" + self);
    Promise<Void> ready = context.promise();
    answering = ready.future();
    context.emit(
        null,
        none -> {
          MessageConsumer<Message> consumer = events.consumer(answersTo);
          consumer.handler(message -> answered(message.body()));
          consumer.completion().onComplete(ready);
        });
    answering.onComplete(
        done -> {
          if (done.failed()) {
            answering = null; // the next request tries again
            List.copyOf(asked.keySet()).forEach(number -> notSent(number, done.cause()));
          }
          flush();
        });
  }

  private void answered(Message body) {
    if (!(body instanceof Parcel parcel)) {
      LOG.log(WARNING, "answers cannot be read, who waits for them is told in time: {0}", body);
      return;
    }
    for (Item item : parcel.items()) {
      Asked<?> of = settled(item.number());
      if (of != null) {
        of.answered(item.message());
      } else {
        LOG.log(DEBUG, "an answer came too late: {0}", item.message());
      }
    }
  }

  private Asked<?> settled(long number) {
    Asked<?> of = asked.remove(number);
    if (of != null) {
      of.line().waiting--;
    }
    return of;
  }

  private void notSent(long number, Throwable cause) {
    Asked<?> of = settled(number);
    if (of != null) {
      of.answer().fail(Unserved.notSent(of.to(), cause));
    }
  }

  // ---- time

  private void lookWithin(long millis) {
    long wait = Math.max(1, Math.min(millis, LOOK_MILLIS));
    long at = System.nanoTime() + wait * 1_000_000;
    if (timer >= 0 && timerAt - at <= 0) {
      return;
    }
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    timerAt = at;
    timer = context.setTimer(wait, id -> look());
  }

  /** Ends what is overdue; who does not serve any more will not answer what he had not begun. */
  private void look() {
    timer = -1;
    long now = System.nanoTime();
    long next = Long.MAX_VALUE;
    List<Long> overdue = new ArrayList<>();
    for (Map.Entry<Long, Asked<?>> one : asked.entrySet()) {
      long left = one.getValue().deadline() - now;
      if (left <= 0) {
        overdue.add(one.getKey());
      } else {
        next = Math.min(next, left);
      }
    }
    for (Long number : overdue) {
      Asked<?> of = settled(number);
      of.answer().fail(Unserved.notInTime(of.to()));
    }
    if (asked.isEmpty()) {
      return;
    }
    lookWithin(next / 1_000_000 + 1);
    for (Line line : List.copyOf(lines.values())) {
      if (line.waiting > 0) {
        line.producer
            .write(new Parcel(null, List.of()))
            .onSuccess(reached -> line.unreached = 0)
            .onFailure(cause -> gone(line, cause));
      }
    }
  }

  private void gone(Line line, Throwable cause) {
    // The answers have a connection of their own; but to whom no new one can be made, though it was
    // tried twice, is out of reach.
    if (!Unserved.isNobody(cause) && ++line.unreached < UNREACHED_MAX) {
      return;
    }
    List<Long> numbers = new ArrayList<>();
    asked.forEach(
        (number, of) -> {
          if (of.line() == line) {
            numbers.add(number);
          }
        });
    for (Long number : numbers) {
      Asked<?> of = settled(number);
      if (of != null) {
        of.answer().fail(Unserved.notServedAnyMore(of.to(), cause));
      }
    }
  }
}
