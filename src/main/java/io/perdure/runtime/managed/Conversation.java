package io.perdure.runtime.managed;

import io.perdure.invocation.RunError;
import io.perdure.runtime.Call;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How the server speaks with one instance: one implementation per protocol. Made before the process
 * is started, since the process is told in its environment where to call. Executor's event loop.
 */
public interface Conversation {
  /** Program and arguments of the process. */
  List<String> argv();

  /** Variables the protocol needs, besides those of the conventions. */
  Map<String, String> environment();

  /** Directory the process starts in. */
  Path directory();

  /**
   * To be called when the process runs. Completes when it takes calls; fails with {@link
   * StartFailure} when it says that it cannot, or speaks nonsense. Its time limit is the caller's
   * affair.
   */
  Future<Void> ready();

  /** What {@link #ready} failed with when its time has passed: what was waited for. */
  default RunError late(long timeoutMillis) {
    return new RunError(
        RunError.Kind.TIMEOUT, "InitTimeout", "not ready within " + timeoutMillis + " ms");
  }

  /**
   * Hands a call over. Never more at once than the function's instanceConcurrency.
   *
   * @param log what the function logs for this very call, where the protocol can tell; what comes
   *     by stdout and stderr does not pass here
   * @return completes with an answer and never fails, except by {@link #lost}, which completes it
   *     with {@link Answer.Lost}
   */
  Future<Answer> call(Call call, long deadline, Consumer<Buffer> log);

  /** Asks the function to give the call up; false when the protocol has no word for it. */
  boolean cancel(Call call);

  /**
   * Ends a call by force and leaves its instance and the other calls in it alone: {@link #call}
   * completes with {@link Answer.Raised}. False when only the end of the process ends a call.
   */
  default boolean drop(Call call) {
    return false;
  }

  /** Runs the function's pre-stop hook; completes, never fails, when it has ended or has none. */
  Future<Void> preStop();

  /** The process is gone: everything pending ends. */
  void lost();

  /** Frees ports and connections. */
  Future<Void> close();

  /** What became of a call. */
  sealed interface Answer {
    /** It returned. */
    record Returned(Buffer result) implements Answer {}

    /**
     * It failed.
     *
     * @param error of kind FUNCTION or BAD_RESPONSE, or CRASH when the connection that carried the
     *     call broke and the process lives, or when the function could have no more memory
     * @param result what is to be kept as the result: for what a shim reports the object {@code
     *     {"errorMessage", "errorType", "stackTrace": [...]}}
     * @param fatal true when the instance must not be used any more
     */
    record Raised(RunError error, Buffer result, boolean fatal) implements Answer {}

    /** The instance is gone or does not speak any more. */
    record Lost() implements Answer {}
  }
}
