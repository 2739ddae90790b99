package io.perdure.invocation;

import static io.perdure.invocation.Samples.added;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.testkit.Seeds;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random signals, right and wrong ones, over random policies that change on the way, with a clock
 * that now and then steps back: after each step everything that must hold is looked at.
 */
class RandomWalkTest {
  private static final int WALKS = 3_000;
  private static final int STEPS = 300;

  @Test
  void everythingHoldsAfterEachStep() {
    Set<Status> visited = EnumSet.noneOf(Status.class);
    Seeds.each(WALKS, random -> new Walk(random, visited).run());
    if (!Seeds.replaying()) {
      assertEquals(EnumSet.allOf(Status.class), visited, "the walks lead everywhere");
    }
  }

  @Test
  void everythingHoldsForWhatIsWaitedForAsWell() {
    Set<Status> visited = EnumSet.noneOf(Status.class);
    Seeds.each(WALKS, random -> new Walk(random, visited).waitedFor().run());
    if (!Seeds.replaying()) {
      Set<Status> some = EnumSet.allOf(Status.class);
      some.removeAll(Set.of(Status.RETRYING, Status.EXPIRED));
      assertEquals(some, visited, "the walks lead everywhere but to another attempt");
    }
  }

  /** One invocation's life. */
  private static final class Walk {
    private final Random random;
    private final Set<Status> visited;
    private final List<String> trace = new ArrayList<>();

    /** How likely a step is a stop, a deletion or a change of time; some lives are quiet. */
    private final int trouble;

    private Invocation now;
    private Function function;
    private PlatformBudget budget;
    private long millis = Samples.T0;
    private long epoch = 1;
    private boolean cancelled;
    private int retries;

    Walk(Random random, Set<Status> visited) {
      this.random = random;
      this.visited = visited;
      trouble = 1 + random.nextInt(40);
      now = Samples.enqueued(random);
      function = anyFunction();
      budget = anyBudget();
    }

    Walk waitedFor() {
      now = Samples.sync(now);
      return this;
    }

    void run() {
      try {
        for (int i = 0; i < STEPS; i++) {
          visited.add(now.status());
          step();
        }
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + String.join("\n", trace), e);
      }
    }

    private void step() {
      change();
      Signal signal = anySignal();
      var decision = Lifecycle.decide(now, signal, function, budget, millis);
      assertEquals(
          decision, Lifecycle.decide(now, signal, function, budget, millis), "decided twice");
      if (signal instanceof Signal.EventAgeExceeded) {
        assertEquals(Lifecycle.tooOld(now, function, millis), decision.isPresent(), "too old");
      }
      trace.add(
          now.status()
              + " at "
              + (millis - Samples.T0)
              + ": "
              + signal
              + " -> "
              + decision.map(d -> d.next().status().name()).orElse("refused"));
      if (decision.isEmpty()) {
        assertTrue(refusable(signal), "refused");
        return;
      }
      check(now, signal, decision.get());
      now = decision.get().next();
    }

    /** Why a signal may be refused, by the contract and not by the code. */
    private boolean refusable(Signal signal) {
      boolean early =
          signal instanceof Signal.EventAgeExceeded
              && (function == null
                  || now.mode() == Invocation.Mode.SYNC
                  || function.eventAgeMillis() == 0
                  || now.startedAt() != 0
                  || millis < now.acceptedAt() + function.eventAgeMillis());
      return ExpectedTable.after(now.mode(), now.status(), signal.kind()).isEmpty()
          || early
          || stale(signal);
    }

    private boolean stale(Signal signal) {
      if (!(signal instanceof Signal.OfAttempt of)) {
        return false;
      }
      return now.status().waiting()
          ? of.attempt() != now.attempts() + 1 || of.epoch() < now.epoch()
          : of.attempt() != now.attempts() || of.epoch() != now.epoch();
    }

    private void check(Invocation before, Signal signal, Decision decision) {
      Invocation next = decision.next();
      assertFalse(before.status().terminal(), "changed after its end");
      assertTrue(
          ExpectedTable.after(before.mode(), before.status(), signal.kind())
              .contains(next.status()),
          "not in the table");
      assertFalse(stale(signal), "not fenced off");
      neverStepsBack(before, next);
      events(before, next);
      budgets(before, signal, next);
      stops(before, signal, next);
      times(before, next);
      effects(decision);
    }

