package io.perdure.delivery;

import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Invocation;
import io.vertx.core.Future;

/** One way to reach a destination. */
interface Send<T extends Target> {
  /**
   * Makes one attempt.
   *
   * @param to of the kind that this reaches
   * @param of whose outcome it is
   * @param attempt its number, from 1
   * @param event what is sent
   * @return never failed: what goes wrong is an outcome
   */
  Future<DeliveryOutcome> send(T to, Invocation of, int attempt, byte[] event);
}
