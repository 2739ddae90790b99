package io.perdure.runtime.managed.pool;

import io.perdure.bus.InstanceMessages.Warmed;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** A wish for instances ahead of their calls. Executor's event loop. */
final class Warming {
  private final Pool pool;
  private final int count;
  private final Promise<Warmed> done = Promise.promise();
  private boolean stepping;

  Warming(Pool pool, int count) {
    this.pool = pool;
    this.count = count;
  }

  Future<Warmed> done() {
    return done.future();
  }

  /** Looks at what has come of it, whenever that may have changed. */
  void step() {
    if (stepping || done.future().isComplete()) {
      return;
    }
    stepping = true; // a start may fail at once
    while (pool.ready() + pool.starting() < count && pool.mayStart()) {
      pool.begin();
    }
    stepping = false;
    if (pool.ready() >= count) {
      done.tryComplete(new Warmed(pool.ready(), null));
    } else if (pool.starting() == 0) {
      String problem = pool.whyNoMore();
      if (problem == null) {
        pool.want();
      } else {
        done.tryComplete(new Warmed(pool.ready(), problem));
      }
    }
  }
}
