package io.perdure.runtime.managed.pool;

import static java.lang.System.Logger.Level.ERROR;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.InstanceMessages;
import io.perdure.bus.InstanceMessages.InstancesListed;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Optional;

/** Answers what is asked of the instances of this node. Deployed once, on an event loop. */
public final class InstancesVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(InstancesVerticle.class.getName());

  private final Bus bus;
  private final Functions functions;
  private final ManagedRuntime runtime;

  /** To be deployed behind the executor that {@code runtime} was given to. */
  public InstancesVerticle(Bus bus, Functions functions, ManagedRuntime runtime) {
    this.bus = bus;
    this.functions = functions;
    this.runtime = runtime;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        List.of(
            bus.listen(Addresses.FUNCTION_CHANGED, this::changed),
            bus.serve(Addresses.LIST_INSTANCES, this::list),
            bus.serve(Addresses.WARM, this::warm),
            bus.serve(
                Addresses.RETIRE, retire -> runtime.retire(retire.functionUid()).map(Done.DONE))));
  }

  private void changed(FunctionChanged changed) {
    runtime
        .changed(changed.functionUid())
        .onFailure(e -> LOG.log(ERROR, "instances of an earlier state may go on idling", e));
  }

  private Future<InstancesListed> list(ListInstances list) {
    return runtime
        .instances(list.functionUid())
        .map(
            found ->
                new InstancesListed(
                    found.stream().map(one -> describe(list.functionUid(), one)).toList()));
  }

  private Future<Warmed> warm(Warm warm) {
    Function function = functions.byUid(warm.functionUid());
    if (function == null) {
      return failed(new Failure.NotFound("function", Long.toString(warm.functionUid())));
    }
    Optional<Function> runs = functions.resolve(function, warm.qualifier(), 0);
    if (runs.isEmpty()) {
      return failed(new Failure.NotFound("version or alias", warm.qualifier()));
    }
    if (!(runs.get().runtime() instanceof Managed)) {
      return failed(new Failure.Conflict("functions of this kind have no instances"));
    }
    return runtime.warm(runs.get(), warm.count());
  }

  private static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }

  private static InstanceMessages.Instance describe(long functionUid, Instance one) {
    return new InstanceMessages.Instance(
        one.id(),
        functionUid,
        one.version(),
        one.state().label(),
        one.pid(),
        one.running(),
        one.served(),
        one.memoryBytes(),
        one.startedAt(),
        one.idleSince());
  }
}
