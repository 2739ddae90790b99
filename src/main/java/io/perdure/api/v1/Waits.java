package io.perdure.api.v1;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that wait for an invocation: how many there may be at once. Thread-safe. */
final class Waits {
  private final Router router;
  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();

  Waits(Router router, NativeConfig config) {
    this.router = router;
    this.most = config.waitsMax();
  }

  /** Takes a place, to be given back by {@link #leave}; false when all are taken. */
  boolean enter() {
    if (waiting.incrementAndGet() <= most) {
      return true;
    }
    waiting.decrementAndGet();
    return false;
  }

  void leave() {
    waiting.decrementAndGet();
  }

  /** As {@link Router#await}; fails as throttled when too many wait. */
  Future<Invocation> await(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis) {
    if (!enter()) {
      return Future.failedFuture(new FailureException(full()));
    }
    return router.await(account, id, afterSeq, terminal, waitMillis).onComplete(done -> leave());
  }

  Failure full() {
    return new Failure.Throttled(
        "native.waits-max", "more than " + most + " requests wait already", 1_000);
  }
}
