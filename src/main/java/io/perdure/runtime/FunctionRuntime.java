package io.perdure.runtime;

import io.vertx.core.Future;

/** Runs attempts of one kind of function. Called on the executor's event loop. */
public interface FunctionRuntime {
  /**
   * Starts an attempt and returns at once. Never throws: what cannot be started is an {@link
   * Running#outcome()} that holds {@link Outcome.PlatformFailed}.
   */
  Running start(Call call);

  /**
   * Whether a CANCEL ends an attempt by force after its grace. When not, the executor gives the
   * attempt up at that moment, and what it still answers is dropped.
   */
  default boolean endsByForce() {
    return true;
  }

  /** Frees connections and threads; attempts still running are ended. */
  Future<Void> close();
}
