package io.perdure.executor;

import static java.lang.System.Logger.Level.ERROR;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Order;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.Homes;
import io.perdure.executor.Attempt.Phase;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Running;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The executor of a node: queues what shards hand over, starts it when the gates allow, and passes
 * stops on. Deployed once, on an event loop.
 */
public final class ExecutorVerticle extends VerticleBase implements Slots.Host, Hosts.Origin {
  private static final System.Logger LOG = System.getLogger(ExecutorVerticle.class.getName());

  private final ExecutorConfig config;
  private final Bus bus;
  private final Clock clock;
  private final Functions functions;
  private final Map<String, FunctionRuntime> runtimes;
  private final ExecutorMeters meters;
  private final Shards shards;
  private final HandOvers handOvers;
  private final Slots slots;
  private final Gates gates;

  /** What has no answer yet. */
  private final Map<InvocationId, Attempt> attempts = new HashMap<>();

  /** Null where this node stands alone. */
  private final Homes homes;

  // Null where this node stands alone.
  private Hosts hosts;
  private Guests guests;

  private Promise<Done> drained; // null until asked to drain

  /**
   * An executor.
   *
   * @param runtimes by kind, as {@link io.perdure.invocation.RuntimeSpec#kind} has it; one may
   *     serve several kinds; closed when the verticle stops
   */
  public ExecutorVerticle(
      ExecutorConfig config,
      Bus bus,
      Clock clock,
      Functions functions,
      Map<String, FunctionRuntime> runtimes,
      MeterRegistry registry) {
    this(config, bus, clock, functions, runtimes, registry, null);
  }

  /**
   * An executor of a node of a cluster.
   *
   * @param homes who lend places of functions; null for a node that stands alone
   */
  public ExecutorVerticle(
      ExecutorConfig config,
      Bus bus,
      Clock clock,
      Functions functions,
      Map<String, FunctionRuntime> runtimes,
      MeterRegistry registry,
      Homes homes) {
    this.homes = homes;
    this.config = config;
    this.bus = bus;
    this.clock = clock;
    this.functions = functions;
    this.runtimes = Map.copyOf(runtimes);
    this.meters = new ExecutorMeters(registry, this.runtimes.keySet());
    this.shards = new Shards(bus);
    this.handOvers = new HandOvers(config, clock);
    meters.unkept(handOvers::heldBytes);
    this.slots = new Slots(config, clock, shards, handOvers, this.runtimes, meters, this);
    this.gates =
        new Gates(config, clock, functions, this.runtimes, meters, shards, slots, this::answered);
  }

  @Override
  public Future<?> start() {
    eachRuntime().forEach(runtime -> runtime.onRoom(gates::again));
    return Future.all(
        List.of(
            homes == null ? Future.succeededFuture() : joinCluster(),
            bus.listen(Addresses.ORDER, this::told),
            bus.listen(
                Addresses.FUNCTION_CHANGED,
                changed -> gates.functionChanged(changed.functionUid())),
            bus.serve(Addresses.DRAIN, this::drain),
            bus.serve(Addresses.HAND_OVER, handOvers::take),
            bus.serve(
                Addresses.GATE, ask -> Future.succeededFuture(gates.gate(ask.functionUid())))));
  }

  private Future<?> joinCluster() {
    String self = homes.routes().self();
    long session = ThreadLocalRandom.current().nextLong();
    LeasedPlaces places =
        new LeasedPlaces(
            self,
            session,
            homes.shards(),
            this::concurrency,
            meters::nanos,
            report ->
                bus.request(
                    Addresses.RENEW_PLACES.at(report.shard()), report, LeasedPlaces.ASK_MILLIS),
            gates);
    meters.inCluster(places::held);
    shards.inCluster(self);
    hosts = new Hosts(self, session, bus, meters::nanos, homes::nodes, meters, this);
    guests =
        new Guests(
            config,
            clock,
            bus,
            meters::nanos,
            runtimes,
            handOvers,
            meters,
            gates::spare,
            homes::takesIn,
            this::guestCameOrLeft);
    gates.inCluster(places, hosts);
    homes.routes().onOwner(shard -> context.runOnContext(v -> places.homeMoved(shard)));
    homes.routes().onGone(node -> context.runOnContext(v -> gone(node)));
    vertx.setPeriodic(LeasedPlaces.TICK_MILLIS, id -> places.tick());
    vertx.setPeriodic(
        Hosts.TICK_MILLIS,
        id -> {
          hosts.tick();
          guests.tick();
        });
    return Future.all(
        bus.listen(Addresses.PLACES_MOVED, places::moved),
        bus.serve(Addresses.TAKE_IN, guests::take),
        bus.serve(Addresses.KEEP_GUESTS, guests::keep),
        bus.serve(Addresses.COUNT_GUESTS, ask -> guests.count()),
        bus.listen(Addresses.GUEST_ORDER, guests::told),
        bus.serve(Addresses.GUEST_NEWS, hosts::news));
  }

  private void gone(String node) {
    hosts.gone(node);
    guests.gone(node);
  }

  private int concurrency(long functionUid) {
    Function function = functions.byUid(functionUid);
    return function == null ? 0 : function.concurrency();
  }

