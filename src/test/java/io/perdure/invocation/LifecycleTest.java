package io.perdure.invocation;

import static io.perdure.invocation.Samples.EPOCH;
import static io.perdure.invocation.Samples.ERROR;
import static io.perdure.invocation.Samples.LOG;
import static io.perdure.invocation.Samples.RESULT;
import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.added;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.signal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Starts, ends and fencing. Stops, retries, platform failures and ages have tests of their own. */
class LifecycleTest {
  private static final long NOW = T0 + 5_000;
  private static final PlatformBudget SPENT = new PlatformBudget(0, 0, 0);

  /** Lets the first attempt be the last. */
  private static final Function IMPATIENT = function(RetryPolicy.NONE, 1);

  /** Lets everything be tried again; its event age is exceeded at NOW. */
  private static final Function PATIENT = function(Samples.RETRY, 1);

  static Stream<Arguments> pairs() {
    return TransitionsTest.pairs();
  }

  @ParameterizedTest(name = "{0}: {1} x {2}")
  @MethodSource("pairs")
  void everySignalLeadsWhereTheTableSays(Invocation.Mode mode, Status status, Signal.Kind kind) {
    var before = neverStarted(of(mode, status));
    var expected = ExpectedTable.after(mode, status, kind);
    assertEquals(
        expected.stream().findFirst(),
        next(before, kind, PATIENT, PlatformBudget.DEFAULT),
        "while the budget lasts");
    assertEquals(
        expected.stream().reduce((first, last) -> last),
        next(before, kind, IMPATIENT, SPENT),
        "with the budget spent");
  }

  private static Invocation of(Invocation.Mode mode, Status status) {
    return mode == Invocation.Mode.SYNC ? Samples.sync(in(status)) : in(status);
  }

  private static Optional<Status> next(
      Invocation before, Signal.Kind kind, Function function, PlatformBudget budget) {
    return Lifecycle.decide(before, signal(kind, before), function, budget, NOW)
        .map(decision -> decision.next().status());
  }

  /** So that the event age can be exceeded in every status that knows it. */
  private static Invocation neverStarted(Invocation invocation) {
    var builder = invocation.edit();
    builder.startedAt = invocation.status().waiting() ? 0 : invocation.startedAt();
    return builder.build();
  }

  @ParameterizedTest(name = "{0}: {1} x {2}")
  @MethodSource("pairs")
  void everyAcceptedSignalIsAnEventAtItsTime(
      Invocation.Mode mode, Status status, Signal.Kind kind) {
    var before = neverStarted(of(mode, status));
    Lifecycle.decide(before, signal(kind, before), PATIENT, PlatformBudget.DEFAULT, NOW)
        .map(Decision::next)
        .ifPresent(
            next -> {
              var added = added(before, next);
              assertFalse(added.isEmpty());
              assertTrue(added.stream().allMatch(event -> event.at() == NOW));
              assertEquals(before.lastSeq() + added.size(), next.lastSeq());
              assertEquals(next.attempts(), added.get(added.size() - 1).attempt());
            });
  }

  @ParameterizedTest(name = "{0}: {1} x {2}")
  @MethodSource("pairs")
  void effectsFollowFromTheStatus(Invocation.Mode mode, Status status, Signal.Kind kind) {
    var before = neverStarted(of(mode, status));
    Lifecycle.decide(before, signal(kind, before), PATIENT, PlatformBudget.DEFAULT, NOW)
        .ifPresent(
            decision -> {
              var next = decision.next();
              boolean interrupts = kind.name().endsWith("REQUESTED") && !status.waiting();
              List<Effect> expected =
                  next.status().terminal()
                      ? List.of(new Effect.Ended(next.id()))
                      : next.status().waiting()
                          ? List.of(new Effect.RunAt(next.id(), next.dueAt()))
                          : interrupts ? List.of(interrupt(before, kind)) : List.of();
              assertEquals(expected, decision.effects());
            });
  }

  private static Effect interrupt(Invocation of, Signal.Kind kind) {
    var mode = kind == Signal.Kind.CANCEL_REQUESTED ? StopMode.CANCEL : StopMode.GRACEFUL;
    return new Effect.Interrupt(of.id(), EPOCH, of.attempts(), mode, 5_000);
  }

  @Test
  void startCountsTheAttemptAndNotesWhereItRuns() {
    var next = decide(in(Status.ENQUEUED), started(), function(), NOW).next();
    assertEquals(Status.RUNNING, next.status());
    assertEquals(1, next.attempts());
    assertEquals(EPOCH, next.epoch());
    assertEquals("pid 2", next.instance());
    assertEquals("3", next.version());
    assertEquals(NOW, next.startedAt());
    assertEquals(0, next.endedAt());
    assertEquals(List.of(Event.Type.RUNNING), addedTypes(in(Status.ENQUEUED), next));
  }

  private static Signal started() {
    return signal(Signal.Kind.ATTEMPT_STARTED, EPOCH, 1);
  }

  @Test
  void secondStartKeepsTheTimeOfTheFirst() {
    var retrying = in(Status.RETRYING);
    var next = decide(retrying, signal(Signal.Kind.ATTEMPT_STARTED, retrying), function(), NOW);
    assertEquals(retrying.startedAt(), next.next().startedAt());
    assertEquals(2, next.next().attempts());
  }

