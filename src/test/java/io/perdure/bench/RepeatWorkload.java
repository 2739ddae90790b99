package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Closed loop over a set of rendered requests, for a given time. */
final class RepeatWorkload implements Workload {
  private final List<byte[]> requests;
  private final int expectedStatus;
  private final Random random; // null for each request once
  private final Histogram latency = new Histogram(3);
  private final Map<String, Integer> errors = new TreeMap<>();
  private final long startNanos = System.nanoTime();
  private long lastNanos = startNanos;
  private int sent;
  private int over;
  private final long endNanos;
  private String firstBody = "";

  private RepeatWorkload(List<byte[]> requests, int expectedStatus, double seconds, Random random) {
    this.requests = requests;
    this.expectedStatus = expectedStatus;
    this.random = random;
    this.endNanos = startNanos + (long) (seconds * 1e9);
  }

  /** In random order, again and again. */
  static RepeatWorkload random(List<byte[]> requests, int expectedStatus, double seconds) {
    return new RepeatWorkload(requests, expectedStatus, seconds, new Random(7));
  }

  /** In their order, each once: it ends early when there are no more. */
  static RepeatWorkload once(List<byte[]> requests, int expectedStatus, double seconds) {
    return new RepeatWorkload(requests, expectedStatus, seconds, null);
  }

  @Override
  public boolean next(Exchange exchange, ByteBuffer request, long nowNanos) {
    if (random == null && sent == requests.size()) {
      return false;
    }
    exchange.intendedNanos = nowNanos;
    request.put(requests.get(random == null ? sent : random.nextInt(requests.size())));
    sent++;
    return true;
  }

  @Override
  public void answered(Exchange exchange, long nowNanos) {
    over++;
    lastNanos = nowNanos;
    if (exchange.status() != expectedStatus) {
      errors.merge("status " + exchange.status(), 1, Integer::sum);
      return;
    }
    if (latency.getTotalCount() == 0) {
      firstBody = exchange.body();
    }
    latency.recordValue(nowNanos - exchange.intendedNanos);
  }

  @Override
  public void failed(Exchange exchange, IOException why) {
    over++;
    errors.merge(String.valueOf(why.getMessage()), 1, Integer::sum);
  }

  @Override
  public boolean isFinished(long nowNanos) {
    return nowNanos >= endNanos || (random == null && over == requests.size());
  }

  @Override
  public long wakeAtNanos() {
    return endNanos;
  }

  double perSecond() {
    return latency.getTotalCount() * 1e9 / Math.max(1, lastNanos - startNanos);
  }

  Histogram latency() {
    return latency;
  }

  /** The body of the first answer. */
  String body() {
    return firstBody;
  }

  Map<String, Integer> errors() {
    return errors;
  }
}
