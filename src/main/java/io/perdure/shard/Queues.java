package io.perdure.shard;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Hands what is due to the executor, a bounded window per function. The queue itself is the DUE
 * index on disk; per function this keeps only how many are handed over, from where to read on, and
 * when the next one is due. What a caller waits for is in no queue: it passes through here at once.
 * Belongs to the shard's thread.
 */
final class Queues {
  private static final long NEVER = Long.MAX_VALUE;

  /** After so long a function that is not known here yet is looked for again, if not before. */
  static final long UNHEARD_MILLIS = 200;

  private static final class Queue {
    final long function;
    int offered;

    /** Everything below this DUE key has been handed over; null for the start. */
    byte[] cursor;

    /** No entry at or beyond the cursor is due earlier, {@link #NEVER} when there is none. */
    long nextDue = NEVER;

    Queue(long function) {
      this.function = function;
    }
  }

  private final ShardConfig config;
  private final Bus bus;
  private final Clock clock;
  private final Functions functions;
  private final StoreReader reader;
  private final Admission admission;
  private final Memory memory;
  private final long epoch;

  private final Map<Long, Queue> byFunction = new HashMap<>();
  private final Wakes wakes;
  private int offeredTotal;
  private long inlineTotal;
  private boolean closed;

  /** What is handed over of the queues has to end before; {@link #NEVER} when it need not. */
  private long endBy = NEVER;

  /**
   * The queues of one opening.
   *
   * @param turn runs what a timer called for
   */
  Queues(ShardParts parts, StoreReader reader, Memory memory, Consumer<Runnable> turn, long epoch) {
    this.config = parts.config();
    this.bus = parts.bus();
    this.clock = parts.clock();
    this.functions = parts.functions();
    this.admission = parts.admission();
    this.reader = reader;
    this.memory = memory;
    this.epoch = epoch;
    this.wakes = new Wakes(clock, turn, function -> serve(queue(function)));
  }

  /** Something of {@code function} waits on disk, the first of it at {@code dueAt}. */
  void recovered(long function, long dueAt) {
    Queue queue = queue(function);
    queue.nextDue = dueAt;
    serve(queue);
  }

  /** {@code live} is committed as waiting. Hands it over, or leaves it to the index. */
  void waiting(Live live) {
    if (closed) {
      return;
    }
    if (live.current.mode() == Invocation.Mode.SYNC) { // resting or not: its caller waits
      handOver(live); // past the window: the executor starts it or turns it away
      return;
    }
    Queue queue = queue(live.current.functionUid());
    long now = clock.millis();
    long due = live.current.dueAt();
    boolean first = queue.nextDue > now;
    Function function = functions.byUid(queue.function);
    boolean offers = offers(queue, function);
    if (first && due <= now && offers) {
      // Nothing before it is left on disk: a later read need not pass over what has ended since.
      byte[] key = Keys.timed(queue.function, due, live.id);
      if (queue.cursor == null || Arrays.compareUnsigned(key, queue.cursor) > 0) {
        queue.cursor = key;
      }
      offer(queue, live);
      return;
    }
    leave(queue, due, live.id);
    if (due > now || offers || function == null) {
      serve(queue);
    }
  }

  /** The executor gave {@code live} back, or it has begun: there is room for another. */
  void left(Live live) {
    if (live.payload != null && live.current.payload().isKept()) {
      inlineTotal -= live.payload.length;
    }
    live.payload = null;
    if (live.current.mode() == Invocation.Mode.SYNC) {
      return; // it took no place in the window
    }
    Queue queue = queue(live.current.functionUid());
    queue.offered--;
    offeredTotal--;
    if (queue.nextDue <= clock.millis() && queue.offered <= window() / 2) {
      serve(queue);
    }
  }

  /** The function was changed: perhaps it is no longer paused. */
  void functionChanged(long function) {
    Queue queue = byFunction.get(function);
    if (queue != null) {
      serve(queue);
    }
  }

  /** When the oldest waiting one became due; {@link Long#MAX_VALUE} when nothing waits on disk. */
  long oldestDue() {
    long oldest = NEVER;
    for (Queue queue : byFunction.values()) {
      oldest = Math.min(oldest, queue.nextDue);
    }
    return oldest;
  }