  @Test
  void successKeepsResultAndLogAndForgetsAnEarlierError() {
    var running = in(Status.RUNNING).edit();
    running.error = ERROR;
    var next =
        decide(
                running.build(),
                signal(Signal.Kind.ATTEMPT_SUCCEEDED, in(Status.RUNNING)),
                function(),
                NOW)
            .next();
    assertEquals(Status.SUCCEEDED, next.status());
    assertEquals(RESULT, next.result());
    assertEquals(LOG, next.log());
    assertEquals(4096, next.memoryBytes());
    assertNull(next.error());
    assertNull(next.reason());
    assertEquals(NOW, next.endedAt());
    assertEquals(0, next.dueAt());
    assertEquals(List.of(Event.Type.SUCCEEDED), addedTypes(in(Status.RUNNING), next));
  }

  @Test
  void failureKeepsTheMemoryItsInstanceUsed() {
    var running = in(Status.RUNNING);
    var failed = decide(running, signal(Signal.Kind.ATTEMPT_FAILED, running), function(), NOW);
    assertEquals(4096, failed.next().memoryBytes());
  }

  @Test
  void whatIsGoneIsNamedByTheTypeOfTheError() {
    var gone = new Signal.FunctionDeleted("QualifierNotFound", "alias prod leads nowhere");
    var next = decide(in(Status.ENQUEUED), gone, function(), NOW).next();
    assertEquals(Status.INVALID, next.status());
    assertEquals("QualifierNotFound", next.error().type());
    assertEquals("alias prod leads nowhere", next.reason());
  }

  @Test
  void timesWrittenDownNeverStepBackWithTheClock() {
    var early = T0 - 60_000;
    var running = decide(in(Status.ENQUEUED), started(), function(), early).next();
    assertEquals(T0, running.startedAt());
    var ended =
        decide(running, signal(Signal.Kind.ATTEMPT_SUCCEEDED, running), function(), early).next();
    assertEquals(T0, ended.endedAt());
    assertTrue(ended.events().stream().allMatch(event -> event.at() == T0));
  }

  @Test
  void nextAttemptIsPlannedByTheClockThatSteppedBack() {
    var running = in(Status.RUNNING);
    var retrying = decide(running, signal(Signal.Kind.ATTEMPT_FAILED, running), function(), 1_000);
    assertEquals(2_000, retrying.next().dueAt());
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"ATTEMPT_SUCCEEDED", "ATTEMPT_FAILED", "PLATFORM_FAILED", "STOP_PROGRESSED"})
  void anotherAttemptIsFencedOffWhileOneRuns(Signal.Kind kind) {
    for (Status status : List.of(Status.RUNNING, Status.STOPPING)) {
      var running = in(status).edit();
      running.attempts = 3;
      var present = running.build();
      assertTrue(refused(present, signal(kind, EPOCH, 2)), "an earlier attempt");
      assertTrue(refused(present, signal(kind, EPOCH, 4)), "an attempt that has not begun");
      assertTrue(refused(present, signal(kind, EPOCH - 1, 3)), "an earlier owner");
      assertTrue(refused(present, signal(kind, EPOCH + 1, 3)), "an owner not heard of");
      assertFalse(refused(present, signal(kind, EPOCH, 3)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"ATTEMPT_STARTED", "PLATFORM_FAILED"})
  void onlyTheNextAttemptOfThisOwnerOrALaterIsHeardWhileItWaits(Signal.Kind kind) {
    var retrying = in(Status.RETRYING);
    assertTrue(refused(retrying, signal(kind, EPOCH, 1)), "the attempt that failed");
    assertTrue(refused(retrying, signal(kind, EPOCH, 3)), "one too far");
    assertTrue(refused(retrying, signal(kind, EPOCH - 1, 2)), "an earlier owner");
    assertFalse(refused(retrying, signal(kind, EPOCH, 2)));
    assertFalse(refused(retrying, signal(kind, EPOCH + 1, 2)), "a later owner");
  }

  @Test
  void outcomeIsHeardOnce() {
    var running = in(Status.RUNNING);
    var failed = signal(Signal.Kind.ATTEMPT_FAILED, running);
    var retrying = decide(running, failed, function(), NOW).next();
    assertTrue(refused(retrying, failed));
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"STOPPED", "SUCCEEDED", "FAILED", "EXPIRED", "INVALID"})
  void whatHasEndedChangesNoMore(Status status) {
    var ended = in(status);
    for (Signal.Kind kind : Signal.Kind.values()) {
      assertTrue(refused(ended, signal(kind, ended)), kind::name);
      assertTrue(refused(ended, signal(kind, EPOCH + 1, ended.attempts() + 1)), kind::name);
    }
  }

  @Test
  void decidingTwiceGivesTheSame() {
    for (Status status : Status.values()) {
      for (Signal.Kind kind : Signal.Kind.values()) {
        var before = in(status);
        assertEquals(maybe(before, signal(kind, before)), maybe(before, signal(kind, before)));
      }
    }
  }

  @Test
  void onlyStepsOfAStopAreProgress() {
    var steps = List.of(Event.Type.STOP_DELIVERED, Event.Type.STOP_ACKNOWLEDGED);
    Arrays.stream(Event.Type.values())
        .filter(type -> !steps.contains(type))
        .forEach(
            type ->
                assertThrows(
                    IllegalArgumentException.class,
                    () -> new Signal.StopProgressed(EPOCH, 1, type, "")));
  }

  private static boolean refused(Invocation invocation, Signal signal) {
    return maybe(invocation, signal).isEmpty();
  }

  private static Optional<Decision> maybe(Invocation invocation, Signal signal) {
    return Lifecycle.decide(invocation, signal, function(), PlatformBudget.DEFAULT, NOW);
  }
}
