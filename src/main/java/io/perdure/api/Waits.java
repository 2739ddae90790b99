package io.perdure.api;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Requests that wait for an invocation: how many there may be at once. Thread-safe. */
public final class Waits {
  private final Router router;
  private final String limit;
  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Places for {@code most} requests.
   *
   * @param limit name of the setting that says how many
   */
  public Waits(Router router, String limit, int most) {
    this.router = router;
    this.limit = limit;
    this.most = most;
  }

  /** Takes a place, to be given back by {@link #leave}; false when all are taken. */
  public boolean enter() {
    if (waiting.incrementAndGet() <= most) {
      return true;
    }
    waiting.decrementAndGet();
    return false;
  }

  /** Gives a place back. */
  public void leave() {
    waiting.decrementAndGet();
  }

  /** Holds a place until what {@code work} gives is done; fails as throttled when none is free. */
  public <T> Future<T> within(Supplier<Future<T>> work) {
    if (!enter()) {
      return Future.failedFuture(new FailureException(full()));
    }
    return Future.succeededFuture().compose(taken -> work.get()).onComplete(done -> leave());
  }

  /** As {@link Router#await}; fails as throttled when too many wait. */
  public Future<Invocation> await(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis) {
    return within(() -> router.await(account, id, afterSeq, terminal, waitMillis));
  }

  /** Why there is no place. */
  public Failure full() {
    return new Failure.Throttled(limit, "more than " + most + " requests wait already", 1_000);
  }
}
