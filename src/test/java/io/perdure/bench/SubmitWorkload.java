package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * Closed loop: each connection submits, waits for its acknowledgement, submits again. With a window
 * it pauses while more than that many acknowledged invocations have not ended, and goes on, when
 * the time is over, until all have.
 */
final class SubmitWorkload implements Workload {
  private static final byte[] ID = "\"id\":\"".getBytes(US_ASCII);
  private static final byte[] COUNT = "\"count\":".getBytes(US_ASCII);
  private static final int SAMPLE = 100_000;
  private static final long COUNT_EVERY_NANOS = 25_000_000;
  private static final long STALLED_NANOS = 30_000_000_000L;
  private static final Object COUNTING = new Object();
  private static final long LEAVING = -1;

  /**
   * How long and how much.
   *
   * @param window most acknowledged and not ended; 0 to neither limit nor wait
   * @param most submits at most
   */
  record Extent(long nanos, long window, long most) {}

  private final Requests requests;
  private final Extent extent;
  private final int payloadBytes;
  private final byte[] head;
  private final byte[] count;
  private final long alreadySucceeded; // LEAVING when ended ones do not stay

  private final Histogram acknowledged = new Histogram(3);
  private final Map<String, Integer> errors = new TreeMap<>();
  private final String[] ids = new String[SAMPLE];
  private final long startNanos = System.nanoTime();
  private long sent;
  private long accepted;
  private long unanswered;
  private long succeeded;
  private long acceptedBeforeCount;
  private long lastAcceptedNanos = startNanos;
  private long lastSucceededNanos = startNanos;
  private long nextCountNanos = startNanos;
  private boolean counting;

  private SubmitWorkload(
      Requests requests,
      String function,
      int payloadBytes,
      Extent extent,
      String countPath,
      long alreadySucceeded) {
    this.requests = requests;
    this.extent = extent;
    this.payloadBytes = payloadBytes;
    this.alreadySucceeded = alreadySucceeded;
    this.head = requests.postHead(NativeApi.functionPath(function) + "/invocations", payloadBytes);
    this.count = requests.get(countPath);
  }

  /** Of a function whose ended invocations stay: those that have succeeded are counted. */
  static SubmitWorkload staying(
      Requests requests, String function, int payloadBytes, Extent extent, long alreadySucceeded) {
    String path = NativeApi.countPath(function, "SUCCEEDED");
    return new SubmitWorkload(requests, function, payloadBytes, extent, path, alreadySucceeded);
  }

  /** Of a function whose ended invocations are removed meanwhile: those not ended are counted. */
  static SubmitWorkload leaving(
      Requests requests, String function, int payloadBytes, Extent extent) {
    String path = NativeApi.countPath(function, "ENQUEUED", "RUNNING", "RETRYING");
    return new SubmitWorkload(requests, function, payloadBytes, extent, path, LEAVING);
  }

  @Override
  public boolean next(Exchange exchange, ByteBuffer request, long nowNanos) {
    if (extent.window() > 0 && !counting && nowNanos >= nextCountNanos) {
      counting = true;
      acceptedBeforeCount = accepted;
      exchange.tag = COUNTING;
      request.put(count);
      return true;
    }
    if (submitsAreOver(nowNanos)
        || (extent.window() > 0 && accepted + unanswered - succeeded >= extent.window())) {
      return false;
    }
    exchange.tag = null;
    exchange.intendedNanos = nowNanos;
    request.put(head);
    requests.putPayload(request, sent, payloadBytes);
    sent++;
    unanswered++;
    return true;
  }

  private boolean submitsAreOver(long nowNanos) {
    return nowNanos - startNanos >= extent.nanos() || sent >= extent.most();
  }

  @Override
  public void answered(Exchange exchange, long nowNanos) {
    if (exchange.tag == COUNTING) {
      counted(exchange, nowNanos);
      return;
    }
    unanswered--;
    if (exchange.status() != 202) {
      errors.merge("status " + exchange.status(), 1, Integer::sum);
      return;
    }
    acknowledged.recordValue(nowNanos - exchange.intendedNanos);
    ids[(int) (accepted % SAMPLE)] = exchange.textAfter(ID);
    accepted++;
    lastAcceptedNanos = nowNanos;
  }

  private void counted(Exchange exchange, long nowNanos) {
    counting = false;
    nextCountNanos = nowNanos + COUNT_EVERY_NANOS;
    long counted = exchange.numberAfter(COUNT);
    long now =
        alreadySucceeded == LEAVING ? acceptedBeforeCount - counted : counted - alreadySucceeded;
    if (exchange.status() != 200) {
      errors.merge("count: status " + exchange.status(), 1, Integer::sum);
    } else if (now > succeeded) {
      succeeded = now;
      lastSucceededNanos = nowNanos;
    }
  }

  @Override
  public void failed(Exchange exchange, IOException why) {
    errors.merge(String.valueOf(why.getMessage()), 1, Integer::sum);
    if (exchange.tag == COUNTING) {
      counting = false;
    } else {
      unanswered--;
    }
  }

  @Override
  public boolean isFinished(long nowNanos) {
    if (!submitsAreOver(nowNanos) || unanswered > 0) {
      return false;
    }
    return extent.window() == 0
        || succeeded >= accepted
        || nowNanos - Math.max(lastSucceededNanos, lastAcceptedNanos) > STALLED_NANOS;
  }

  @Override
  public long wakeAtNanos() {
    return extent.window() > 0 && !counting ? nextCountNanos : Long.MAX_VALUE;
  }

  long accepted() {
    return accepted;
  }

  long succeeded() {
    return succeeded;
  }

  double acceptedPerSecond() {
    return accepted * 1e9 / Math.max(1, lastAcceptedNanos - startNanos);
  }

  /** From the first submit to the moment when the last one was seen to have succeeded. */
  double succeededPerSecond() {
    return succeeded * 1e9 / Math.max(1, lastSucceededNanos - startNanos);
  }

  /** Nanoseconds from submit to acknowledgement. */
  Histogram acknowledged() {
    return acknowledged;
  }

  Map<String, Integer> errors() {
    return errors;
  }

  /** The last acknowledged ids, at most {@value #SAMPLE}. */
  String[] ids() {
    return Arrays.copyOf(ids, (int) Math.min(accepted, SAMPLE));
  }
}
