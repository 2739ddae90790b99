package io.perdure.runtime.managed.pool;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Runs attempts in instances that are kept warm. One object serves all managed kinds. Executor's
 * event loop, unless a method says otherwise.
 */
public final class ManagedRuntime implements FunctionRuntime {
  /** How long instances have to end in peace when the node does, 3 s. */
  public static final long CLOSE_MILLIS = 3_000;

  /** How long their end by force is waited for, 3 s. */
  private static final long FORCE_MILLIS = 3_000;

  private static final System.Logger LOG = System.getLogger(ManagedRuntime.class.getName());

  private final Fleet fleet;
  private final Parts parts;
  private final Functions functions;
  private final long closeMillis;
  private final Promise<Context> attached = Promise.promise();

  /** By function and version. */
  private final Map<Long, Map<String, Pool>> pools = new HashMap<>();

  private Future<Void> closing; // null until asked to close

  /**
   * On its parts, which it closes.
   *
   * @param resultBytesMax a larger result is a bad response
   * @param closeMillis how long instances have to end in peace at the end
   */
  public ManagedRuntime(
      Room config,
      Parts parts,
      Clock clock,
      Functions functions,
      int resultBytesMax,
      MeterRegistry registry,
      long closeMillis) {
    this.parts = parts;
    this.functions = functions;
    this.closeMillis = closeMillis;
    this.fleet = new Fleet(config, parts, clock, new InstanceMeters(registry), resultBytesMax);
  }

  // ---- what the executor asks

  @Override
  public void onRoom(LongConsumer listener) {
    Context executor = Vertx.currentContext();
    fleet.attach(executor, listener);
    attached.complete(executor);
  }

  @Override
  public boolean hasRoom(Function function) {
    return pool(function).hasRoom();
  }

  @Override
  public boolean isFull(Function function) {
    return pool(function).lacksSpace();
  }

  @Override
  public Running start(Call call) {
    return pool(call.function()).start(call);
  }

  /** The pool that runs {@code function}; what ran an earlier state of it is outdated. */
  private Pool pool(Function function) {
    Map<String, Pool> versions = pools.computeIfAbsent(function.uid(), uid -> new HashMap<>());
    Pool pool = versions.get(function.version());
    if (pool != null
        && (pool.serves(function) || pool.function().revision() > function.revision())) {
      return pool; // also when the function was changed behind the back of an attempt
    }
    Pool next = new Pool(fleet, function);
    versions.put(function.version(), next);
    if (pool != null) {
      pool.outdate(next);
    }
    return next;
  }

  // ---- what others ask, on any thread

  /** The instances of a function, of all versions. */
  Future<List<Instance>> instances(long functionUid) {
    return onLoop(
        () -> {
          List<Instance> found = new ArrayList<>();
          for (Pool pool : fleet.pools()) {
            if (pool.functionUid() == functionUid) {
              found.addAll(pool.instances());
            }
          }
          return Future.succeededFuture(found);
        });
  }

  /** As {@link io.perdure.bus.InstanceMessages.Warm}, of a function resolved to a version. */
  Future<Warmed> warm(Function function, int count) {
    return onLoop(() -> pool(function).warm(count));
  }

  /** As {@link io.perdure.bus.InstanceMessages.Retire}. */
  Future<Void> retire(long functionUid) {
    return onLoop(
        () -> {
          for (Pool pool : fleet.pools()) {
            if (pool.functionUid() == functionUid) {
              pool.retire(Retirement.ASKED);
            }
          }
          return Future.succeededFuture();
        });
  }

  /** A function was changed or deleted: what runs an earlier state of it is ended. */
  Future<Void> changed(long functionUid) {
    return onLoop(
        () -> {
          endOutdated(functionUid);
          return Future.succeededFuture();
        });
  }

  private void endOutdated(long functionUid) {
    Map<String, Pool> versions = pools.getOrDefault(functionUid, Map.of());
    Function latest = functions.byUid(functionUid);
    for (Pool pool : List.copyOf(versions.values())) {
      Function now =
          latest == null
              ? null
              : functions.resolve(latest, pool.function().version(), 0).orElse(null);
      if (now == null || !(now.runtime() instanceof Managed)) {
        versions.remove(pool.function().version());
        pool.outdate(null);
      } else {
        pool(now);
      }
    }
    if (versions.isEmpty()) {
      pools.remove(functionUid);
    }
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    attached
        .future()
        .onSuccess(executor -> executor.runOnContext(v -> work.get().onComplete(done)));
    return done.future();
  }

  // ---- the end

  /** Ends all instances, in peace if they can, and frees what they share. */
  @Override
  public Future<Void> close() {
    if (closing == null) {
      fleet.close();
      closing = endAll().compose(v -> fleet.cleaned()).eventually(parts::close);
    }
    return closing;
  }

  private Future<Void> endAll() {
    List<Future<Void>> ends = new ArrayList<>();
    for (Pool pool : fleet.pools()) {
      pool.instances().forEach(one -> ends.add(one.gone()));
    }
    if (ends.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> over = Promise.promise();
    Future.join(ends).onComplete(v -> over.tryComplete());
    fleet.pools().forEach(pool -> pool.retire(Retirement.SHUTDOWN));
    if (!over.future().isComplete()) {
      endByForce(over, ends.size());
    }
    return over.future();
  }

  /** By the machine's own time: a node with a clock that stands still has to end as well. */
  private void endByForce(Promise<Void> over, int many) {
    Vertx vertx = fleet.context().owner();
    long force = vertx.setTimer(closeMillis, id -> fleet.pools().forEach(Pool::kill));
    long giveUp =
        vertx.setTimer(
            closeMillis + FORCE_MILLIS,
            id -> {
              if (over.tryComplete()) {
                LOG.log(WARNING, "of {0} instances some did not end by force", many);
              }
            });
    over.future()
        .onComplete(
            v -> {
              vertx.cancelTimer(force);
              vertx.cancelTimer(giveUp);
            });
  }
}
