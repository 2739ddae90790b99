package io.perdure.runtime.managed.custom;

import io.perdure.runtime.Attempts;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One event loop for all of a test, as the executor's is one for all of a node. */
record OneLoop(Context context) {
  static OneLoop of(Vertx vertx) {
    return new OneLoop(vertx.getOrCreateContext());
  }

  /** What {@code action} returns there. */
  <T> T on(Supplier<T> action) {
    CompletableFuture<T> done = new CompletableFuture<>();
    context.runOnContext(
        v -> {
          try {
            done.complete(action.get());
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the event loop did not do it", e);
    }
  }

  /** Does it there. */
  void run(Runnable action) {
    Object unused =
        on(
            () -> {
              action.run();
              return null;
            });
  }
}
