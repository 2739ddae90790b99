package io.perdure.runtime.managed.pool;

import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.invocation.Function;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.StartFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class InstanceStartTest {
  private PoolBench bench;
  private HandInstances hands;

  @BeforeEach
  void make(Vertx vertx) {
    bench = new PoolBench(vertx, new Room(8, 1024, 4));
    hands = bench.hands;
  }

  // ---- starts that fail

  @Test
  void failedStartFailsTheAttemptThatCausedItWithResultAndOutput() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    RunError error = new RunError(Kind.FUNCTION, "InitError", "no module");
    bench.run(
        () -> {
          hands.last().writes("traceback\n");
          hands.last().ready.fail(new StartFailure(error, Buffer.buffer("{}")));
        });
    Outcome.Failed outcome = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
    assertEquals(error, outcome.error());
    assertEquals("{}", text(outcome.result()));
    assertEquals("traceback\n", text(outcome.log()));
    assertEquals(hands.last().id, attempt.instance());
    assertEquals(List.of(Signal.KILL), hands.last().signals);
    assertNothingHeld();
    assertEquals(1, bench.count("perdure.instance.start.failures", "kind", "python3"));
  }

  @Test
  void failureOfThePlatformIsNotTheFunctions() {
    hands.broken = new StartFailure(Kind.PLATFORM, "CannotStart", "no disk");
    Running attempt = bench.start(bench.function(1));
    RunError error = assertInstanceOf(Outcome.PlatformFailed.class, bench.outcome(attempt)).error();
    assertEquals("CannotStart", error.type());
    assertNothingHeld();
  }

  @Test
  void instanceThatIsNotReadyInTimeIsKilled() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    bench.advance(4_999);
    assertNull(bench.outcome(attempt));
    bench.advance(1);
    RunError error = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt)).error();
    assertEquals(new RunError(Kind.TIMEOUT, "InitTimeout", "not ready within 5000 ms"), error);
    assertNothingHeld();
  }

  @Test
  void exitBeforeItIsReadyTellsTheLastLines() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    bench.run(
        () -> {
          hands.last().writes("1\n2\n3\nImportError: x\n");
          hands.last().exits(1);
        });
    Outcome.Failed outcome = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
    assertEquals(
        new RunError(
            Kind.CRASH,
            "InitExit",
            "exit code 1 before it took a call; it last wrote:\n2\n3\nImportError: x"),
        outcome.error());
    assertEquals("1\n2\n3\nImportError: x\n", text(outcome.log()));
  }

  @Test
  void functionWithoutCodeSaysSo() {
    Function function =
        bench.function(
            1,
            spec -> {
              spec.code = null;
              return spec;
            });
    Outcome.Failed outcome =
        assertInstanceOf(Outcome.Failed.class, bench.outcome(bench.start(function)));
    assertEquals("CodeUnusable", outcome.error().type());
  }

  @Test
  void startThatFailsFailsAllTheCallsItWasFor() {
    hands.readyAtOnce = false;
    Function function = bench.function(1, spec -> PoolTest.concurrency(spec, 2));
    Running first = bench.start(function);
    Running second = bench.start(function);
    bench.run(() -> hands.last().exits(1));
    assertInstanceOf(Outcome.Failed.class, bench.outcome(first));
    assertInstanceOf(Outcome.Failed.class, bench.outcome(second));
  }

  @Test
  void startThatFailsFailsNobodyElse() {
    hands.readyAtOnce = false;
    Function function = bench.function(1);
    Running first = bench.start(function);
    Running second = bench.start(function);
    bench.run(() -> hands.all.get(1).exits(1));
    assertInstanceOf(Outcome.Failed.class, bench.outcome(first));
    assertNull(bench.outcome(second));
    bench.run(() -> hands.all.get(0).ready.complete());
    assertTrue(bench.began(second));
  }

  // ---- pauses behind failures

  @Test
  void brokenFunctionHasNoRoomForAWhileAndIsTriedAgain() {
    hands.broken = new StartFailure(Kind.FUNCTION, "InitError", "broken");
    Function function = bench.function(1);
    bench.start(function);
    assertFalse(bench.hasRoom(function));
    bench.advance(StartBackoff.FIRST_MILLIS - 1);
    assertEquals(List.of(), bench.told);
    bench.advance(1);
    assertEquals(List.of(1L), bench.told);
    assertTrue(bench.hasRoom(function));
  }

  @Test
  void pausesOfTheFunctionsOwnFailuresAreShorterThanThoseOfThePlatforms() {
    assertEquals(StartBackoff.FUNCTION_MILLIS_MAX, longestPause(Kind.FUNCTION));
    assertEquals(StartBackoff.PLATFORM_MILLIS_MAX, longestPause(Kind.PLATFORM));
  }

  private static long longestPause(Kind kind) {
    StartBackoff backoff = new StartBackoff();
    for (int i = 0; i < 100; i++) {
      backoff.failed(kind, 7);
    }
    return backoff.until() - 7;
  }

  @Test
  void afterAFailureOneStartIsTriedAtATime() {
    hands.broken = new StartFailure(Kind.FUNCTION, "InitError", "broken");
    Function function = bench.function(1);
    bench.start(function);
    bench.run(() -> hands.broken = null);
    hands.readyAtOnce = false;
    bench.advance(StartBackoff.FIRST_MILLIS);
    bench.start(function);
    assertFalse(bench.hasRoom(function));
    bench.run(() -> hands.last().ready.complete());
    assertEquals(List.of(1L), bench.told);
    assertTrue(bench.hasRoom(function));
  }

  @Test
  void changedFunctionIsTriedAtOnce() {
    hands.broken = new StartFailure(Kind.PLATFORM, "CannotStart", "broken");
    Function function = bench.function(1);
    bench.start(function);
    assertFalse(bench.hasRoom(function));
    Function mended =
        bench.function(
            1,
            spec -> {
              spec.handler = "mended.handler";
              return spec;
            });
    bench.run(() -> bench.runtime.changed(1));
    assertEquals(List.of(1L), bench.told);
    assertTrue(bench.hasRoom(mended));
  }

  @Test
  void instanceLargerThanTheNodeFailsTheAttemptAndNobodyWaits() {
    Function function =
        bench.function(
            1,
            spec -> {
              spec.memoryMb = 2048;
              return spec;
            });
    assertTrue(bench.hasRoom(function));
    RunError error =
        assertInstanceOf(Outcome.PlatformFailed.class, bench.outcome(bench.start(function)))
            .error();
    assertEquals(
        "an instance needs 2048 MB, more than this node has for all of them", error.message());
  }

  // ---- room

  @Test
  void functionIsToldWhenAnInstanceIsFreeAgain() {
    Function function = bench.function(1);
    for (int i = 0; i < 8; i++) {
      assertTrue(bench.hasRoom(function));
      bench.start(function);
    }
    assertFalse(bench.hasRoom(function));
    assertEquals(List.of(), bench.told);
    bench.run(() -> hands.last().answer(""));
    assertEquals(List.of(1L), bench.told);
    assertTrue(bench.hasRoom(function));
    assertEquals(8, hands.all.size());
  }

  @Test
  void idleInstanceMakesRoomForAnotherFunction() {
    Function one = bench.function(1);
    for (int i = 0; i < 8; i++) {
      bench.start(one);
    }
    bench.run(() -> hands.all.get(0).answer(""));
    Function two = bench.function(2);
    assertFalse(bench.hasRoom(two));
    bench.run(() -> {});
    assertEquals(List.of(Signal.TERM), hands.all.get(0).signals);
    assertEquals(List.of(2L), bench.told);
    assertTrue(bench.hasRoom(two));
    assertEquals(1, bench.count("perdure.instances.retired", "reason", "room"));
  }

  @Test
  void busyInstanceIsEndedForAnotherFunctionOnceItsCallIsOver() {
    Function one = bench.function(1);
    for (int i = 0; i < 8; i++) {
      bench.start(one);
    }
    Function two = bench.function(2);
    assertFalse(bench.hasRoom(two));
    bench.advance(Shares.PATIENCE_MILLIS);
    assertEquals(8, hands.alive().size());
    bench.run(() -> hands.all.get(3).answer(""));
    assertEquals(List.of(Signal.TERM), hands.all.get(3).signals);
    assertEquals(List.of(2L), bench.told);
    assertTrue(bench.hasRoom(two));
    assertEquals(1, bench.count("perdure.instances.retired", "reason", "share"));
  }

  @Test
  void noMoreStartAtOnceThanTheNodeAllows() {
    hands.readyAtOnce = false;
    Function function = bench.function(1);
    for (int i = 0; i < 4; i++) {
      assertTrue(bench.hasRoom(function));
      bench.start(function);
    }
    assertFalse(bench.hasRoom(function));
    bench.run(() -> hands.all.get(0).ready.complete());
    assertEquals(List.of(1L), bench.told);
    assertTrue(bench.hasRoom(function));
  }

  @Test
  void fixedPortHasOneInstanceAtATime() {
    Function one = bench.function(1, spec -> port(spec, 9000));
    Function two = bench.function(2, spec -> port(spec, 9000));
    bench.start(one);
    assertFalse(bench.hasRoom(one));
    assertFalse(bench.hasRoom(two));
    assertTrue(bench.hasRoom(bench.function(3)));
    bench.advance(Shares.PATIENCE_MILLIS);
    bench.run(() -> hands.all.get(0).answer(""));
    assertTrue(bench.told.contains(2L), bench.told::toString);
    assertTrue(bench.hasRoom(two));
  }

  // ---- warming up

  @Test
  void instancesAreStartedAheadOfTheirCalls() {
    Function function = bench.function(1);
    Warmed warmed = warm(function, 3).result();
    assertEquals(new Warmed(3, null), warmed);
    assertEquals(3, hands.alive().size());
    bench.start(function);
    assertEquals(3, hands.all.size());
  }

  @Test
  void warmingWaitsUntilAllAreReady() {
    hands.readyAtOnce = false;
    Future<Warmed> warmed = warm(bench.function(1), 6);
    assertEquals(4, hands.all.size());
    for (int i = 0; i < 6; i++) {
      int next = i;
      assertFalse(warmed.isComplete());
      bench.run(() -> hands.all.get(next).ready.complete());
    }
    assertEquals(new Warmed(6, null), warmed.result());
  }

  @Test
  void warmingBeyondTheRoomSaysWhatThereIs() {
    Warmed warmed = warm(bench.function(1), 100).result();
    assertEquals(8, warmed.ready());
    assertEquals(
        "the node has no room for more: 8 of 8 instances, 1024 of 1024 MB", warmed.problem());
  }

  @Test
  void warmingABrokenFunctionSaysWhy() {
    hands.broken = new StartFailure(Kind.FUNCTION, "InitError", "broken");
    assertEquals(new Warmed(0, "InitError: broken"), warm(bench.function(1), 2).result());
  }

  private Future<Warmed> warm(Function function, int count) {
    Future<Warmed> warmed = bench.get(() -> bench.runtime.warm(function, count));
    bench.run(() -> {});
    return warmed;
  }

  private static PoolBench.Spec port(PoolBench.Spec spec, int port) {
    spec.port = port;
    return spec;
  }

  private void assertNothingHeld() {
    assertEquals(0, hands.codesHeld);
    assertEquals(0, hands.placesHeld);
    assertEquals(0, hands.conversationsHeld);
  }
}
