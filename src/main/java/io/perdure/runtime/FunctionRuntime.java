package io.perdure.runtime;

import io.perdure.invocation.Function;
import io.vertx.core.Future;
import java.util.function.LongConsumer;

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

  /**
   * Whether an attempt of {@code function} could begin now. When not, the runtime remembers that it
   * was asked, and tells the listener of {@link #onRoom} when asking again may help: so what has to
   * wait waits in its queue, where it costs nothing and other functions pass it.
   */
  default boolean hasRoom(Function function) {
    return true;
  }

  /**
   * Whether it is this node that is too full for an attempt of {@code function}, which had no room:
   * another one may have some.
   */
  default boolean isFull(Function function) {
    return false;
  }

  /**
   * {@code listener} is told the uid of a function that may have room again, on the event loop on
   * which this is called. Never called from within {@link #hasRoom}. Called once, before all else.
   */
  default void onRoom(LongConsumer listener) {}

  /** Frees connections and threads; attempts still running are ended. */
  Future<Void> close();
}