    private static void neverStepsBack(Invocation before, Invocation next) {
      assertTrue(next.attempts() == before.attempts() || next.attempts() == before.attempts() + 1);
      assertTrue(next.failures() == before.failures() || next.failures() == before.failures() + 1);
      assertTrue(next.failures() <= next.attempts());
      assertTrue(next.epoch() >= before.epoch());
      assertEquals(before.id(), next.id());
      assertEquals(before.acceptedAt(), next.acceptedAt());
      assertEquals(before.payload(), next.payload());
      assertEquals(before.mode(), next.mode());
      assertTrue(next.mode() == Invocation.Mode.ASYNC || next.attempts() <= 1, "a second attempt");
      if (before.startedAt() != 0) {
        assertEquals(before.startedAt(), next.startedAt());
      }
    }

    private static void events(Invocation before, Invocation next) {
      List<Event> all = next.events();
      assertTrue(all.size() <= InvocationBuilder.EVENTS_MAX);
      assertTrue(next.lastSeq() > before.lastSeq(), "no event");
      for (int i = 1; i < all.size(); i++) {
        assertTrue(all.get(i).seq() > all.get(i - 1).seq());
        assertTrue(all.get(i).at() >= all.get(i - 1).at());
        assertTrue(all.get(i).attempt() >= all.get(i - 1).attempt());
      }
      int kept = all.size() - added(before, next).size();
      assertTrue(before.events().containsAll(all.subList(0, kept)), "an old event changed");
      List<Event.Type> ends = all.stream().map(Event::type).filter(Walk::isEnd).toList();
      assertEquals(
          next.status().terminal() ? List.of(Event.Type.valueOf(next.status().name())) : List.of(),
          ends,
          "ends");
    }

    private static boolean isEnd(Event.Type type) {
      return EnumSet.range(Event.Type.STOPPED, Event.Type.INVALID).contains(type);
    }

    private void budgets(Invocation before, Signal signal, Invocation next) {
      boolean failed = next.failures() > before.failures();
      boolean byFunction =
          signal instanceof Signal.AttemptFailed && before.status() == Status.RUNNING;
      assertEquals(byFunction, failed, "only the function's own failures are counted as such");
      if (failed) {
        boolean again = next.status() == Status.RETRYING;
        retries += again ? 1 : 0;
        assertTrue(!again || next.failures() < function.retry().maxAttempts(), "one too many");
        assertEquals(0, next.platformFailures());
      }
      long retryEvents =
          next.events().stream().filter(e -> e.type() == Event.Type.RETRYING).count();
      if (next.lastSeq() <= InvocationBuilder.EVENTS_MAX) {
        assertEquals(retries, retryEvents, "events of retries");
      }
      assertEquals(next.platformFailures() == 0, next.platformSince() == 0);
      if (next.platformFailures() > before.platformFailures() && next.status().waiting()) {
        assertTrue(next.dueAt() <= next.platformSince() + budget.totalMillis(), "beyond budget");
      }
    }

    private void stops(Invocation before, Signal signal, Invocation next) {
      if (signal instanceof Signal.StopRequested s) {
        cancelled |= s.mode() == StopMode.CANCEL;
        assertEquals(s.mode(), next.stop());
      } else {
        assertEquals(before.stop(), next.stop());
      }
      if (next.stop() != null) {
        assertFalse(next.status().waiting(), "another attempt after a stop");
      }
      if (cancelled) {
        assertTrue(
            next.status() == Status.STOPPING || next.status() == Status.STOPPED,
            "a cancelled one did not stop");
      }
    }

    private void times(Invocation before, Invocation next) {
      assertEquals(next.status().terminal(), next.endedAt() != 0);
      assertTrue(next.startedAt() == 0 || next.startedAt() >= next.acceptedAt());
      if (next.status().terminal()) {
        assertTrue(next.endedAt() >= next.startedAt());
        assertEquals(next.lastAt(), next.endedAt());
        assertEquals(0, next.dueAt());
        assertTrue(next.expiresAt() >= next.endedAt());
        assertNotEquals(Status.ENQUEUED, next.status());
      } else {
        assertEquals(Lifecycle.attentionAt(next.edit(), function), next.attentionAt());
        assertEquals(0, next.expiresAt());
      }
      if (next.status().waiting() && before.status() != Status.ENQUEUED) {
        assertTrue(next.dueAt() >= millis, "due in the past");
        assertTrue(next.dueAt() <= millis + RetryPolicy.BACKOFF_MILLIS_MAX, "due too late");
      }
    }