  /**
   * Of the queues only that is handed over which has to end before {@code time}, if it begins now,
   * until they are resumed.
   */
  void rest(long time) {
    endBy = time;
  }

  /** Whether an attempt of {@code function}, null for unknown, may be begun now. */
  boolean begins(Function function) {
    return endBy == NEVER
        || (function != null && clock.millis() + function.timeoutMillis() < endBy);
  }

  /** What is due is handed over again. */
  void resume() {
    endBy = NEVER;
    List.copyOf(byFunction.values()).forEach(this::serve);
  }

  /** Nothing is handed over any more. */
  void close() {
    closed = true;
    wakes.close();
  }

  private int window() {
    return offeredTotal < config.windowTotal() ? config.window() : Math.min(2, config.window());
  }

  private boolean offers(Queue queue, Function function) {
    return function != null
        && begins(function)
        && !function.paused()
        && queue.offered < window()
        && admission.startsAttempts();
  }

  /** Notes that something waits on disk at (due, id). */
  private static void leave(Queue queue, long due, InvocationId id) {
    queue.nextDue = Math.min(queue.nextDue, due);
    byte[] key = Keys.timed(queue.function, due, id);
    if (queue.cursor != null && Arrays.compareUnsigned(key, queue.cursor) < 0) {
      queue.cursor = key;
    }
  }

  /** Hands over what is due, up to the window, and sees to it that the rest has its turn. */
  private void serve(Queue queue) {
    if (closed) {
      return;
    }
    Function function = functions.byUid(queue.function);
    if (function == null) {
      if (functions.isDeleted(queue.function)) {
        forget(queue); // its queue is invalidated, nothing of it is handed over any more
      } else {
        wakes.at(queue.function, clock.millis() + UNHEARD_MILLIS);
      }
      return;
    }
    if (function.paused()) {
      return; // a resumed one is served by functionChanged
    }
    long now = clock.millis();
    if (queue.nextDue <= now && offers(queue, function)) {
      read(queue, function, now);
    }
    if (queue.nextDue > now && queue.nextDue != NEVER) {
      wakes.at(queue.function, queue.nextDue);
    }
  }

  private void forget(Queue queue) {
    wakes.forget(queue.function);
    queue.nextDue = NEVER;
    if (queue.offered == 0) {
      byFunction.remove(queue.function);
    }
  }

  private void read(Queue queue, Function function, long now) {
    byte[] prefix = Keys.function(queue.function);
    byte[] from = queue.cursor == null ? prefix : queue.cursor;
    queue.nextDue = NEVER;
    boolean any = false;
    try (StoreReader.View view = reader.view();
        StoreReader.Scan scan = view.scan(Family.DUE, from, Keys.after(prefix), false)) {
      for (; scan.valid(); scan.next()) {
        byte[] key = scan.key();
        long due = Keys.longAt(key, 8);
        queue.cursor = key;
        any = true;
        if (due > now || !offers(queue, function)) {
          queue.nextDue = due;
          return;
        }
        InvocationId id = Keys.trailingId(key);
        Live live = memory.get(id);
        if (live == null) {
          live = memory.load(id);
        } else if (live.place != Live.Place.HOME || !memory.isCommitted(live)) {
          continue; // handed over already, or its turn comes after a commit
        }
        if (live != null && live.current.status().waiting()) {
          offer(queue, live);
        }
      }
      // Beyond the last one: what comes later has a greater key, or moves the cursor back.
      queue.cursor = any ? next(queue.cursor) : queue.cursor;
    }
  }

  private void offer(Queue queue, Live live) {
    queue.offered++;
    offeredTotal++;
    handOver(live);
  }

  private void handOver(Live live) {
    live.place = Live.Place.OFFERED;
    live.takenBack = false;
    memory.adopt(live);
    byte[] payload = live.payload;
    if (payload != null && live.current.payload().isKept()) {
      if (inlineTotal + payload.length > config.inlineBytes()) {
        payload = null;
        live.payload = null;
      } else {
        inlineTotal += payload.length;
      }
    }
    int attempt = live.current.attempts() + 1;
    bus.send(Addresses.ORDER, new Run(live.current, epoch, attempt, live.direct, payload));
  }

  private Queue queue(long function) {
    return byFunction.computeIfAbsent(function, Queue::new);
  }

  private static byte[] next(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }
}
