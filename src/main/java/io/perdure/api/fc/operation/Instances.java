package io.perdure.api.fc.operation;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.InstancesListed;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.vertx.core.Future;
import java.util.List;

/** The instances of functions, on all nodes. */
final class Instances {
  private final Bus bus;

  Instances(Bus bus) {
    this.bus = bus;
  }

  /** Those of all versions; none of a function that runs outside of the node. */
  Future<List<Instance>> of(Function function) {
    return function.runtime() instanceof Managed
        ? bus.request(Addresses.LIST_INSTANCES, new ListInstances(function.uid()))
            .map(InstancesListed::instances)
        : Future.succeededFuture(List.of());
  }

  /** How many of a version take invocations. */
  Future<Long> ready(Function version) {
    return of(version)
        .map(
            all ->
                all.stream()
                    .filter(instance -> instance.version().equals(version.version()))
                    .filter(Instances::isReady)
                    .count());
  }

  private static boolean isReady(Instance instance) {
    return instance.state().equals("idle") || instance.state().equals("busy");
  }
}
