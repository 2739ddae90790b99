package io.perdure.api.fc;

import io.perdure.api.CodeLinks;
import io.perdure.api.fc.operation.AccountOperations;
import io.perdure.api.fc.operation.AliasOperations;
import io.perdure.api.fc.operation.AsyncConfigOperations;
import io.perdure.api.fc.operation.FunctionOperations;
import io.perdure.api.fc.operation.FunctionViewOperations;
import io.perdure.api.fc.operation.InstanceOperations;
import io.perdure.api.fc.operation.InvokeOperations;
import io.perdure.api.fc.operation.ScalingOperations;
import io.perdure.api.fc.operation.ServiceOperations;
import io.perdure.api.fc.operation.TagOperations;
import io.perdure.api.fc.operation.TaskOperations;
import io.perdure.api.fc.operation.UnsupportedOperations;
import io.perdure.api.fc.operation.VersionOperations;
import io.perdure.api.fc.wire.Operation;
import io.perdure.bus.Bus;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** All operations there are. */
final class FcOperations {
  private FcOperations() {}

  static List<Operation> all(
      Bus bus,
      Router router,
      Clock clock,
      FunctionSearch search,
      CodeLinks links,
      FcConfig config) {
    return Stream.of(
            new ServiceOperations(bus).all(),
            new FunctionOperations(bus, router, config.retention()).all(),
            new FunctionViewOperations(bus, router, search, links).all(),
            new VersionOperations(bus).all(),
            new AliasOperations(bus).all(),
            new AsyncConfigOperations(bus, router).all(),
            new ScalingOperations(bus, router, search).all(),
            new InstanceOperations(bus, router).all(),
            new TagOperations(bus, router, search).all(),
            AccountOperations.all(),
            new InvokeOperations(router, invocations(config)).all(),
            new TaskOperations(bus, router, clock).all(),
            new UnsupportedOperations(router).all())
        .flatMap(operations -> operations)
        .toList();
  }

  private static InvokeOperations.Settings invocations(FcConfig config) {
    return new InvokeOperations.Settings(
        config.payloadBytesMax(),
        config.eventBytesMax(),
        config.invokeWaitMax(),
        config.waitsMax());
  }
}
