package io.perdure.runtime.managed.pool;

import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.pool.InstanceMeters.Retirement;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The instances of one version of a function, as long as what they are made from stays the same,
 * and the calls that wait for one. Executor's event loop.
 */
final class Pool implements Shares.Holder {
  private final Fleet fleet;
  private final Function function;
  private final Managed spec;
  private final Set<Instance> instances = new LinkedHashSet<>();

  /** Those that can take a call at once, the one used last in front. */
  private final Deque<Instance> free = new ArrayDeque<>();

  private final Deque<ManagedCall> waiting = new ArrayDeque<>();
  private final List<Warming> warmings = new ArrayList<>();
  private final StartBackoff backoff = new StartBackoff();
  private final IdleWatch idle;
  private StartFailure lastFailure;
  private int starting;

  /** The executor was told that there is no room, and has to be told when there is. */
  private boolean asked;

  /** The function has been changed or deleted: no instance is started any more. */
  private boolean outdated;

  private Clock.Timer retryTimer;

  Pool(Fleet fleet, Function function) {
    this.fleet = fleet;
    this.function = function;
    this.spec = (Managed) function.runtime();
    this.idle = new IdleWatch(fleet.clock(), spec.idleMillis(), this::longestIdle);
  }

  // ---- what it is

  Function function() {
    return function;
  }

  Managed spec() {
    return spec;
  }

  String kind() {
    return spec.kind();
  }

  /** For the log. */
  String describe() {
    return function.namespace() + "/" + function.name() + " version " + function.version();
  }

  @Override
  public long functionUid() {
    return function.uid();
  }

  @Override
  public int memoryMb() {
    return spec.memoryMb();
  }

  @Override
  public int port() {
    return spec.port();
  }

  /** True when its instances are what {@code other} is to run in. */
  @SuppressWarnings("ReferenceEquality") // nearly always the same object: no need to compare it
  boolean serves(Function other) {
    return function == other
        || (function.uid() == other.uid()
            && function.version().equals(other.version())
            && function.createdAt() == other.createdAt()
            && function.timeoutMillis() == other.timeoutMillis()
            && (spec == other.runtime() || spec.equals(other.runtime())));
  }

  Set<Instance> instances() {
    return instances;
  }

  int ready() {
    return (int)
        instances.stream()
            .filter(one -> one.state() == Instance.State.IDLE || one.state() == Instance.State.BUSY)
            .count();
  }

  int starting() {
    return starting;
  }

  /** Why no instance is started though one is wanted; null when it is only a matter of time. */
  String whyNoMore() {
    if (outdated) {
      return "the function has been changed";
    }
    if (lastFailure != null) {
      return lastFailure.getMessage();
    }
    return fleet.hasSpace(this) ? null : fleet.describeRoom();
  }

  // ---- calls

  /** As {@link io.perdure.runtime.FunctionRuntime#hasRoom}. */
  boolean hasRoom() {
    if (!free.isEmpty() || capacityComing() > waiting.size() || !fleet.possible(this)) {
      return true; // what is impossible is told to the attempt
    }
    if (mayStart()) {
      return true;
    }
    asked = true;
    want();
    return false;
  }

  /** As {@link io.perdure.runtime.FunctionRuntime#isFull}. */
  boolean lacksSpace() {
    return !outdated && !fleet.hasSpace(this);
  }

  ManagedCall start(Call call) {
    ManagedCall attempt = new ManagedCall(call, this);
    if (fleet.closed()) {
      attempt.platformFailed("CannotStart", "the runtime is closed");
    } else if (!fleet.possible(this)) {
      attempt.platformFailed(
          "CannotStart",
          "an instance needs " + spec.memoryMb() + " MB, more than this node has for all of them");
    } else {
      waiting.add(attempt);
      dispatch();
    }
    return attempt;
  }

  /** True when {@code call} was waiting; a start that nobody needs then is ended. */
  boolean withdraw(ManagedCall call) {
    if (!waiting.remove(call)) {
      return false;
    }
    endNeedlessStart();
    return true;
  }

  private void endNeedlessStart() {
    boolean needless = capacityComing() - spec.instanceConcurrency() >= waiting.size();
    if (needless && starting > 0 && warmings.isEmpty()) {
      Instance newest = null;
      for (Instance one : instances) {
        newest = one.state() == Instance.State.STARTING ? one : newest;
      }
      if (newest != null) {
        newest.doom(Retirement.STOPPED);
      }
    }
  }

  /** Hands waiting calls to instances, and starts those that are missing. */
  private void dispatch() {
    while (!waiting.isEmpty() && !free.isEmpty()) {
      hand(waiting.remove(), free.peek());
    }
    while (capacityComing() < waiting.size() && mayStart()) {
      begin();
    }
    if (capacityComing() < waiting.size()) {
      want();
    }
  }

  private void hand(ManagedCall call, Instance to) {
    to.take(call);
    if (!to.hasRoom()) {
      free.remove(to);
    }
  }

  /** Calls that instances that are starting will be able to take. */
  private int capacityComing() {
    return starting * spec.instanceConcurrency();
  }

  // ---- starts

  /** True when an instance may be started now. */
  boolean mayStart() {
    return !outdated
        && fleet.now() >= backoff.until()
        && !(backoff.cautious() && starting > 0)
        && fleet.mayStart(this);
  }

