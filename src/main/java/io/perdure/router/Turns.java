package io.perdure.router;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Lets a few do something at once, and others wait for their turn in the order they came. Each does
 * it on the context it came on. Thread-safe.
 */
final class Turns {
  private static final long RETRY_MILLIS = 1_000;

  private final String limit;
  private final int atOnce;
  private final int waitingMax;

  /** Guarded by this, as is the next one. */
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private int busy;

  /**
   * So many turns.
   *
   * @param limit what is said to be full when too many wait
   */
  Turns(String limit, int atOnce, int waitingMax) {
    this.limit = limit;
    this.atOnce = atOnce;
    this.waitingMax = waitingMax;
  }

  /** Does {@code work} when its turn has come; throttled when too many wait already. */
  <T> Future<T> take(Supplier<Future<T>> work) {
    Context context = Vertx.currentContext();
    Promise<T> done = Promise.promise();
    Runnable turn = () -> attempt(work).onComplete(done).onComplete(ended -> next());
    synchronized (this) {
      if (busy == atOnce) {
        if (waiting.size() == waitingMax) {
          return Future.failedFuture(
              new FailureException(
                  new Failure.Throttled(
                      limit, waiting.size() + " are waiting for their turn", RETRY_MILLIS)));
        }
        waiting.add(context == null ? turn : () -> context.runOnContext(now -> turn.run()));
        return done.future();
      }
      busy++;
    }
    turn.run();
    return done.future();
  }

  private static <T> Future<T> attempt(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void next() {
    Runnable first;
    synchronized (this) {
      first = waiting.poll();
      if (first == null) {
        busy--;
        return;
      }
    }
    first.run();
  }
}
