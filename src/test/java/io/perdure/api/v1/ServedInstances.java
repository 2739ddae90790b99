package io.perdure.api.v1;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.InstancesListed;
import io.perdure.bus.InstanceMessages.Warmed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The addresses of instances, served from memory: warming makes idle ones. Thread-safe. */
final class ServedInstances {
  private final Map<Long, List<Instance>> byFunction = new ConcurrentHashMap<>();

  ServedInstances(Bus bus) {
    bus.serve(
        Addresses.LIST_INSTANCES,
        asked ->
            Future.succeededFuture(
                new InstancesListed(byFunction.getOrDefault(asked.functionUid(), List.of()))));
    bus.serve(
        Addresses.WARM,
        asked -> {
          List<Instance> made = new ArrayList<>();
          for (int i = 0; i < asked.count(); i++) {
            made.add(
                new Instance(
                    "i" + i, asked.functionUid(), asked.qualifier(), "idle", 7, 0, 0, 9, 1, 2));
          }
          byFunction.put(asked.functionUid(), made);
          return Future.succeededFuture(new Warmed(made.size(), null));
        });
    bus.serve(
        Addresses.RETIRE,
        asked -> {
          byFunction.remove(asked.functionUid());
          return Future.succeededFuture(Done.DONE);
        });
  }
}
