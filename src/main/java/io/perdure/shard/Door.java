package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Where calls wait, undecided, while those before them end: a call that is accepted has to be
 * started, and its caller would be lost with the shard. Belongs to the shard's thread.
 */
final class Door {
  private final int waitingMax;
  private final Queue<Waiting<?>> waiting = new ArrayDeque<>();
  private boolean shut;

  private record Waiting<T>(Supplier<Future<T>> request, Promise<T> answer) {
    void enter() {
      request.get().onComplete(answer);
    }
  }

  /** An open one, at which so many may wait. */
  Door(int waitingMax) {
    this.waitingMax = waitingMax;
  }

  /** Does {@code request} now, or when the door is opened; throttled when too many wait. */
  <T> Future<T> pass(Supplier<Future<T>> request) {
    if (!shut) {
      return request.get();
    }
    if (waiting.size() >= waitingMax) {
      return Future.failedFuture(
          new FailureException(
              new Failure.Throttled("shard.pending", "too many calls wait for the shard", 100)));
    }
    Waiting<T> one = new Waiting<>(request, Promise.promise());
    waiting.add(one);
    return one.answer.future();
  }

  void shut() {
    shut = true;
  }

  /** Lets in all that wait, in their order. */
  void open() {
    shut = false;
    for (int i = waiting.size(); i > 0 && !shut; i--) {
      waiting.remove().enter();
    }
  }

  /** It stays shut: who waits is told {@code why}. */
  void close(Failure why) {
    FailureException told = new FailureException(why);
    waiting.forEach(one -> one.answer.tryFail(told));
    waiting.clear();
  }
}
