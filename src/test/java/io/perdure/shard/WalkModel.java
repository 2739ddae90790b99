package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.DeliveryTerms;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Lifecycle;
import io.perdure.invocation.PlatformBudget;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.Signal;
import io.perdure.invocation.Status;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a shard should have: a map of records, each with what is on disk and what the executor has
 * of it. It knows no batches, no windows and no indexes; it decides by the life cycle, as the shard
 * does, and by the rules of the design for restarts, bodies and the passing of time.
 */
final class WalkModel {
  private static final long SLACK = 4 * BodyRef.BUCKET_MILLIS;
  private static final long MOVE = 24 * BodyRef.BUCKET_MILLIS;
  private static final long WRITE_DOWN = 1_000;
  static final String DELETED = "the function was deleted";

  /**
   * One record.
   *
   * @param committed as it is on disk
   * @param current ahead of that by a start, if at all
   * @param run what the executor has, or null
   * @param begun whether that has begun
   */
  record State(Invocation committed, Invocation current, Run run, boolean begun) {
    static State of(Invocation written) {
      return new State(written, written, null, false);
    }

    State handed(Run to) {
      return new State(committed, current, to, false);
    }

    boolean offered() {
      return run != null && !begun;
    }
  }

  /** Few, so that deliveries wait for one another. */
  static final DeliveryPolicy DELIVERIES = new DeliveryPolicy(1_000, 60_000, 100_000, 16, 2, 3);

  private final TestFunctions functions;
  private final int window;
  final TreeMap<InvocationId, State> states = new TreeMap<>();

  /** Deliveries handed over and not answered. */
  final Map<InvocationId, Deliver> underWay = new HashMap<>();

  WalkModel(TestFunctions functions, int window) {
    this.functions = functions;
    this.window = window;
  }

  // ---- what commands do

  /** The record after {@code signal}, committed; empty changes leave it as it is. */
  State after(State state, Signal signal, long now) {
    Invocation decided = decided(state.current(), signal, now);
    if (decided == null) {
      return state;
    }
    boolean stays = decided.status() == Status.RUNNING || decided.status() == Status.STOPPING;
    return new State(decided, decided, stays ? state.run() : null, stays && state.begun());
  }

  /** What the executor gave back is not handed over again once it is too old. */
  State givenBack(State state, long now) {
    boolean tooOld =
        Lifecycle.tooOld(state.current(), functions.byUid(state.current().functionUid()), now);
    return tooOld ? after(state, new Signal.EventAgeExceeded(), now) : state;
  }

  State begun(State state, String instance, long now) {
    Run run = state.run();
    Invocation running =
        decided(
            state.current(),
            new Signal.AttemptStarted(run.epoch(), run.attempt(), instance, null),
            now);
    return new State(state.committed(), running, run, true);
  }

  private Invocation decided(Invocation current, Signal signal, long now) {
    Function function = functions.byUid(current.functionUid());
    DeliveryTerms terms =
        functions
            .settings(current.functionUid(), current.qualifier())
            .map(settings -> new DeliveryTerms(settings, DELIVERIES))
            .orElse(DeliveryTerms.NONE);
    return Lifecycle.decide(current, signal, function, terms, PlatformBudget.of(function), now)
        .map(decision -> decision.next())
        .map(next -> next.status().terminal() ? readable(next, next.attentionAt()) : next)
        .orElse(null);
  }

  /** The record after an attempt to deliver its outcome, committed. */
  State delivered(State state, DeliveryOutcome outcome, long now) {
    Invocation current = state.current();
    Function function = functions.byUid(current.functionUid());
    Invocation next =
        Lifecycle.delivered(current, outcome, function, DELIVERIES, now).orElseThrow().next();
    return State.of(readable(next, next.attentionAt()));
  }

  /** Where a body that an attempt leaves now is kept. */
  BodyRef body(State state, byte[] bytes, long now) {
    if (bytes.length == 0 || state.current().status() == Status.STOPPING) {
      return BodyRef.NONE;
    }
    Function function = functions.byUid(state.current().functionUid());
    RetentionPolicy retention = function == null ? RetentionPolicy.DEFAULT : function.retention();
    return new BodyRef(bytes.length, BodyRef.bucketUntil(now + retention.longestMillis() + SLACK));
  }

  private static Invocation readable(Invocation of, long until) {
    InvocationBuilder next = of.edit();
    next.payload = moved(of.payload(), until);
    next.result = moved(of.result(), until);
    next.log = moved(of.log(), until);
    return next.build();
  }

  private static BodyRef moved(BodyRef ref, long until) {
    return ref.isEmpty() || ref.removableFrom() >= until
        ? ref
        : new BodyRef(ref.bytes(), BodyRef.bucketUntil(until + SLACK));
  }

  // ---- what time does

  /** The clock shows {@code now}: attempts that have run for a second are written down. */
  void passed(long now) {
    states.replaceAll(
        (id, state) -> {
          List<Event> events = state.current().events();
          return state.begun() && events.get(events.size() - 1).at() <= now - WRITE_DOWN
              ? new State(state.current(), state.current(), state.run(), true)
              : state;
        });
  }

