package io.perdure.router;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Changes of what others may change at the same time. */
public final class Revisions {
  /** How often a change that came in between is taken over before giving up. */
  private static final int TRIES = 5;

  private Revisions() {}

  /**
   * Makes {@code change}, and makes it anew when another came in between, a few times; then it
   * fails as a precondition. What it throws is a failure, too.
   *
   * @param change reads what is there and asks for the next revision of it
   */
  public static <T> Future<T> onLatest(Supplier<Future<T>> change) {
    return onLatest(change, TRIES);
  }

  private static <T> Future<T> onLatest(Supplier<Future<T>> change, int tries) {
    Future<T> changed;
    try {
      changed = change.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return changed.recover(
        cause ->
            tries > 1
                    && cause instanceof FailureException e
                    && e.failure() instanceof Failure.Precondition
                ? onLatest(change, tries - 1)
                : Future.failedFuture(cause));
  }
}
