package io.perdure.cluster.raft;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Whether something has not gone on for too long, such as a change of members: Ratis gives up a new
 * member that it does not hear, but not one that answers and never catches up. Not thread-safe.
 */
final class Stall {
  private static final long LIMIT_MILLIS = 60_000;
  private static final long LOOK_MILLIS = 1_000;

  /** Least speed of a snapshot, of which nothing is seen until it has been received. */
  private static final long BYTES_PER_MILLI = 4_000;

  private final long limitNanos;
  private Object last;
  private long since;

  /** Of what began at {@code now}, in nanoseconds as all times here. */
  Stall(long limitMillis, long now) {
    limitNanos = limitMillis * 1_000_000;
    since = now;
  }

  /** How long nothing may be seen of a member to which {@code bytes} have to be sent. */
  static long limitMillis(long bytes) {
    return LIMIT_MILLIS + bytes / BYTES_PER_MILLI;
  }

  /**
   * As {@code action}, but fails with {@link TimeoutException} when it does not go on.
   *
   * @param progress tells how far it is
   */
  static Future<Void> watch(
      Vertx vertx, long limitMillis, Supplier<?> progress, Future<Void> action) {
    Stall stall = new Stall(limitMillis, System.nanoTime());
    Promise<Void> done = Promise.promise();
    long timer =
        vertx.setPeriodic(
            Math.min(LOOK_MILLIS, limitMillis),
            id -> {
              if (stall.isStalled(progress.get(), System.nanoTime())) {
                done.tryFail(new TimeoutException("nothing went on for " + limitMillis + " ms"));
              }
            });
    action.onSuccess(done::tryComplete).onFailure(done::tryFail);
    return done.future().onComplete(end -> vertx.cancelTimer(timer));
  }

  /** Whether it has been as {@code seen}, by which one sees how far it is, for the whole time. */
  boolean isStalled(Object seen, long now) {
    if (!seen.equals(last)) {
      last = seen;
      since = now;
    }
    return now - since >= limitNanos;
  }
}
