package io.perdure.invocation;

import static io.perdure.invocation.Event.Type.RESULT_DISCARDED;
import static io.perdure.invocation.Event.Type.STOPPED;
import static io.perdure.invocation.Event.Type.STOPPING;
import static io.perdure.invocation.Event.Type.STOP_GONE;
import static io.perdure.invocation.Event.Type.STOP_REQUESTED;
import static io.perdure.invocation.Samples.EPOCH;
import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.added;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.signal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both modes of stopping. */
class StopTest {
  private static final long NOW = T0 + 5_000;
  private static final Signal CANCEL = new Signal.StopRequested(StopMode.CANCEL, 5_000, "ann");
  private static final Signal GRACEFUL = new Signal.StopRequested(StopMode.GRACEFUL, 700, "bob");

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void whatWaitsIsStoppedAtOnceInEitherMode(StopMode mode) {
    for (Status status : List.of(Status.ENQUEUED, Status.RETRYING)) {
      var before = in(status);
      var decision = decide(before, new Signal.StopRequested(mode, 5_000, "ann"), function(), NOW);
      var next = decision.next();
      assertEquals(Status.STOPPED, next.status());
      assertEquals(mode, next.stop());
      assertEquals(NOW, next.endedAt());
      assertEquals(0, next.dueAt());
      assertEquals(List.of(STOP_REQUESTED, STOPPING, STOPPED), addedTypes(before, next));
      assertEquals(List.of(new Effect.Ended(before.id())), decision.effects());
    }
  }

  @Test
  void reasonSaysWhoStoppedItAndWhetherItEverRan() {
    assertEquals("stopped by ann before it ran", stopped(Status.ENQUEUED).reason());
    assertEquals("stopped by ann before it ran again", stopped(Status.RETRYING).reason());
  }

  private static Invocation stopped(Status status) {
    return decide(in(status), CANCEL, function(), NOW).next();
  }

  @Test
  void cancelOfARunningAttemptInterruptsIt() {
    var before = in(Status.RUNNING);
    var decision = decide(before, CANCEL, function(), NOW);
    assertEquals(Status.STOPPING, decision.next().status());
    assertEquals(0, decision.next().endedAt());
    assertEquals(
        List.of(new Effect.Interrupt(before.id(), EPOCH, 1, StopMode.CANCEL, 5_000)),
        decision.effects());
    assertEquals(List.of(STOP_REQUESTED, STOPPING), addedTypes(before, decision.next()));
    assertEquals("cancel by ann", added(before, decision.next()).get(0).detail());
  }

  @Test
  void cancelAskedAgainIsPassedOnAndNoSecondStopping() {
    var before = in(Status.STOPPING);
    var again = new Signal.StopRequested(StopMode.CANCEL, 0, "ann");
    var decision = decide(before, again, function(), NOW);
    assertEquals(Status.STOPPING, decision.next().status());
    assertEquals(
        List.of(new Effect.Interrupt(before.id(), EPOCH, 1, StopMode.CANCEL, 0)),
        decision.effects());
    assertEquals(List.of(STOP_REQUESTED), addedTypes(before, decision.next()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"ATTEMPT_SUCCEEDED", "ATTEMPT_FAILED", "PLATFORM_FAILED", "NODE_LOST"})
  void cancelledAttemptEndsStoppedWhateverItReturns(Signal.Kind outcome) {
    var before = in(Status.STOPPING);
    var decision = decide(before, signal(outcome, before), function(), NOW);
    var next = decision.next();
    assertEquals(Status.STOPPED, next.status());
    assertEquals("stopped while running", next.reason());
    assertEquals(NOW, next.endedAt());
    assertEquals(BodyRef.NONE, next.result());
    assertNull(next.error());
    assertEquals(before.failures(), next.failures());
    assertEquals(List.of(new Effect.Ended(before.id())), decision.effects());
  }

  @Test
  void whatACancelledAttemptStillReturnsIsNoted() {
    var before = in(Status.STOPPING);
    for (Signal.Kind outcome : List.of(Signal.Kind.ATTEMPT_SUCCEEDED, Signal.Kind.ATTEMPT_FAILED)) {
      assertEquals(
          List.of(RESULT_DISCARDED, STOP_GONE, STOPPED),
          addedTypes(before, decide(before, signal(outcome, before), function(), NOW).next()));
    }
  }

  @Test
  void gracefulStopTellsTheAttemptAndLeavesItRunning() {
    var before = in(Status.RUNNING);
    var decision = decide(before, GRACEFUL, function(), NOW);
    assertEquals(Status.RUNNING, decision.next().status());
    assertEquals(StopMode.GRACEFUL, decision.next().stop());
    assertEquals(
        List.of(new Effect.Interrupt(before.id(), EPOCH, 1, StopMode.GRACEFUL, 700)),
        decision.effects());
    assertEquals(List.of(STOP_REQUESTED), addedTypes(before, decision.next()));
    assertEquals("graceful by bob", added(before, decision.next()).get(0).detail());
  }

  @Test
  void successAfterAGracefulStopIsASuccess() {
    var told = decide(in(Status.RUNNING), GRACEFUL, function(), NOW).next();
    var next = decide(told, signal(Signal.Kind.ATTEMPT_SUCCEEDED, told), function(), NOW).next();
    assertEquals(Status.SUCCEEDED, next.status());
    assertEquals(Samples.RESULT, next.result());
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"ATTEMPT_FAILED", "PLATFORM_FAILED", "NODE_LOST"})
  void failureAfterAGracefulStopEndsIt(Signal.Kind outcome) {
    var told = decide(in(Status.RUNNING), GRACEFUL, function(), NOW).next();
    var next = decide(told, signal(outcome, told), function(), NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals("graceful stop requested: no retry", next.reason());
  }

  @Test
  void cancelOverridesAGracefulStop() {
    var told = decide(in(Status.RUNNING), GRACEFUL, function(), NOW).next();
    var next = decide(told, CANCEL, function(), NOW).next();
    assertEquals(Status.STOPPING, next.status());
    assertEquals(StopMode.CANCEL, next.stop());
  }

  @Test
  void gracefulStopCannotSoftenACancel() {
    var stopping = in(Status.STOPPING);
    assertTrue(
        Lifecycle.decide(stopping, GRACEFUL, function(), PlatformBudget.DEFAULT, NOW).isEmpty());
  }

  @Test
  void stepsOfAStopAreEventsAndChangeNothingElse() {
    for (Status status : List.of(Status.RUNNING, Status.STOPPING)) {
      var before = in(status);
      var step = new Signal.StopProgressed(EPOCH, 1, Event.Type.STOP_ACKNOWLEDGED, "it reacted");
      var decision = decide(before, step, function(), NOW);
      assertEquals(List.of(), decision.effects());
      var without = decision.next().edit();
      without.events.remove(without.events.size() - 1);
      without.attentionAt = before.attentionAt();
      assertEquals(before, without.build());
      assertEquals(
          new Event(before.lastSeq() + 1, Event.Type.STOP_ACKNOWLEDGED, NOW, 1, "it reacted"),
          added(before, decision.next()).get(0));
    }
  }
}
