package io.perdure.runtime.managed;

import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.vertx.core.Future;
import java.nio.file.Path;

/** Makes conversations of one protocol. Executor's event loop. */
public interface Conversations {
  /** Gets ready for an instance: listens where it will call, or finds a port for it. */
  Future<Conversation> open(Blueprint of);

  /** Frees what they share. */
  Future<Void> close();

  /**
   * What an instance is made from.
   *
   * @param instance its id
   * @param function resolved to the version it runs
   * @param spec the function's runtime
   * @param code its unpacked code
   * @param work its own directory
   * @param resultBytesMax a larger result is a bad response
   */
  record Blueprint(
      String instance, Function function, Managed spec, Path code, Path work, int resultBytesMax) {}
}
