package io.perdure.executor;

import io.perdure.bus.ShardMessages.ResultTaken;
import io.perdure.bus.ShardMessages.TakeResult;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.InvocationId;
import io.perdure.runtime.ResultRoom;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Results that are too large to be kept, from their first byte until their waiting callers fetch
 * them: how much of them is held at once is bounded, and so is how long. Belongs to the executor's
 * event loop, but for the room, which others ask for, too.
 */
final class HandOvers {
  /** Who waits is told of the end at once, so he fetches it within milliseconds, or never. */
  static final long FETCH_MILLIS = 10_000;

  private final ExecutorConfig config;
  private final Clock clock;
  private final AtomicLong held = new AtomicLong();
  private final Map<InvocationId, Ready> ready = new LinkedHashMap<>(); // the oldest first
  private Clock.Timer timer; // for the oldest; null when there is none

  /** A result that can be fetched. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Ready(byte[] bytes, Room room, long until) {}

  HandOvers(ExecutorConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /** Bytes held at this moment; any thread. */
  long heldBytes() {
    return held.get();
  }

  /** For the result of an attempt whose caller takes more than is kept. */
  Room room() {
    return new Room();
  }

  /** What the record tells of {@code result}. */
  static Future<BodyRef> describe(byte[] result) {
    Context context = Vertx.currentContext();
    return context == null
        ? Future.succeededFuture(BodyRef.unkept(result.length, Fingerprint.of(result)))
        : context.executeBlocking(
            () -> BodyRef.unkept(result.length, Fingerprint.of(result)), false);
  }

  /** From now on {@code result} can be fetched, once. */
  void put(InvocationId id, byte[] result, Room room) {
    Ready old = ready.remove(id);
    if (old != null) {
      old.room().release();
    }
    ready.put(id, new Ready(result, room, clock.millis() + FETCH_MILLIS));
    schedule();
  }

  /** The result, once; fails as not kept when there is none, or none any more. */
  Future<ResultTaken> take(TakeResult take) {
    Ready found = ready.remove(take.id());
    if (found == null) {
      return Future.failedFuture(new FailureException(new Failure.NotKept("result", take.bytes())));
    }
    found.room().release();
    return Future.succeededFuture(new ResultTaken(found.bytes()));
  }

  /** Nothing can be fetched any more. */
  void close() {
    ready.values().forEach(one -> one.room().release());
    ready.clear();
    cancel();
  }

  private void schedule() {
    if (timer == null && !ready.isEmpty()) {
      timer = clock.at(ready.values().iterator().next().until(), this::drop);
    }
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Drops what nobody has fetched in time. */
  private void drop() {
    cancel();
    Iterator<Ready> oldest = ready.values().iterator();
    while (oldest.hasNext()) {
      Ready next = oldest.next();
      if (next.until() > clock.millis()) {
        break;
      }
      next.room().release();
      oldest.remove();
    }
    schedule();
  }

  /**
   * Room for one result: what is kept needs none, what is larger takes its share of the memory that
   * all such results together may have.
   */
  final class Room implements ResultRoom {
    private long granted;
    private boolean full;
    private boolean released;

    private Room() {}

    @Override
    public int bytesMax() {
      return config.directResultBytesMax();
    }

    @Override
    public synchronized boolean admits(long bytes) {
      if (bytes <= config.resultBytesMax() || bytes <= granted) {
        return true;
      }
      if (bytes > bytesMax() || released) {
        return false;
      }
      long more = bytes - granted;
      if (held.addAndGet(more) > config.unkeptBytesMax()) {
        held.addAndGet(-more);
        full = true;
        return false;
      }
      granted = bytes;
      return true;
    }

    @Override
    public synchronized String denial() {
      return full
          ? "the result is larger than "
              + config.resultBytesMax()
              + " bytes, and such results of other calls hold as much memory as they may together"
              + " (executor.unkept-bytes-max); it may succeed later"
          : ResultRoom.super.denial();
    }

    /** Nothing of it is held any more. */
    synchronized void release() {
      released = true;
      held.addAndGet(-granted);
      granted = 0;
    }
  }
}
