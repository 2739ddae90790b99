package io.perdure.runtime.managed.pool;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.Homes;
import io.perdure.bus.InstanceMessages;
import io.perdure.bus.InstanceMessages.InstancesListed;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Retire;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.bus.Message;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers what is asked of the instances of this node, and here of all nodes. Deployed once, on an
 * event loop.
 */
public final class InstancesVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(InstancesVerticle.class.getName());

  /** A node that takes longer is taken for gone. */
  private static final long ELSEWHERE_MILLIS = 2_000;

  private final Bus bus;
  private final Functions functions;
  private final ManagedRuntime runtime;
  private final Homes homes;

  /**
   * To be deployed behind the executor that {@code runtime} was given to.
   *
   * @param homes names the other nodes; null for a node that stands alone
   */
  public InstancesVerticle(Bus bus, Functions functions, ManagedRuntime runtime, Homes homes) {
    this.bus = bus;
    this.functions = functions;
    this.runtime = runtime;
    this.homes = homes;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        List.of(
            bus.listen(Addresses.FUNCTION_CHANGED, this::changed),
            bus.serve(Addresses.LIST_INSTANCES, this::listAll),
            bus.serve(Addresses.LIST_INSTANCES_OF, this::list),
            bus.serve(Addresses.WARM, this::warm),
            bus.serve(Addresses.RETIRE, this::retireAll),
            bus.serve(Addresses.RETIRE_OF, this::retire)));
  }

  private Future<InstancesListed> listAll(ListInstances list) {
    List<Future<InstancesListed>> asked = new ArrayList<>();
    asked.add(list(list));
    asked.addAll(elsewhere(Addresses.LIST_INSTANCES_OF, list, new InstancesListed(List.of())));
    return Future.all(asked)
        .map(
            done ->
                new InstancesListed(
                    asked.stream().flatMap(one -> one.result().instances().stream()).toList()));
  }

  private Future<Done> retireAll(Retire retire) {
    List<Future<Done>> asked = new ArrayList<>();
    asked.add(retire(retire));
    asked.addAll(elsewhere(Addresses.RETIRE_OF, retire, Done.DONE));
    return Future.all(asked).map(Done.DONE);
  }

  private Future<Done> retire(Retire retire) {
    return runtime.retire(retire.functionUid()).map(Done.DONE);
  }

  /** Asks all other nodes. With a node that has gone its instances have gone: {@code none}. */
  private <Q extends Message, R extends Message> List<Future<R>> elsewhere(
      Address<Q, R> of, Q message, R none) {
    if (homes == null) {
      return List.of();
    }
    String self = homes.routes().self();
    return homes.nodes().stream()
        .filter(node -> !node.equals(self))
        .map(
            node ->
                bus.request(of.onNode(node), message, ELSEWHERE_MILLIS)
                    .recover(
                        e -> {
                          LOG.log(DEBUG, "instances on {0} are left out: {1}", node, e);
                          return Future.succeededFuture(none);
                        }))
        .toList();
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
