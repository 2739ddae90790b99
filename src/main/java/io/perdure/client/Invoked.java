package io.perdure.client;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.vertx.core.buffer.Buffer;

/**
 * What became of an invocation that was waited for.
 *
 * @param invocation as it is now; it may not have ended, and goes on then
 * @param result what it returned, also when it failed; empty while it has not ended
 * @param log what its latest attempt logged
 */
public record Invoked(Invocation invocation, Buffer result, Buffer log) {
  /** True when it has ended as it should. */
  public boolean succeeded() {
    return invocation.status() == Status.SUCCEEDED;
  }
}
