package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Closed loop over a set of rendered requests, in random order, for a given time. */
final class RepeatWorkload implements Workload {
  private final List<byte[]> requests;
  private final int expectedStatus;
  private final Random random = new Random(7);
  private final Histogram latency = new Histogram(3);
  private final Map<String, Integer> errors = new TreeMap<>();
  private final long startNanos = System.nanoTime();
  private final long endNanos;
  private String firstBody = "";

  RepeatWorkload(List<byte[]> requests, int expectedStatus, double seconds) {
    this.requests = requests;
    this.expectedStatus = expectedStatus;
    this.endNanos = startNanos + (long) (seconds * 1e9);
  }

  @Override
  public boolean next(Exchange exchange, ByteBuffer request, long nowNanos) {
    exchange.intendedNanos = nowNanos;
    request.put(requests.get(random.nextInt(requests.size())));
    return true;
  }

  @Override
  public void answered(Exchange exchange, long nowNanos) {
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
    errors.merge(String.valueOf(why.getMessage()), 1, Integer::sum);
  }

  @Override
  public boolean isFinished(long nowNanos) {
    return nowNanos >= endNanos;
  }

  @Override
  public long wakeAtNanos() {
    return endNanos;
  }

  double perSecond() {
    return latency.getTotalCount() * 1e9 / (endNanos - startNanos);
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
