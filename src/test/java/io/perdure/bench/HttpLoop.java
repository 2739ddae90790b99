package io.perdure.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Drives connections with the caller's thread and nothing else: one selector, one request in flight
 * on each. Above what a server takes in: 100 000 requests of 1 KB a second on one core.
 */
final class HttpLoop {
  /** Shorter waits are spun away: a selector cannot be woken with that precision. */
  private static final long SPIN_NANOS = 1_500_000;

  private HttpLoop() {}

  /**
   * Runs until the workload says it is finished; answers still in flight then are dropped.
   *
   * @throws IOException if the server cannot be connected to at all
   */
  static void run(int port, int connections, Workload workload) throws IOException {
    run(List.of(port), connections, workload);
  }

  /** The same, with as many of the connections to each of {@code ports}. */
  static void run(List<Integer> ports, int connections, Workload workload) throws IOException {
    List<Exchange> all = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < connections; i++) {
        Exchange exchange = new Exchange(ports.get(i % ports.size()));
        exchange.connect(selector);
        all.add(exchange);
      }
      drive(selector, new ArrayDeque<>(all), workload);
    } finally {
      for (Exchange exchange : all) {
        exchange.disconnect();
      }
    }
  }

  private static void drive(Selector selector, ArrayDeque<Exchange> idle, Workload workload)
      throws IOException {
    while (true) {
      long now = System.nanoTime();
      if (workload.isFinished(now)) {
        return;
      }
      sendWhatIsDue(selector, idle, workload, now);
      await(selector, workload.wakeAtNanos() - now);
      for (SelectionKey key : selector.selectedKeys()) {
        Exchange exchange = (Exchange) key.attachment();
        if (progress(exchange, workload)) {
          idle.add(exchange);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private static void sendWhatIsDue(
      Selector selector, ArrayDeque<Exchange> idle, Workload workload, long now)
      throws IOException {
    for (int left = idle.size(); left > 0; left--) {
      Exchange exchange = idle.peek();
      exchange.prepare();
      if (!workload.next(exchange, exchange.request(), now)) {
        return;
      }
      idle.remove();
      if (!exchange.isConnected()) {
        exchange.connect(selector);
      }
      try {
        exchange.busy = true;
        exchange.send();
      } catch (IOException e) {
        if (broken(exchange, workload, e)) {
          idle.add(exchange);
        }
      }
    }
  }

  private static void await(Selector selector, long nanos) throws IOException {
    if (nanos < SPIN_NANOS) {
      Thread.onSpinWait();
      selector.selectNow();
    } else {
      // finished() is a matter of time: look at least every 10 ms
      selector.select(Math.min(10, (nanos - SPIN_NANOS) / 1_000_000 + 1));
    }
  }

  /** True when the exchange has become free. */
  private static boolean progress(Exchange exchange, Workload workload) throws IOException {
    try {
      if (!exchange.isFlushed()) {
        exchange.flush();
      }
      if (!exchange.receive()) {
        return false;
      }
    } catch (IOException e) {
      return broken(exchange, workload, e);
    }
    exchange.busy = false;
    workload.answered(exchange, System.nanoTime());
    return true;
  }

  /** A server may close a connection on which nothing is asked: then nothing has failed. */
  private static boolean broken(Exchange exchange, Workload workload, IOException why)
      throws IOException {
    exchange.disconnect();
    if (!exchange.busy) {
      return false;
    }
    exchange.busy = false;
    workload.failed(exchange, why);
    return true;
  }
}
