package io.perdure.cluster;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Message;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** What an operator who asks for the cluster is answered by a node that has none. */
public final class StandsAlone extends VerticleBase {
  private static final Failure ALONE =
      new Failure.Conflict("this node stands alone: cluster.enabled is false");

  private final Bus bus;

  /** Served on {@code bus}. */
  public StandsAlone(Bus bus) {
    this.bus = bus;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        List.of(
            refuse(Addresses.GET_CLUSTER),
            refuse(Addresses.CHANGE_NODE),
            refuse(Addresses.REBALANCE)));
  }

  private <Q extends Message, R extends Message> Future<Void> refuse(Address<Q, R> address) {
    return bus.serve(address, asked -> Future.failedFuture(new FailureException(ALONE)));
  }
}