  /** Ends what still runs, without an answer: after a {@code Drain} nothing is left to end. */
  @Override
  public Future<?> stop() {
    slots.cancelAlarm();
    handOvers.close();
    return Future.join(eachRuntime().stream().map(FunctionRuntime::close).toList())
        .onFailure(e -> LOG.log(ERROR, "a runtime did not close, what it runs may go on", e));
  }

  private Set<FunctionRuntime> eachRuntime() {
    Set<FunctionRuntime> each = Collections.newSetFromMap(new IdentityHashMap<>());
    each.addAll(runtimes.values());
    return each;
  }

  // ---- what shards say

  /** As from a shard of this node; any thread. */
  void take(Order order) {
    context.runOnContext(v -> told(order));
  }

  private void told(Order order) {
    if (order instanceof Run run) {
      run(run);
    } else if (order instanceof Revoke revoke) {
      revoke(revoke);
    } else if (order instanceof Interrupt stop) {
      interrupt(stop);
    } else if (order instanceof Abandon abandon) {
      abandon(abandon);
    }
  }

  private void run(Run run) {
    Attempt attempt = new Attempt(run, gates.queue(run.invocation().functionUid()));
    if (drained != null) {
      shards.released(attempt);
      return;
    }
    Attempt other = attempts.get(attempt.id());
    if (other != null) {
      if (attempt.epoch < other.epoch || other.is(attempt.epoch, attempt.number)) {
        return; // sent twice, or by an opening of the shard that is gone
      }
      forget(other); // its shard was opened anew and knows nothing of it
    }
    if (gates.admits(attempt)) {
      attempts.put(attempt.id(), attempt);
      gates.add(attempt);
    }
  }

  private void revoke(Revoke revoke) {
    Attempt attempt = attempts.get(revoke.id());
    if (attempt != null && attempt.is(revoke.epoch(), revoke.attempt())) {
      giveBack(attempt);
      claimGone(attempt);
    }
  }

  private void interrupt(Interrupt stop) {
    Attempt attempt = attempts.get(stop.id());
    if (attempt == null || !attempt.is(stop.epoch(), stop.attempt())) {
      return; // its outcome is on the way
    }
    if (attempt.phase == Phase.RUNNING) {
      slots.stop(attempt, stop.mode(), stop.graceMillis());
    } else {
      giveBack(attempt);
      claimGone(attempt);
    }
  }

  /** Its place is for those it was kept from. */
  private void claimGone(Attempt attempt) {
    if (FunctionQueue.isClaim(attempt)) {
      gates.again(attempt.queue);
    }
  }

  private void abandon(Abandon abandon) {
    List<Attempt> lost =
        attempts.values().stream()
            .filter(one -> one.id().shard() == abandon.shard() && one.epoch <= abandon.epoch())
            .toList();
    lost.forEach(this::forget);
    lost.forEach(this::claimGone); // only now: none of the others is to start in its place
  }

  /** Gives back what has not begun; what has begun is left alone. */
  private void giveBack(Attempt attempt) {
    if (attempt.phase == Phase.QUEUED) {
      gates.remove(attempt);
      shards.released(attempt);
    } else {
      slots.takeBack(attempt);
    }
  }

  /** Ends it wherever it is, without an answer. */
  private void forget(Attempt attempt) {
    if (attempt.phase == Phase.QUEUED) {
      gates.remove(attempt);
    } else {
      slots.end(attempt, null);
    }
  }

  @Override
  public void answered(Attempt attempt) {
    attempts.remove(attempt.id(), attempt);
  }

  @Override
  public void freed(Attempt attempt) {
    if (attempt.running instanceof Away away) {
      hosts.drop(away);
    }
    gates.freed(attempt);
    drainedIfIdle();
  }

  private void drainedIfIdle() {
    if (drained != null && slots.isIdle()) {
      drained.tryComplete(Done.DONE);
    }
  }

  // ---- attempts on other nodes, and of other nodes

  @Override
  public Running startElsewhere(Attempt attempt, Call call) {
    return hosts.start(attempt, call);
  }

  @Override
  public boolean isShort() {
    return drained == null && gates.isShort();
  }

  @Override
  public void roomElsewhere() {
    gates.roomElsewhere();
  }

  @Override
  public void cameBack(Attempt attempt, boolean refused) {
    if (slots.cameBack(attempt, refused && drained == null)) {
      gates.putBack(attempt);
    }
  }

  private void guestCameOrLeft(int slots) {
    this.slots.guests(slots);
    if (slots < 0) {
      gates.startDue();
      drainedIfIdle();
    }
  }

  // ---- the end

  private Future<Done> drain(Drain drain) {
    if (drained == null) {
      drained = Promise.promise();
      for (Attempt attempt : List.copyOf(attempts.values())) {
        giveBack(attempt);
      }
      if (guests != null) {
        guests.drain();
      }
    }
    if (slots.isIdle()) {
      drained.tryComplete(Done.DONE);
    } else {
      clock.at(clock.millis() + drain.graceMillis(), this::endRunning);
    }
    return drained.future();
  }

  private void endRunning() {
    RunError error = new RunError(RunError.Kind.PLATFORM, "NodeShutdown", "the node was shut down");
    for (Attempt attempt : slots.copy()) {
      slots.end(attempt, error);
    }
    if (guests != null) {
      guests.endAll(error);
    }
    drained.tryComplete(Done.DONE);
  }
}
