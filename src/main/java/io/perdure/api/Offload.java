package io.perdure.api;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Work that is quick for most requests and would hold the event loop for some. */
public final class Offload {
  private Offload() {}

  /** Does {@code work} on a worker if it is {@code large}, else at once. */
  public static <T> Future<T> when(boolean large, Callable<T> work) {
    Context context = Vertx.currentContext();
    if (large && context != null) {
      return context.executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
