package io.perdure.executor;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.executor.Attempt.Phase;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Lifecycle;
import io.perdure.invocation.RunError;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.time.Clock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What waits, by function, and whose turn it is when a slot of the node and a place of the function
 * are free. Belongs to the executor's event loop.
 */
final class Gates implements Places.Host {
  private static final System.Logger LOG = System.getLogger(Gates.class.getName());

  /** How far a queue is searched for a version that has room when that of its first has none. */
  private static final int LOOK_MAX = 64;

  /** How long a claim waits for a place that other nodes may give back. */
  static final long CLAIM_MILLIS = 500;

  /**
   * The same while nobody can say how many places are free: longer than it takes until another node
   * counts them and every lease of before has ended.
   */
  static final long UNCOUNTED_MILLIS = 15_000;

  private final ExecutorConfig config;
  private final Clock clock;
  private final Functions functions;
  private final ExecutorMeters meters;
  private final Shards shards;
  private final Slots slots;
  private final Rooms rooms;
  private final Consumer<Attempt> answered;
  private Places places = Places.ALL;

  private final Map<Long, FunctionQueue> queues = new HashMap<>();

  /** Those that may start one as soon as the node's gate allows, in turn. */
  private final Deque<FunctionQueue> ready = new ArrayDeque<>();

  /**
   * Those that were refused more places as the node was full: what is not useful is not lent. They
   * ask again when it has slots.
   */
  private final Set<FunctionQueue> unlent = new LinkedHashSet<>();

  private int queued;
  private boolean starting;

  /**
   * Gates that nothing waits at.
   *
   * @param answered told of each attempt that does not wait any more and will not run
   */
  Gates(
      ExecutorConfig config,
      Clock clock,
      Functions functions,
      Map<String, FunctionRuntime> runtimes,
      ExecutorMeters meters,
      Shards shards,
      Slots slots,
      Consumer<Attempt> answered) {
    this.config = config;
    this.clock = clock;
    this.functions = functions;
    this.meters = meters;
    this.shards = shards;
    this.slots = slots;
    this.rooms = new Rooms(runtimes);
    this.answered = answered;
  }

  /**
   * In a cluster.
   *
   * @param lent the places that this node has of each function
   * @param room that other nodes have for what this one has none for
   */
  void inCluster(Places lent, Elsewhere room) {
    places = lent;
    rooms.inCluster(room);
  }

  FunctionQueue queue(long functionUid) {
    return queues.computeIfAbsent(functionUid, FunctionQueue::new);
  }

  // ---- in and out

  /** Lets {@code attempt} wait for its turn, which may be now; or fails it at once. */
  boolean admits(Attempt attempt) {
    if (attempt.queue.waitingLike(attempt) >= config.queuePerFunction()) {
      LOG.log(
          WARNING,
          "more than {0} attempts of function {1} wait here, {2} is sent back",
          config.queuePerFunction(),
          attempt.invocation.function(),
          attempt.id());
      String why = "the queue of the executor is full";
      refuse(attempt, new RunError(RunError.Kind.PLATFORM, "QueueFull", why));
      return false;
    }
    RunError refusal = FunctionQueue.isClaim(attempt) ? refusal(attempt) : null;
    if (refusal != null) {
      refuse(attempt, refusal);
    }
    return refusal == null;
  }

  /** What a caller waits for is not queued behind others of its function: it fails at once. */
  private RunError refusal(Attempt attempt) {
    Function function = functions.byUid(attempt.queue.functionUid);
    return function == null // it is given back in its turn
        ? null
        : FunctionQueue.refusal(function, attempt.queue.running + attempt.queue.claims.size());
  }

  private void refuse(Attempt attempt, RunError refusal) {
    shards.broke(attempt, new Outcome.Failed(refusal), null);
  }

  /** It waits for its turn, which may be now. */
  void add(Attempt attempt) {
    FunctionQueue queue = attempt.queue;
    queue.add(attempt);
    meters.queued(++queued);
    if (queue.size() <= LOOK_MAX || FunctionQueue.isClaim(attempt)) {
      queue.blocked = false; // it may be of a version that has room
    }
    offer(queue);
    startDue();
    if (places.mayGrow() && attempt.phase == Phase.QUEUED && FunctionQueue.isClaim(attempt)) {
      long now = clock.millis();
      clock.at(now + CLAIM_MILLIS, () -> claimedInVain(attempt, now + UNCOUNTED_MILLIS));
    }
  }