    private static void effects(Decision decision) {
      Invocation next = decision.next();
      for (Effect effect : decision.effects()) {
        if (effect instanceof Effect.RunAt run) {
          assertEquals(new Effect.RunAt(next.id(), next.dueAt()), run);
          assertTrue(next.status().waiting());
        } else if (effect instanceof Effect.Interrupt interrupt) {
          assertEquals(next.attempts(), interrupt.attempt());
          assertEquals(next.epoch(), interrupt.epoch());
          assertEquals(next.stop(), interrupt.mode());
          assertTrue(next.status() == Status.RUNNING || next.status() == Status.STOPPING);
        }
      }
      boolean silent = next.status() == Status.RUNNING || next.status() == Status.STOPPING;
      assertTrue(silent || decision.effects().size() == 1, "nobody is told");
      assertEquals(
          next.status().terminal(), decision.effects().contains(new Effect.Ended(next.id())));
    }

    /** The world goes on between two signals. */
    private void change() {
      millis += random.nextInt(20) == 0 ? -random.nextInt(100_000) : random.nextInt(60_000);
      if (random.nextInt(20) == 0) {
        epoch++;
      }
      if (random.nextInt(30) == 0) {
        function = anyFunction();
      }
      if (random.nextInt(trouble * 20) == 0) {
        function = null;
      }
    }

    private Signal anySignal() {
      boolean right = random.nextInt(4) > 0;
      boolean waiting = now.status().waiting();
      long by = waiting ? epoch : now.epoch();
      int attempt = waiting ? now.attempts() + 1 : now.attempts();
      if (!right) {
        by += random.nextInt(3) - 1;
        attempt += random.nextInt(3) - 1;
      }
      boolean rare = random.nextInt(trouble) == 0;
      List<Signal.Kind> kinds =
          rare
              ? List.of(Signal.Kind.values())
              : List.of(
                  Signal.Kind.ATTEMPT_STARTED,
                  Signal.Kind.ATTEMPT_FAILED,
                  Signal.Kind.PLATFORM_FAILED,
                  Signal.Kind.STOP_PROGRESSED,
                  Signal.Kind.NODE_LOST);
      Signal.Kind kind = kinds.get(random.nextInt(kinds.size()));
      if (kind == Signal.Kind.ATTEMPT_FAILED) {
        return new Signal.AttemptFailed(
            by, attempt, anyError(), anyWish(), 0, Samples.RESULT, Samples.LOG);
      }
      if (kind == Signal.Kind.PLATFORM_FAILED) {
        return new Signal.PlatformFailed(by, attempt, Samples.PLATFORM_ERROR, anyWish());
      }
      return Samples.signal(kind, by, attempt);
    }

    private RunError anyError() {
      var kinds = RunError.Kind.values();
      return new RunError(kinds[random.nextInt(kinds.length)], "Some", "");
    }

    private long anyWish() {
      return switch (random.nextInt(6)) {
        case 0 -> random.nextInt(100_000);
        case 1 -> random.nextLong();
        default -> 0;
      };
    }

    private Function anyFunction() {
      Set<RunError.Kind> retryOn = EnumSet.allOf(RunError.Kind.class);
      retryOn.removeIf(kind -> random.nextInt(30) == 0);
      long first = random.nextInt(5_000);
      var retry =
          new RetryPolicy(
              1 + random.nextInt(random.nextBoolean() ? 5 : 500),
              first,
              first + random.nextInt(100_000),
              random.nextDouble(),
              retryOn);
      long age = random.nextBoolean() ? 0 : random.nextInt(1_000_000);
      var retention = new RetentionPolicy(random.nextInt(1_000_000), random.nextInt(1_000_000));
      return Samples.function(retry, age, retention);
    }

    private PlatformBudget anyBudget() {
      long first = random.nextInt(1_000);
      return new PlatformBudget(first, first + random.nextInt(100_000), random.nextInt(10_000_000));
    }
  }
}
