package io.perdure.api;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads bodies as opaque bytes, within bounds: each within its limit and its time, all together
 * within what the node may hold. One for all server instances; thread-safe.
 */
public final class Bodies {
  private static final byte[] EMPTY = {};
  private static final long NO_TIMER = -1; // 0 is one

  /** Size of the pieces of a body that is not held as a whole. */
  private static final int PIECE_BYTES = 512 * 1024;

  /** A declared length up to this is allocated at once, a longer one as its bytes arrive. */
  private static final int TRUSTED_BYTES = 64 * 1024;

  private final long timeoutMillis;
  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  /** Takes a body piece by piece. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes one piece; the next one comes when this one is done. A failure ends the reading.
     *
     * @param offset of its first byte in the body
     * @param bytes not empty; not used by anybody else any more
     */
    Future<?> take(long offset, byte[] bytes);
  }

  /** Bounds as {@code config} has them. */
  public Bodies(HttpConfig config) {
    this.timeoutMillis = config.bodyTimeout().toMillis();
    this.bytesMax = config.bodyBytesMax();
  }

  /** Bytes of bodies held at this moment, for the metrics. */
  public long heldBytes() {
    return held.get();
  }

  /**
   * The body of {@code request}; its bytes count as held until the request is answered. Called
   * before the first byte was handed over: in the first handler, or after a pause. Fails as too
   * large (at once when the declared length says so), as unavailable when the node holds too much
   * already, or with a problem 408 when the body did not arrive in time.
   *
   * @param field what the caller knows the body as
   * @param limitBytes longest body accepted
   */
  public Future<byte[]> read(HttpServerRequest request, String field, int limitBytes) {
    long declared = declared(request);
    if (declared > limitBytes) {
      return Future.failedFuture(new FailureException(new Failure.TooLarge(field, limitBytes)));
    }
    if (declared == 0) {
      request.resume();
      return Future.succeededFuture(EMPTY);
    }
    String expected = request.getHeader(HttpHeaders.EXPECT);
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      return Future.failedFuture(unexpected(expected));
    }
    // Some callers send the body without waiting to be asked: it must find its reader already.
    Future<byte[]> read = new Reading(request, field, limitBytes, declared).begin();
    return expected == null ? read : request.response().writeContinue().compose(sent -> read);
  }

  /**
   * Hands the body of {@code request} to {@code sink} in pieces while it arrives, as fast as they
   * are taken; gives its length. Called like {@link #read}, and fails like it, but for the time: it
   * may pause for as long as a whole body may take elsewhere, and go on for any time.
   */
  public Future<Long> stream(HttpServerRequest request, Sink sink) {
    if (declared(request) == 0) {
      request.resume();
      return Future.succeededFuture(0L);
    }
    String expected = request.getHeader(HttpHeaders.EXPECT);
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      return Future.failedFuture(unexpected(expected));
    }
    if (!hold(PIECE_BYTES)) {
      return Future.failedFuture(full());
    }
    onceOver(request, () -> held.addAndGet(-PIECE_BYTES));
    Future<Long> read = new BodyPieces(request, sink, PIECE_BYTES, timeoutMillis).read();
    return expected == null ? read : request.response().writeContinue().compose(sent -> read);
  }

  private static ProblemException unexpected(String expected) {
    return new ProblemException(
        Problem.of(417, "expectation-failed", "Expectation failed", "Expect: " + expected));
  }

  private static FailureException full() {
    return new FailureException(
        new Failure.Unavailable("too many bytes of bodies are being received", 1_000));
  }

  /** Nobody reads it any more: it only ends the handling of the request. */
  static ProblemException aborted() {
    return new ProblemException(
        Problem.of(400, "aborted", "The body ended early", "the caller went away"));
  }

  static ProblemException tooSlow(long timeoutMillis) {
    return new ProblemException(
        Problem.of(
            408,
            "request-timeout",
            "The body did not arrive in time",
            "the body did not arrive within " + timeoutMillis + " ms"));
  }

  /** The declared length; 0 when there is no body, -1 when its length is not known. */
  public static long declared(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      return Long.parseLong(length.strip()); // the HTTP decoder has refused anything else
    }
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
  }

  /** Does {@code work} once, when the request is answered or its connection is gone. */
  private static void onceOver(HttpServerRequest request, Runnable work) {
    AtomicBoolean over = new AtomicBoolean();
    Handler<Void> first =
        ended -> {
          if (!over.getAndSet(true)) {
            work.run();
          }
        };
    request.response().endHandler(first).closeHandler(first);
  }

  private boolean hold(long bytes) {
    if (held.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  /** One body being read, on the context of its connection. */
  private final class Reading {
    private final HttpServerRequest request;
    private final Vertx vertx = Vertx.currentContext().owner();
    private final String field;
    private final int limit;
    private final long declared;
    private final Promise<byte[]> promise = Promise.promise();
    private byte[] bytes = EMPTY;
    private int length;
    private long timer = NO_TIMER;

    Reading(HttpServerRequest request, String field, int limit, long declared) {
      this.request = request;
      this.field = field;
      this.limit = limit;
      this.declared = declared;
    }

    Future<byte[]> begin() {
      onceOver(request, this::release);
      request.exceptionHandler(gone -> end(aborted()));
      request.handler(this::append);
      request.endHandler(
          ended -> {
            cancelTimer();
            promise.tryComplete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
          });
      request.resume();
      // Most bodies come with their head, in this turn: then no timer is needed.
      Vertx.currentContext().runOnContext(next -> limitTime());
      return promise.future();
    }

    private void limitTime() {
      if (!ended()) {
        timer = vertx.setTimer(timeoutMillis, late -> end(tooSlow(timeoutMillis)));
      }
    }

    private void cancelTimer() {
      if (timer != NO_TIMER) {
        vertx.cancelTimer(timer);
      }
    }

    private boolean ended() {
      return promise.future().isComplete();
    }

    private void append(Buffer chunk) {
      if (ended()) {
        return; // refused already: what still comes is dropped
      }
      int needed = length + chunk.length();
      if (needed > limit) {
        end(new FailureException(new Failure.TooLarge(field, limit)));
      } else if (needed <= bytes.length || grow(needed)) {
        chunk.getBytes(bytes, length);
        length = needed;
      }
    }

    private boolean grow(int needed) {
      int capacity = capacity(needed);
      if (!hold(capacity - bytes.length)) {
        end(full());
        return false;
      }
      bytes = Arrays.copyOf(bytes, capacity);
      return true;
    }

    private int capacity(int needed) {
      if (declared >= 0 && declared <= TRUSTED_BYTES) {
        return (int) Math.max(needed, declared);
      }
      long most = declared >= 0 ? Math.max(declared, needed) : limit;
      return (int) Math.min(Math.max(2L * bytes.length, needed), most);
    }

    private void end(Throwable cause) {
      cancelTimer();
      promise.tryFail(cause);
    }

    private void release() {
      held.addAndGet(-bytes.length);
      bytes = EMPTY;
    }
  }
}
