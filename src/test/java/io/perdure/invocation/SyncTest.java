package io.perdure.invocation;

import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.signal;
import static io.perdure.invocation.Samples.sync;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What its caller waits for: one attempt or none, never another. */
class SyncTest {
  private static final long NOW = T0 + 5_000;

  @ParameterizedTest
  @CsvSource({
    "ENQUEUED, PLATFORM_FAILED",
    "ENQUEUED, NODE_LOST",
    "RUNNING, ATTEMPT_FAILED",
    "RUNNING, PLATFORM_FAILED",
    "RUNNING, NODE_LOST"
  })
  void everyFailureEndsItAtOnce(Status status, Signal.Kind kind) {
    var before = sync(in(status));
    var decision = decide(before, signal(kind, before), function(), NOW);
    assertEquals(Status.FAILED, decision.next().status());
    assertEquals("synchronous: no retry", decision.next().reason());
    assertEquals(NOW, decision.next().endedAt());
    assertEquals(List.of(Event.Type.FAILED), addedTypes(before, decision.next()));
    assertEquals(List.of(new Effect.Ended(before.id())), decision.effects());
  }

  @Test
  void failureOfTheFunctionKeepsWhatItAnswered() {
    var before = sync(in(Status.RUNNING));
    var next = decide(before, signal(Signal.Kind.ATTEMPT_FAILED, before), function(), NOW).next();
    assertEquals(Samples.RESULT, next.result());
    assertEquals(Samples.LOG, next.log());
    assertEquals(Samples.ERROR, next.error());
    assertEquals(1, next.failures());
  }

  @Test
  void whatCouldNotBeStartedNeverStarted() {
    var before = sync(in(Status.ENQUEUED));
    var next = decide(before, signal(Signal.Kind.PLATFORM_FAILED, before), function(), NOW).next();
    assertEquals(0, next.startedAt());
    assertEquals(Samples.PLATFORM_ERROR, next.error());
  }

  @Test
  void whatTheNodeTookWithItSaysThatItMayHaveRun() {
    var before = sync(in(Status.ENQUEUED));
    var next = decide(before, signal(Signal.Kind.NODE_LOST, before), function(), NOW).next();
    assertEquals("NodeLost", next.error().type());
    assertEquals("node-1 is gone", next.error().message());
  }

  @Test
  void itHasNoEventAge() {
    var aging = function(Samples.RETRY, 1_000);
    var waiting = sync(in(Status.ENQUEUED));
    assertFalse(Lifecycle.tooOld(waiting, aging, Long.MAX_VALUE - 1));
    assertEquals(Long.MAX_VALUE, Lifecycle.attentionAt(waiting.edit(), aging));
    var tooOld = new Signal.EventAgeExceeded();
    assertTrue(Lifecycle.decide(waiting, tooOld, aging, PlatformBudget.DEFAULT, NOW).isEmpty());
  }

  @Test
  void deletionOfItsFunctionMakesItInvalid() {
    var before = sync(in(Status.ENQUEUED));
    var next = decide(before, signal(Signal.Kind.FUNCTION_DELETED, before), null, NOW).next();
    assertEquals(Status.INVALID, next.status());
  }

  @Test
  void failureWithoutItsFunctionEndsItAllTheSame() {
    var before = sync(in(Status.ENQUEUED));
    var next = decide(before, signal(Signal.Kind.PLATFORM_FAILED, before), null, NOW).next();
    assertEquals(Status.FAILED, next.status());
  }
}