  /** Its place should have been given back by another node by now. */
  private void claimedInVain(Attempt attempt, long untilMillis) {
    Function function = functions.byUid(attempt.queue.functionUid);
    if (attempt.phase != Phase.QUEUED || function == null) {
      return;
    }
    int before = attempt.queue.claimsBefore(attempt);
    if (attempt.queue.running + before < places.of(function)) {
      return;
    }
    boolean uncounted = places.uncounted(function.uid());
    long now = clock.millis();
    if (uncounted && now < untilMillis) {
      clock.at(now + CLAIM_MILLIS, () -> claimedInVain(attempt, untilMillis));
      return;
    }
    remove(attempt);
    refuse(
        attempt, uncounted ? FunctionQueue.uncounted(function) : FunctionQueue.exceeded(function));
  }

  /** It waits no more. */
  void remove(Attempt attempt) {
    attempt.queue.remove(attempt);
    attempt.phase = Phase.ANSWERED;
    meters.queued(--queued);
    answered.accept(attempt);
  }

  private void giveBack(Attempt attempt) {
    remove(attempt);
    shards.released(attempt);
  }

  /** Another node has not taken it in: its turn comes again. */
  void putBack(Attempt attempt) {
    FunctionQueue queue = attempt.queue;
    queue.running--;
    queue.addFirst(attempt);
    meters.queued(++queued);
    again(queue);
  }

  // ---- what may have opened a gate

  /** A claim has gone: its place is for those it was kept from. */
  void again(FunctionQueue queue) {
    offer(queue);
    startDue();
  }

  @Override
  public void more(long functionUid) {
    again(functionUid);
  }

  @Override
  public void lost(long functionUid, int most) {
    String why =
        "this node was cut off from who counts the function's concurrency; it may have run";
    RunError error = new RunError(RunError.Kind.PLATFORM, "PlaceLost", why);
    List<Attempt> running =
        slots.copy().stream()
            .filter(one -> one.queue.functionUid == functionUid && one.phase != Phase.ANSWERED)
            .sorted(Comparator.comparingLong(one -> one.startedNanos))
            .toList();
    for (Attempt one : running.subList(Math.min(most, running.size()), running.size())) {
      LOG.log(WARNING, "attempt {0} is ended, {1}", one.describe(), why);
      slots.end(one, error);
    }
  }

  /** There may be room for the function. */
  void again(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    if (queue != null) {
      queue.unblock();
      again(queue);
    }
  }

  void functionChanged(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    if (queue != null) {
      queue.unblock();
      turnAwayClaims(queue);
      again(queue);
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
      remove(last);
      refuse(last, refusal);
    }
  }

  /** The slot of {@code attempt} is free. */
  void freed(Attempt attempt) {
    FunctionQueue queue = attempt.queue;
    queue.running--;
    if (!queue.claims.isEmpty()) {
      queue.blocked = false; // a place more than the claims need
    }
    places.freed(queue.functionUid);
    again(queue);
  }

  /** Gives the queue its turn if its function may start one. */
  private void offer(FunctionQueue queue) {
    Function function = functions.byUid(queue.functionUid);
    if (function == null) {
      if (functions.isUnheard(queue.functionUid)) {
        return; // it was made on another node a moment ago, and is told of when it is known here
      }
      queue.all().forEach(this::giveBack);
      if (queue.running == 0) {
        queues.remove(queue.functionUid);
      }
      return;
    }
    int most = places.of(function);
    if (queue.mayStart(function, most)) {
      if (!queue.ready) {
        queue.ready = true;
        ready.add(queue);
      }
    } else if (most < function.concurrency() && queue.lacksPlaces(function, most)) {
      if (slots.size() >= config.concurrency()) {
        unlent.add(queue);
      }
      places.wanted(function);
    }
  }

  // ---- starting

  /** Starts what the gates allow. What ends at once frees its slot for this same loop. */
  void startDue() {
    if (starting) {
      return;
    }
    starting = true;
    try {
      do {
        while (slots.size() < config.concurrency() && !ready.isEmpty()) {
          turn(true);
        }
        askAgain();
      } while (slots.size() < config.concurrency() && !ready.isEmpty());
      int inVain = 0;
      while (inVain < ready.size() && rooms.elsewhere() > 0) {
        inVain = turn(false) ? 0 : inVain + 1;
      }
    } finally {
      starting = false;
    }
  }