  void begin() {
    Instance instance = new Instance(fleet, this, fleet.newId());
    instances.add(instance);
    starting++;
    fleet.took(this);
    instance.start();
  }

  /** Sees to it that it is told when an instance may be started. */
  void want() {
    if (outdated || fleet.closed()) {
      return;
    }
    if (backoff.cautious() && starting > 0) {
      return; // the end of that start tells
    }
    if (fleet.now() < backoff.until()) {
      if (retryTimer == null) {
        retryTimer = fleet.clock().at(backoff.until(), this::retry);
      }
      return;
    }
    fleet.wants(this);
  }

  private void retry() {
    retryTimer = null;
    admitted();
  }

  /** There may be room for one. */
  void admitted() {
    dispatch();
    warmings().forEach(Warming::step);
    answer();
  }

  /** Tells the executor, if it was denied room before. */
  private void answer() {
    if (asked) {
      asked = false;
      fleet.tell(function.uid());
    }
  }

  // ---- what instances tell

  void ready(Instance instance) {
    starting--;
    backoff.succeeded();
    lastFailure = null;
    fleet.started();
    offer(instance);
    answer(); // what waited for the end of this start may start one itself
  }

  /**
   * It never took a call.
   *
   * @param failure null when it was ended because nobody needed it
   */
  void neverReady(Instance instance, StartFailure failure) {
    starting--;
    forget(instance);
    fleet.started();
    if (failure == null) {
      dispatch();
    } else {
      long now = fleet.now();
      lastFailure = failure;
      backoff.failed(failure.error().kind(), now);
      failThoseItWasFor(instance, failure, now);
      if (!waiting.isEmpty()) {
        want();
      }
    }
    warmings().forEach(Warming::step);
    answer();
  }

  /** The calls that no other instance that is starting has room for, the oldest first. */
  private void failThoseItWasFor(Instance instance, StartFailure failure, long now) {
    int many = Math.min(spec.instanceConcurrency(), waiting.size() - capacityComing());
    List<ManagedCall> failed = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      failed.add(waiting.remove());
    }
    failed.forEach(call -> call.notStarted(instance, failure, instance.startOutput(), now));
  }

  /** It has room again. */
  void freed(Instance instance) {
    if (instance.running() == 0 && fleet.mustYield(this)) {
      instance.doom(Retirement.SHARE);
      if (!waiting.isEmpty()) {
        want();
      }
      return;
    }
    offer(instance);
  }

  private void offer(Instance instance) {
    free.remove(instance);
    free.addFirst(instance);
    while (!waiting.isEmpty() && instance.hasRoom()) {
      hand(waiting.remove(), instance);
    }
    if (instance.running() == 0) {
      idle.watch();
    }
    warmings().forEach(Warming::step);
    if (!free.isEmpty()) {
      answer();
    }
    if (!free.isEmpty() && warmings.isEmpty()) {
      fleet.wantsNoMore(this); // more than it has is not needed
    }
  }

  /** It takes no more calls. */
  void closed(Instance instance) {
    free.remove(instance);
  }

  /** It is about to end. */
  void leaving(Instance instance) {
    free.remove(instance);
    fleet.leaving(this);
  }

  void gone(Instance instance) {
    forget(instance);
    dispatch();
  }

  private void forget(Instance instance) {
    free.remove(instance);
    instances.remove(instance);
    fleet.gone(this);
  }

  // ---- the end of instances

  /** The one that has been idle for longest, null when there is none. */
  Instance longestIdle() {
    for (Iterator<Instance> from = free.descendingIterator(); from.hasNext(); ) {
      Instance one = from.next();
      if (one.running() == 0) {
        return one;
      }
    }
    return null;
  }

  /** Ends idle instances, and busy ones when their calls have ended. */
  void retire(Retirement why) {
    List.copyOf(instances).forEach(one -> one.doom(why));
  }

  /**
   * Its function is another one now: what it has is ended as soon as its calls have ended, and
   * nothing is started any more.
   *
   * @param next takes over the calls that wait; null when the function has been deleted
   */
  void outdate(Pool next) {
    if (outdated) {
      return;
    }
    outdated = true;
    cancelTimers();
    fleet.wantsNoMore(this);
    List<ManagedCall> left = List.copyOf(waiting);
    waiting.clear();
    retire(Retirement.CHANGED);
    warmings().forEach(Warming::step);
    if (asked) {
      asked = false;
      fleet.tellSoon(function.uid());
    }
    for (ManagedCall call : left) {
      if (next == null) {
        call.platformFailed("InstanceStopped", "the function was deleted");
      } else {
        next.adopt(call);
      }
    }
  }

  private void adopt(ManagedCall call) {
    call.moveTo(this);
    waiting.add(call);
    dispatch();
  }

  /** Ends all by force. */
  void kill() {
    outdated = true;
    cancelTimers();
    List.copyOf(instances).forEach(Instance::kill);
  }

  private void cancelTimers() {
    idle.cancel();
    if (retryTimer != null) {
      retryTimer.cancel();
      retryTimer = null;
    }
  }

  // ---- warming up

  /** Starts instances until {@code count} take calls, as far as there is room. */
  Future<Warmed> warm(int count) {
    Warming warming = new Warming(this, count);
    warmings.add(warming);
    warming.step();
    return warming.done().onComplete(v -> warmings.remove(warming));
  }

  private List<Warming> warmings() {
    return warmings.isEmpty() ? List.of() : List.copyOf(warmings);
  }
}
