package io.perdure.executor;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Order;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.executor.Attempt.Phase;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Lifecycle;
import io.perdure.invocation.RunError;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The executor of a node: queues what shards hand over, starts it when the gates allow, and passes
 * stops on. Deployed once, on an event loop.
 */
public final class ExecutorVerticle extends VerticleBase implements Slots.Host {
  private static final System.Logger LOG = System.getLogger(ExecutorVerticle.class.getName());

  /** How far a queue is searched for a version that has room when that of its first has none. */
  private static final int LOOK_MAX = 64;

  private final ExecutorConfig config;
  private final Bus bus;
  private final Clock clock;
  private final Functions functions;
  private final Map<String, FunctionRuntime> runtimes;
  private final ExecutorMeters meters;
  private final Shards shards;
  private final HandOvers handOvers;
  private final Slots slots;

  /** What has no answer yet. */
  private final Map<InvocationId, Attempt> attempts = new HashMap<>();

  private final Map<Long, FunctionQueue> queues = new HashMap<>();

  /** Those that may start one as soon as the node's gate allows, in turn. */
  private final Deque<FunctionQueue> ready = new ArrayDeque<>();

  private int queued;
  private boolean starting;
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
  }

  @Override
  public Future<?> start() {
    eachRuntime().forEach(runtime -> runtime.onRoom(this::onRoom));
    return Future.all(
        List.of(
            bus.listen(Addresses.ORDER, this::told),
            bus.listen(Addresses.FUNCTION_CHANGED, this::functionChanged),
            bus.serve(Addresses.DRAIN, this::drain),
            bus.serve(Addresses.HAND_OVER, handOvers::take),
            bus.serve(Addresses.GATE, ask -> Future.succeededFuture(gate(ask)))));
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
    FunctionQueue queue =
        queues.computeIfAbsent(run.invocation().functionUid(), FunctionQueue::new);
    Attempt attempt = new Attempt(run, queue);
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
    if (queue.waitingLike(attempt) >= config.queuePerFunction()) {
      refuse(attempt);
      return;
    }
    if (FunctionQueue.isClaim(attempt) && turnedAway(attempt)) {
      return;
    }
    attempts.put(attempt.id(), attempt);
    queue.add(attempt);
    meters.queued(++queued);
    if (queue.size() <= LOOK_MAX || FunctionQueue.isClaim(attempt)) {
      queue.blocked = false; // it may be of a version that has room
    }
    offer(queue);
    startDue();
  }

  private void refuse(Attempt attempt) {
    LOG.log(
        WARNING,
        "more than {0} attempts of function {1} wait here, {2} is sent back",
        config.queuePerFunction(),
        attempt.invocation.function(),
        attempt.id());
    RunError full =
        new RunError(RunError.Kind.PLATFORM, "QueueFull", "the queue of the executor is full");
    shards.broke(attempt, full, 0, 0, null, Outcome.NOTHING, Outcome.NOTHING);
  }

  /** What a caller waits for is not queued behind others of its function: it fails at once. */
  private boolean turnedAway(Attempt attempt) {
    Function function = functions.byUid(attempt.queue.functionUid);
    RunError refusal =
        function == null // it is given back in its turn
            ? null
            : FunctionQueue.refusal(function, attempt.queue.running + attempt.queue.claims.size());
    if (refusal != null) {
      turnAway(attempt, refusal);
    }
    return refusal != null;
  }

  private void turnAway(Attempt attempt, RunError refusal) {
    shards.broke(attempt, refusal, 0, 0, null, Outcome.NOTHING, Outcome.NOTHING);
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
      offer(attempt.queue);
      startDue();
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
      unqueue(attempt);
      shards.released(attempt);
    } else {
      slots.takeBack(attempt);
    }
  }

  /** Ends it wherever it is, without an answer. */
  private void forget(Attempt attempt) {
    if (attempt.phase == Phase.QUEUED) {
      unqueue(attempt);
    } else {
      slots.end(attempt, null);
    }
  }

  private void unqueue(Attempt attempt) {
    attempt.queue.remove(attempt);
    attempt.phase = Phase.ANSWERED;
    attempts.remove(attempt.id());
    meters.queued(--queued);
  }

  // ---- gates

  private void functionChanged(FunctionChanged changed) {
    FunctionQueue queue = queues.get(changed.functionUid());
    if (queue != null) {
      queue.unblock();
      turnAwayClaims(queue);
      offer(queue);
      startDue();
    }
  }

  /** Its concurrency may have become less, or it may be paused: the last to come go first. */
  private void turnAwayClaims(FunctionQueue queue) {
    Function function = functions.byUid(queue.functionUid);
    while (function != null && !queue.claims.isEmpty()) {
      RunError refusal = FunctionQueue.refusal(function, queue.running + queue.claims.size() - 1);
      if (refusal == null) {
        return;
      }
      Attempt last = queue.claims.getLast();
      unqueue(last);
      turnAway(last, refusal);
    }
  }

  /** A runtime that had no room for the function may have some now. */
  private void onRoom(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    if (queue != null) {
      queue.unblock();
      offer(queue);
      startDue();
    }
  }

  /** Gives the queue its turn if its function may start one. */
  private void offer(FunctionQueue queue) {
    Function function = functions.byUid(queue.functionUid);
    if (functions.isUnheard(queue.functionUid)) {
      return; // made a moment ago: it is offered again when it is heard of
    }
    if (function == null) {
      queue.all().forEach(this::giveBack);
      if (queue.running == 0) {
        queues.remove(queue.functionUid);
      }
    } else if (!queue.ready && queue.mayStart(function)) {
      queue.ready = true;
      ready.add(queue);
    }
  }

  /** Starts what the gates allow. What ends at once frees its slot for this same loop. */
  private void startDue() {
    if (starting) {
      return;
    }
    starting = true;
    try {
      while (slots.size() < config.concurrency() && !ready.isEmpty()) {
        FunctionQueue queue = ready.remove();
        queue.ready = false;
        Function function = functions.byUid(queue.functionUid);
        if (function != null && queue.mayStart(function)) {
          startNext(queue, function);
        }
        offer(queue);
      }
    } finally {
      starting = false;
    }
  }

  @Override
  public void answered(Attempt attempt) {
    attempts.remove(attempt.id(), attempt);
  }

  @Override
  public void freed(Attempt attempt) {
    attempt.queue.running--;
    if (!attempt.queue.claims.isEmpty()) {
      attempt.queue.blocked = false; // a place more than the claims need
    }
    offer(attempt.queue);
    startDue();
    if (drained != null && slots.size() == 0) {
      drained.tryComplete(Done.DONE);
    }
  }

  /** Starts the first of the queue that has room, those with a waiting caller in front. */
  private void startNext(FunctionQueue queue, Function function) {
    boolean done = startFirst(queue, queue.claims, function);
    if (!done && queue.hasUnclaimed(function)) {
      done = startFirst(queue, queue.waiting, function);
    }
    queue.blocked = !done;
  }

  /**
   * Starts the first that has room, or ends it. A version without any is passed by: a broken one
   * must not hold up those that work.
   */
  private boolean startFirst(FunctionQueue queue, Deque<Attempt> from, Function function) {
    Iterator<Attempt> waiting = from.iterator();
    for (int looked = 0; looked < LOOK_MAX && waiting.hasNext(); looked++) {
      Attempt attempt = waiting.next();
      if (isTooOld(attempt)) {
        unqueue(attempt);
        shards.released(attempt); // its shard decides what becomes of it
        return true;
      }
      Optional<Function> runs =
          functions.resolve(function, attempt.invocation.qualifier(), attempt.id().low());
      if (runs.isEmpty()) {
        unqueue(attempt);
        String what = "there is no version or alias " + attempt.invocation.qualifier();
        shards.unrunnable(attempt, "QualifierNotFound", what + " (any more)");
        return true;
      }
      if (hasRoom(queue, runs.get())) {
        waiting.remove();
        meters.queued(--queued);
        queue.running++;
        slots.start(attempt, runs.get());
        return true;
      }
    }
    return false;
  }

  /** The reaper comes in its time only, and what has its turn before must not start. */
  private boolean isTooOld(Attempt attempt) {
    Function policies = functions.byUid(attempt.queue.functionUid, attempt.invocation.qualifier());
    return Lifecycle.tooOld(attempt.invocation, policies, clock.millis());
  }

  /** Asks the runtime once for each version. */
  private boolean hasRoom(FunctionQueue queue, Function runs) {
    if (queue.full.contains(runs.version())) {
      return false;
    }
    FunctionRuntime runtime = runtimes.get(runs.runtime().kind());
    if (runtime == null || runtime.hasRoom(runs)) {
      return true;
    }
    queue.full.add(runs.version());
    return false;
  }

  private Gate gate(GetGate ask) {
    FunctionQueue queue = queues.get(ask.functionUid());
    Function function = functions.byUid(ask.functionUid());
    return new Gate(
        queue == null ? 0 : queue.running,
        function == null ? 0 : function.concurrency(),
        queue == null ? 0 : queue.size(),
        queue != null && queue.blocked && queue.size() > 0,
        slots.size(),
        config.concurrency());
  }

  // ---- the end

  private Future<Done> drain(Drain drain) {
    if (drained == null) {
      drained = Promise.promise();
      for (Attempt attempt : List.copyOf(attempts.values())) {
        giveBack(attempt);
      }
    }
    if (slots.size() == 0) {
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
    drained.tryComplete(Done.DONE);
  }
}
