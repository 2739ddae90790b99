package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Open loop at a fixed rate. Both latencies run from the moment at which the submit was due, sent
 * or not. An acknowledged invocation, or one of several, is asked for after 0.1 ms, then at growing
 * distance (a tenth of its age), until it says that it succeeded: so the distance adds a tenth at
 * most. Asking with {@code wait} instead was slower by 0.1 ms.
 */
final class LatencyWorkload implements Workload {
  private static final byte[] ID = "\"id\":\"".getBytes(US_ASCII);
  private static final byte[] SUCCEEDED = "\"status\":\"SUCCEEDED\"".getBytes(US_ASCII);
  private static final long FIRST_POLL_NANOS = 100_000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** An acknowledged invocation that has not been seen to succeed. */
  private static final class Open {
    private final byte[] ask;
    private final long intendedNanos;
    private final long acknowledgedNanos;
    private long dueNanos;

    private Open(byte[] ask, long intendedNanos, long nowNanos) {
      this.ask = ask;
      this.intendedNanos = intendedNanos;
      this.acknowledgedNanos = nowNanos;
      this.dueNanos = nowNanos + FIRST_POLL_NANOS;
    }
  }

  private final Requests requests;
  private final int payloadBytes;
  private final byte[] head;
  private final int askEach;
  private final long periodNanos;
  private final long warmNanos;
  private final long endNanos;
  private final Histogram accept = new Histogram(3);
  private final Histogram completed = new Histogram(3);
  private final Map<String, Integer> errors = new TreeMap<>();
  private final PriorityQueue<Open> open =
      new PriorityQueue<>(Comparator.comparingLong(o -> o.dueNanos));
  private long nextIntendedNanos;
  private long sent;
  private long accepted;
  private int inFlight;

  private LatencyWorkload(
      Requests requests,
      String path,
      int askEach,
      int payloadBytes,
      int ratePerSecond,
      double seconds) {
    this.requests = requests;
    this.payloadBytes = payloadBytes;
    this.head = requests.postHead(path, payloadBytes);
    this.askEach = askEach;
    this.periodNanos = 1_000_000_000L / ratePerSecond;
    this.nextIntendedNanos = System.nanoTime();
    this.warmNanos = nextIntendedNanos + 1_000_000_000L;
    this.endNanos = warmNanos + (long) (seconds * 1e9);
  }

  /** Submits to a node, the first second of which does not count, and asks for each to its end. */
  static LatencyWorkload submits(
      Requests requests, String function, int payloadBytes, int ratePerSecond, double seconds) {
    return submits(requests, function, payloadBytes, ratePerSecond, seconds, 1);
  }

  /** The same, asking for one of {@code askEach} that are acknowledged: some 40 times each. */
  static LatencyWorkload submits(
      Requests requests,
      String function,
      int payloadBytes,
      int ratePerSecond,
      double seconds,
      int askEach) {
    String path = NativeApi.functionPath(function) + "/invocations";
    return new LatencyWorkload(requests, path, askEach, payloadBytes, ratePerSecond, seconds);
  }

  /** The same requests to a server that only acknowledges. */
  static LatencyWorkload posts(
      Requests requests, int payloadBytes, int ratePerSecond, double seconds) {
    return new LatencyWorkload(requests, "/", 0, payloadBytes, ratePerSecond, seconds);
  }

  @Override
  public boolean next(Exchange exchange, ByteBuffer request, long nowNanos) {
    if (nextIntendedNanos < endNanos && nowNanos >= nextIntendedNanos) {
      exchange.tag = null;
      exchange.intendedNanos = nextIntendedNanos;
      nextIntendedNanos += periodNanos;
      request.put(head);
      requests.putPayload(request, sent++, payloadBytes);
      inFlight++;
      return true;
    }
    Open first = open.peek();
    if (first == null || first.dueNanos > nowNanos) {
      return false;
    }
    open.remove();
    exchange.tag = first;
    request.put(first.ask);
    inFlight++;
    return true;
  }

  @Override
  public void answered(Exchange exchange, long nowNanos) {
    inFlight--;
    if (exchange.tag instanceof Open asked) {
      asked(asked, exchange, nowNanos);
      return;
    }
    if (exchange.status() != 202) {
      errors.merge("status " + exchange.status(), 1, Integer::sum);
      return;
    }
    record(accept, exchange.intendedNanos, nowNanos);
    if (askEach == 0 || accepted++ % askEach != 0) {
      return;
    }
    byte[] ask = requests.get("/v1/invocations/" + exchange.textAfter(ID));
    open.add(new Open(ask, exchange.intendedNanos, nowNanos));
  }

  private void asked(Open asked, Exchange exchange, long nowNanos) {
    if (exchange.status() == 200 && exchange.bodyContains(SUCCEEDED)) {
      record(completed, asked.intendedNanos, nowNanos);
      return;
    }
    if (exchange.status() != 200) {
      errors.merge("get: status " + exchange.status(), 1, Integer::sum);
    }
    long age = nowNanos - asked.acknowledgedNanos;
    asked.dueNanos = nowNanos + Math.max(FIRST_POLL_NANOS, age / 10);
    open.add(asked);
  }

  private void record(Histogram into, long intendedNanos, long nowNanos) {
    if (intendedNanos >= warmNanos) {
      into.recordValue(nowNanos - intendedNanos);
    }
  }

  @Override
  public void failed(Exchange exchange, IOException why) {
    inFlight--;
    errors.merge(String.valueOf(why.getMessage()), 1, Integer::sum);
  }

  @Override
  public boolean isFinished(long nowNanos) {
    boolean quiet = nextIntendedNanos >= endNanos && inFlight == 0 && open.isEmpty();
    return quiet || nowNanos > endNanos + PATIENCE_NANOS;
  }

  @Override
  public long wakeAtNanos() {
    long submit = nextIntendedNanos < endNanos ? nextIntendedNanos : Long.MAX_VALUE;
    Open first = open.peek();
    return first == null ? submit : Math.min(submit, first.dueNanos);
  }

  /** Nanoseconds from the intended send time to the acknowledgement. */
  Histogram accept() {
    return accept;
  }

  /** Nanoseconds from the intended send time to a status that says it succeeded. */
  Histogram completed() {
    return completed;
  }

  /** Acknowledged ones that were never seen to succeed. */
  int unfinished() {
    return open.size();
  }

  Map<String, Integer> errors() {
    return errors;
  }
}
