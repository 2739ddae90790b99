package io.perdure.api.scf.wire;

import io.vertx.core.Future;

/**
 * One action of the API.
 *
 * @param name as callers write it
 * @param shape its parameters
 * @param handler does it; called on the connection's event loop
 */
public record Action(String name, Shape shape, Handler handler) {
  /** Does what was asked. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Does it; a failed future or a thrown exception is answered as an error: {@link ScfError} as
     * it is, a failure of the node by its kind, anything else as an internal error.
     */
    Future<Reply> handle(ScfCall call);
  }
}
