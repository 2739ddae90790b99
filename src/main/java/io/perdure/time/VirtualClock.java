package io.perdure.time;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A clock that stands still until it is told to move: for tests, where 72 h are to pass at once.
 *
 * <p>Thread: any; two threads that move it at the same time move it through overlapping spans.
 */
public final class VirtualClock implements Clock {
  private static final long PATIENCE_SECONDS = 10;

  private final PriorityQueue<Entry> timers =
      new PriorityQueue<>(
          Comparator.comparingLong((Entry entry) -> entry.atMillis)
              .thenComparingLong(entry -> entry.order));
  private long nowMillis;
  private long asked;

  /** A clock that shows {@code start}, cut to milliseconds. */
  public VirtualClock(Instant start) {
    nowMillis = start.toEpochMilli();
  }

  @Override
  public synchronized long millis() {
    return nowMillis;
  }

  /** As {@link Clock#at}; what is due already is handed to its context without any advance. */
  @Override
  public Timer at(long atMillis, Runnable task) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("a timer needs a Vert.x context to call back on");
    }
    Entry entry;
    synchronized (this) {
      entry = new Entry(atMillis, asked++, context, task);
      if (atMillis > nowMillis) {
        timers.add(entry);
        return entry;
      }
    }
    entry.handOver();
    return entry;
  }

  /** When the next timer is due, in milliseconds since the epoch; empty when none is set. */
  public synchronized OptionalLong pending() {
    Entry next = timers.peek();
    return next == null ? OptionalLong.empty() : OptionalLong.of(next.atMillis);
  }

  /**
   * Moves the time through every timer due on the way, in order, those set on the way included:
   * each task is handed to its context while the clock shows the time it was asked for. Called on a
   * thread of Vert.x it hands over and goes on, since it must not block; called on any other it
   * goes on once the task has returned (not what the task began, which may take its time).
   *
   * @throws IllegalArgumentException when {@code by} is negative: time does not go back
   * @throws IllegalStateException when a task did not return within 10 s
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + by);
    }
    long target = millis() + by.toMillis();
    for (Entry due = next(target); due != null; due = next(target)) {
      CountDownLatch returned = due.handOver();
      if (!Context.isOnVertxThread()) {
        await(due, returned);
      }
    }
  }

  /** The next timer up to {@code target}, with the clock set to it; null when there is none. */
  private synchronized Entry next(long target) {
    Entry next = timers.peek();
    if (next == null || next.atMillis > target) {
      nowMillis = Math.max(nowMillis, target);
      return null;
    }
    nowMillis = Math.max(nowMillis, next.atMillis);
    return timers.remove();
  }

  private static void await(Entry due, CountDownLatch returned) {
    try {
      if (!returned.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the task due at " + Instant.ofEpochMilli(due.atMillis) + " did not return");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a task was running", e);
    }
  }

  private final class Entry implements Timer {
    private final long atMillis;
    private final long order;
    private final Context context;
    private final Runnable task;

    Entry(long atMillis, long order, Context context, Runnable task) {
      this.atMillis = atMillis;
      this.order = order;
      this.context = context;
      this.task = task;
    }

    /** The latch opens when the task has returned, or at once if its Vert.x has been closed. */
    CountDownLatch handOver() {
      CountDownLatch returned = new CountDownLatch(1);
      try {
        context.runOnContext(
            none -> {
              try {
                task.run();
              } finally {
                returned.countDown();
              }
            });
      } catch (RejectedExecutionException closed) {
        returned.countDown(); // nobody is left to be called, as with a timer of Vert.x itself
      }
      return returned;
    }

    @Override
    public void cancel() {
      synchronized (VirtualClock.this) {
        timers.remove(this);
      }
    }
  }
}
