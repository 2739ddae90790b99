package io.perdure.runtime;

import io.vertx.core.Future;

/** Runs attempts of one kind of function. Called on the executor's event loop. */
public interface FunctionRuntime {
  /**
   * Starts an attempt and returns at once. Never throws: what cannot be started is an {@link
   * Running#outcome()} that holds {@link Outcome.PlatformFailed}.
   */
  Running start(Call call);

  /** Frees connections and threads; attempts still running are ended. */
  Future<Void> close();
}
