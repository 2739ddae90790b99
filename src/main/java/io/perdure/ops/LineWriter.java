package io.perdure.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * Writes lines on a thread of its own, so that a terminal that was paused or a full pipe cannot
 * hold an event loop.
 *
 * <p>What waits is bounded in lines and characters. When it is full, new lines are dropped and
 * counted, and a notice with their number follows as soon as there is room. Thread: any may offer.
 */
final class LineWriter {
  private final BlockingQueue<Item> waiting;
  private final long charsMax;
  private final OutputStream out;
  private final LongFunction<String> notice;
  private final AtomicLong charsWaiting = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();

  /** A line, or a point in the queue that somebody waits for. */
  private record Item(String line, CountDownLatch reached) {}

  /**
   * Starts the thread, a daemon.
   *
   * @param linesMax most lines waiting
   * @param charsMax most characters waiting
   * @param notice the line that tells how many were dropped
   */
  LineWriter(OutputStream out, int linesMax, long charsMax, LongFunction<String> notice) {
    this.out = out;
    this.waiting = new ArrayBlockingQueue<>(linesMax);
    this.charsMax = charsMax;
    this.notice = notice;
    var thread = new Thread(this::run, "perdure-log");
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands over a line with its end of line, and never waits. */
  void offer(String line) {
    if (charsWaiting.addAndGet(line.length()) > charsMax || !waiting.offer(new Item(line, null))) {
      charsWaiting.addAndGet(-line.length());
      dropped.incrementAndGet();
    }
  }

  /** Waits until everything offered before is written; false if that took too long. */
  boolean flush(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    var reached = new CountDownLatch(1);
    try {
      return waiting.offer(new Item("", reached), atMost.toNanos(), TimeUnit.NANOSECONDS)
          && reached.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    try {
      while (true) {
        Item item = waiting.take();
        write(item.line());
        charsWaiting.addAndGet(-item.line().length());
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
          write(notice.apply(lost));
        }
        if (item.reached() != null) {
          item.reached().countDown();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the thread ends with the process
    }
  }

  private void write(String line) {
    try {
      out.write(line.getBytes(UTF_8));
      if (waiting.isEmpty()) {
        out.flush();
      }
    } catch (IOException e) {
      dropped.incrementAndGet(); // the log itself is broken: there is nowhere to say it but in it
    }
  }
}