  /** Everything that is due for attention at {@code now} gets it. */
  void reaped(long now) {
    states
        .values()
        .removeIf(state -> state.current().over() && state.current().attentionAt() <= now);
    states.replaceAll(
        (id, state) -> {
          Invocation current = state.current();
          if (current.owes() && current.attentionAt() <= now) {
            InvocationBuilder owing = readable(current, now + MOVE).edit();
            owing.attentionAt = now + MOVE;
            return State.of(owing.build());
          }
          if (current.status().terminal()
              || current.attentionAt() > now
              || state.committed().attentionAt() > now) {
            return state;
          }
          Function function = functions.byUid(current.functionUid());
          if (Lifecycle.tooOld(current, function, now)) {
            return after(state, new Signal.EventAgeExceeded(), now);
          }
          InvocationBuilder next = readable(current, now + MOVE).edit();
          next.attentionAt = Lifecycle.attentionAt(next, function);
          Invocation kept = next.build();
          return new State(kept, kept, state.run(), state.begun());
        });
  }

  void functionDeleted(long function, long now) {
    states.replaceAll(
        (id, state) ->
            state.current().functionUid() == function && state.current().status().waiting()
                ? after(state, new Signal.FunctionDeleted(DELETED), now)
                : state);
  }

  /** What a restart at {@code now} makes of a record. */
  State recovered(State state, long now) {
    State found = State.of(state.committed());
    Status status = found.current().status();
    boolean awaited = status.waiting() && found.current().mode() == Invocation.Mode.SYNC;
    if (awaited || status == Status.RUNNING || status == Status.STOPPING) {
      found = after(found, Recovery.lost(found.current()), now);
    }
    boolean orphan =
        found.current().status().waiting()
            && functions.byUid(found.current().functionUid()) == null;
    return orphan ? after(found, new Signal.FunctionDeleted(DELETED), now) : found;
  }

  // ---- what is compared

  /** The executor was handed {@code run}: it must have been its turn. */
  void handedOver(Run run, long now) {
    State state = states.get(run.invocation().id());
    assertNotNull(state, () -> "handed over, but there is none: " + run.invocation());
    assertNull(state.run(), () -> "handed over twice: " + run.invocation());
    assertEquals(state.current().events(), run.invocation().events(), "handed over as it is");
    assertTrue(state.current().status().waiting(), () -> "ended, but runs: " + run.invocation());
    assertEquals(state.current().attempts() + 1, run.attempt(), "number of the attempt");
    assertTrue(state.current().dueAt() <= now, () -> "handed over too early: " + run.invocation());
    states.put(run.invocation().id(), state.handed(run));
  }

  /** A delivery was handed over: it must have been its turn. */
  void handedOver(Deliver deliver, long now) {
    InvocationId id = deliver.invocation().id();
    State state = states.get(id);
    assertNotNull(state, () -> "to be delivered, but there is none: " + deliver);
    assertTrue(state.current().owes(), () -> "owes nothing: " + state.current());
    assertEquals(state.current().delivery().attempts() + 1, deliver.attempt(), "attempt");
    assertTrue(state.current().delivery().nextAt() <= now, () -> "too early: " + deliver);
    assertNull(underWay.put(id, deliver), () -> "handed over twice: " + deliver);
  }

  /**
   * No more than the limit is under way to a destination, and nothing waits while there is room.
   */
  void checkDeliveries(long now) {
    Map<String, int[]> counts = new HashMap<>();
    states.forEach(
        (id, state) -> {
          Invocation current = state.current();
          if (current.owes()) {
            int[] of =
                counts.computeIfAbsent(
                    current.delivery().destination().group(current.account()), to -> new int[2]);
            of[0] += underWay.containsKey(id) ? 1 : 0;
            of[1] += !underWay.containsKey(id) && current.delivery().nextAt() <= now ? 1 : 0;
          }
        });
    boolean full = underWay.size() >= DELIVERIES.total();
    counts.forEach(
        (to, of) -> {
          assertTrue(of[0] <= DELIVERIES.perTarget(), () -> to + " has " + of[0] + " under way");
          assertTrue(
              of[1] == 0 || of[0] >= (full ? 1 : DELIVERIES.perTarget()),
              () -> to + " waits: " + of[1] + ", under way: " + of[0]);
        });
  }

  /** No more than the window is with the executor, and nothing waits while there is room. */
  void checkQueues(long now) {
    Map<Long, int[]> counts = new HashMap<>();
    for (State state : states.values()) {
      if (state.current().mode() == Invocation.Mode.SYNC) {
        boolean left = state.current().status().waiting() && state.run() == null;
        assertFalse(left, () -> "its caller waits, and nothing happens: " + state.current());
        continue;
      }
      int[] of = counts.computeIfAbsent(state.current().functionUid(), uid -> new int[2]);
      boolean due = state.current().status().waiting() && state.current().dueAt() <= now;
      of[0] += state.offered() ? 1 : 0;
      of[1] += state.run() == null && due ? 1 : 0;
    }
    counts.forEach(
        (uid, of) -> {
          Function function = functions.byUid(uid);
          assertTrue(of[0] <= window, () -> "function " + uid + " has " + of[0] + " handed over");
          boolean served = function != null && !function.paused();
          assertTrue(
              !served || of[1] == 0 || of[0] > window / 2,
              () -> "function " + uid + " waits: " + of[1] + ", handed over: " + of[0]);
        });
  }

  Map<Status, Long> counts(long function) {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    for (State state : states.values()) {
      if (function == 0 || state.current().functionUid() == function) {
        counts.merge(state.current().status(), 1L, Long::sum);
      }
    }
    return counts;
  }

  Set<InvocationId> unfinished() {
    Set<InvocationId> unfinished = new HashSet<>();
    states.forEach(
        (id, state) -> {
          if (!state.current().status().terminal()) {
            unfinished.add(id);
          }
        });
    return unfinished;
  }
}
