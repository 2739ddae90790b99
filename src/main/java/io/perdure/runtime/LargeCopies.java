package io.perdure.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Copies that are quick for most bodies and would hold the event loop for the largest. */
public final class LargeCopies {
  /** Copying so much takes about a millisecond. */
  private static final int OFFLOAD_BYTES = 2 << 20;

  private LargeCopies() {}

  /**
   * Does {@code copy}, of {@code bytes} bytes: on a worker if they are many, else at once.
   * Completes on the context that asks.
   */
  public static <T> Future<T> of(long bytes, Callable<T> copy) {
    Context context = Vertx.currentContext();
    if (bytes > OFFLOAD_BYTES && context != null) {
      return context.executeBlocking(copy, false);
    }
    try {
      return Future.succeededFuture(copy.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