  /** For each slot that is left somebody may have use now. */
  private void askAgain() {
    for (int free = spare(); free > 0 && !unlent.isEmpty(); free--) {
      FunctionQueue next = unlent.iterator().next();
      unlent.remove(next);
      offer(next);
    }
  }

  /**
   * The turn of the queue that comes next.
   *
   * @param here whether this node has a slot; else one of another node is meant
   * @return whether something was started or ended
   */
  private boolean turn(boolean here) {
    FunctionQueue queue = ready.remove();
    queue.ready = false;
    boolean done = false;
    Function function = functions.byUid(queue.functionUid);
    if (function != null) {
      int most = places.of(function);
      if (queue.mayStart(function, most)) {
        done = startNext(queue, function, most, here);
        queue.blocked = here && !done;
      }
    }
    offer(queue);
    return done;
  }

  /** Starts the first of the queue that has room, those with a waiting caller in front. */
  private boolean startNext(FunctionQueue queue, Function function, int most, boolean here) {
    return startFirst(queue, queue.claims, function, here)
        || (queue.hasUnclaimed(most) && startFirst(queue, queue.waiting, function, here));
  }

  /**
   * Starts the first that has room, or ends it. A version without any is passed by: a broken one
   * must not hold up those that work.
   */
  private boolean startFirst(
      FunctionQueue queue, Deque<Attempt> from, Function function, boolean here) {
    Iterator<Attempt> waiting = from.iterator();
    for (int looked = 0; looked < LOOK_MAX && waiting.hasNext(); looked++) {
      Attempt attempt = waiting.next();
      if (isTooOld(attempt)) {
        giveBack(attempt); // its shard decides what becomes of it
        return true;
      }
      Optional<Function> runs =
          functions.resolve(function, attempt.invocation.qualifier(), attempt.id().low());
      if (runs.isEmpty()) {
        remove(attempt);
        String what = "there is no version or alias " + attempt.invocation.qualifier();
        shards.unrunnable(attempt, "QualifierNotFound", what + " (any more)");
        return true;
      }
      boolean runsHere = here && rooms.here(queue, runs.get());
      String host = runsHere ? null : rooms.otherNode(queue, runs.get(), here);
      if (runsHere || host != null) {
        waiting.remove();
        meters.queued(--queued);
        queue.running++;
        slots.start(attempt, runs.get(), host);
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

  // ---- how it is

  /** Slots that are free, and that nothing of this node waits for. */
  int spare() {
    return ready.isEmpty() ? config.concurrency() - slots.size() : 0;
  }

  /** Whether something waits for nothing but this node. */
  boolean isShort() {
    if (queued == 0 || !ready.isEmpty()) {
      return queued > 0;
    }
    boolean full = slots.size() >= config.concurrency();
    for (FunctionQueue queue : queues.values()) {
      if (queue.size() > 0 && (queue.lacksNode || (full && lacksPlaces(queue)))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether it could have more places than it has, which it is not given while the node is full.
   */
  private boolean lacksPlaces(FunctionQueue queue) {
    Function function = functions.byUid(queue.functionUid);
    if (function == null) {
      return false;
    }
    int most = places.of(function);
    return most < function.concurrency() && queue.lacksPlaces(function, most);
  }

  /** Other nodes have slots: what waits for this one is looked at again. */
  void roomElsewhere() {
    for (FunctionQueue queue : List.copyOf(queues.values())) {
      if (queue.size() > 0) {
        if (queue.lacksNode) {
          queue.unblock();
        }
        offer(queue);
      }
    }
    startDue();
  }

  @Override
  public int used(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    return queue == null ? 0 : queue.running + queue.claims.size();
  }

  @Override
  public int useful(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    Function function = functions.byUid(functionUid);
    if (queue == null || function == null || function.paused()) {
      return used(functionUid);
    }
    int free = Math.max(0, config.concurrency() - slots.size()) + rooms.elsewhere();
    return used(functionUid) + Math.min(free, queue.waiting.size());
  }

  Gate gate(long functionUid) {
    FunctionQueue queue = queues.get(functionUid);
    Function function = functions.byUid(functionUid);
    return new Gate(
        queue == null ? 0 : queue.running,
        function == null ? 0 : function.concurrency(),
        queue == null ? 0 : queue.size(),
        queue != null && queue.blocked && queue.size() > 0,
        slots.size(),
        config.concurrency());
  }
}
