package io.perdure.runtime.managed.pool;

import static io.perdure.invocation.StopMode.CANCEL;
import static io.perdure.invocation.StopMode.GRACEFUL;
import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.pool.HandInstances.HandInstance;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class InstanceStopTest {
  private PoolBench bench;
  private HandInstances hands;

  @BeforeEach
  void make(Vertx vertx) {
    bench = new PoolBench(vertx, new Room(8, 4096, 4));
    hands = bench.hands;
  }

  @Test
  void cancelTellsTheGroupAndItsExitIsTheOutcome() {
    Running attempt = bench.start(bench.function(1));
    List<String> steps = bench.stop(attempt, CANCEL, 5_000);
    assertEquals(
        List.of("DELIVERED SIGTERM to group 4711", "ACKNOWLEDGED killed by SIGTERM"), steps);
    assertEquals(new RunError(Kind.CRASH, "ProcessExit", "killed by SIGTERM"), error(attempt));
    assertEquals(0, hands.codesHeld + hands.placesHeld + hands.conversationsHeld);
  }

  @Test
  void cancelWithoutGraceKillsAtOnce() {
    Running attempt = bench.start(bench.function(1));
    List<String> steps = bench.stop(attempt, CANCEL, 0);
    assertEquals(
        List.of("DELIVERED SIGKILL to group 4711", "ACKNOWLEDGED killed by SIGKILL"), steps);
    assertEquals("killed by SIGKILL", error(attempt).message());
  }

  @Test
  void whatIgnoresSigtermIsKilledAfterTheGrace() {
    hands.mortal = false;
    Running attempt = bench.start(bench.function(1));
    List<String> steps = bench.stop(attempt, CANCEL, 5_000);
    bench.advance(4_999);
    assertNull(bench.outcome(attempt));
    bench.advance(1);
    assertEquals(
        List.of(
            "DELIVERED SIGTERM to group 4711",
            "DELIVERED SIGKILL to group 4711",
            "ACKNOWLEDGED killed by SIGKILL"),
        steps);
    assertEquals("killed by SIGKILL", error(attempt).message());
  }

  @Test
  void shorterGraceOfASecondCancelCounts() {
    hands.mortal = false;
    Running attempt = bench.start(bench.function(1));
    bench.stop(attempt, CANCEL, 50_000);
    bench.stop(attempt, CANCEL, 1_000);
    bench.advance(1_000);
    assertEquals("killed by SIGKILL", error(attempt).message());
  }

  @Test
  void callThatAnswersWithinTheGraceIsOverWhenItsInstanceIsGone() {
    hands.mortal = false;
    Running attempt = bench.start(bench.function(1));
    List<String> steps = bench.stop(attempt, CANCEL, 5_000);
    bench.run(() -> hands.last().answer("in time"));
    assertEquals("in time", text(((Outcome.Succeeded) bench.outcome(attempt)).result()));
    assertEquals(List.of(Signal.TERM, Signal.KILL), hands.last().signals);
    assertTrue(steps.contains("ACKNOWLEDGED answered"), steps::toString);
  }

  @Test
  void gracefulStopOnlyTells() {
    hands.mortal = false;
    Function function = bench.function(1);
    Running attempt = bench.start(function);
    List<String> steps = bench.stop(attempt, GRACEFUL, 0);
    bench.advance(60_000);
    assertEquals(List.of("DELIVERED SIGTERM to group 4711"), steps);
    bench.run(() -> hands.last().answer("saved"));
    assertEquals("saved", text(((Outcome.Succeeded) bench.outcome(attempt)).result()));
    bench.start(function);
    assertEquals(2, hands.all.size(), "an instance that was told to end is not used again");
  }

  @Test
  void gracefulStopOfWhatDoesNotExpectItIsAnExit() {
    Running attempt = bench.start(bench.function(1));
    bench.stop(attempt, GRACEFUL, 0);
    assertEquals(new RunError(Kind.CRASH, "ProcessExit", "killed by SIGTERM"), error(attempt));
  }

  @Test
  void hookComesBeforeSigterm() {
    Function function =
        bench.function(
            1,
            spec -> {
              spec.preStop = new Managed.Hook("index.bye", 3_000);
              return spec;
            });
    Running attempt = bench.start(function);
    bench.run(() -> hands.last().hook = Promise.promise());
    List<String> steps = bench.stop(attempt, CANCEL, 10_000);
    assertEquals(List.of("DELIVERED pre-stop hook"), steps);
    bench.advance(3_000); // the hook's own limit
    assertEquals(
        List.of(
            "DELIVERED pre-stop hook",
            "DELIVERED SIGTERM to group 4711",
            "ACKNOWLEDGED killed by SIGTERM"),
        steps);
    assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
  }

  @Test
  void protocolThatKnowsCancelIsAskedFirst() {
    hands.canCancel = true;
    hands.mortal = false;
    Running attempt = bench.start(bench.function(1));
    List<String> steps = bench.stop(attempt, CANCEL, 5_000);
    assertEquals(
        List.of("DELIVERED the function was asked to give up", "DELIVERED SIGTERM to group 4711"),
        steps);
  }

  @Test
  void cancelOfOneOfSeveralCallsAsksByProtocolAndLeavesTheOthers() {
    hands.canCancel = true;
    Function function = bench.function(1, spec -> PoolTest.concurrency(spec, 2));
    Running stopped = bench.start(function);
    Running other = bench.start(function);
    HandInstance instance = hands.last();
    bench.stop(stopped, CANCEL, 5_000);
    assertEquals(List.of(), instance.signals);
    assertEquals(1, instance.cancelled.size());
    bench.run(() -> instance.answer("given up"));
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(stopped));
    bench.run(() -> instance.answer("all of it"));
    assertEquals("all of it", text(((Outcome.Succeeded) bench.outcome(other)).result()));
    assertFalse(instance.signals.contains(Signal.KILL));
  }

  @Test
  void gracefulStopOfOneOfSeveralCallsSaysInItsLogWhetherItCouldBeTold() {
    for (boolean canCancel : List.of(true, false)) {
      hands.canCancel = canCancel;
      Function function =
          bench.function(
              canCancel ? 1 : 2,
              spec -> {
                spec.flavour = Function.Flavour.SCF;
                return PoolTest.concurrency(spec, 2);
              });
      Running stopped = bench.start(function);
      bench.start(function);
      bench.stop(stopped, GRACEFUL, 0);
      assertEquals(List.of(), hands.last().signals);
      bench.run(() -> hands.last().answer("done"));
      String log = text(((Outcome.Succeeded) bench.outcome(stopped)).log());
      assertEquals(canCancel, log.contains("[PLATFORM] Signal received successfully.\n"), log);
      assertEquals(!canCancel, log.contains("[PLATFORM] Signal reception failed.\n"), log);
    }
  }

  @Test
  void instanceIsKilledForOneOfSeveralCallsAndTheOthersRunAgain() {
    Function function = bench.function(1, spec -> PoolTest.concurrency(spec, 2));
    Running stopped = bench.start(function);
    Running other = bench.start(function);
    bench.stop(stopped, CANCEL, 5_000);
    bench.advance(5_000);
    assertEquals("killed by SIGKILL", error(stopped).message());
    RunError error = assertInstanceOf(Outcome.PlatformFailed.class, bench.outcome(other)).error();
    assertEquals("InstanceStopped", error.type());
    assertEquals(Kind.PLATFORM, error.kind());
  }

  // ---- before it began

  @Test
  void callThatCanBeDroppedEndsAloneAndItsInstanceAfterTheOthers() {
    hands.canDrop = true;
    Function function = bench.function(1, spec -> PoolTest.concurrency(spec, 2));
    Running stopped = bench.start(function);
    Running other = bench.start(function);
    List<String> steps = bench.stop(stopped, CANCEL, 0);
    assertEquals(
        List.of(
            "ACKNOWLEDGED answered",
            "DELIVERED the call was dropped; others go on in its instance"),
        steps.stream().sorted().toList());
    assertEquals("Cancelled", error(stopped).type());
    assertNull(bench.outcome(other));
    assertEquals(List.of(), hands.last().signals);
    bench.run(() -> hands.last().answer("done"));
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(other));
    assertEquals(List.of(Signal.TERM), hands.last().signals);
  }

  @Test
  void onlyCallIsNotDroppedButEndedWithItsInstance() {
    hands.canDrop = true;
    Running stopped = bench.start(bench.function(1));
    assertEquals("DELIVERED SIGKILL to group 4711", bench.stop(stopped, CANCEL, 0).get(0));
  }

  @Test
  void stopBeforeTheBeginningEndsTheStart() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    bench.stop(attempt, CANCEL, 5_000);
    assertEquals("Stopped", ((Outcome.PlatformFailed) bench.outcome(attempt)).error().type());
    assertEquals(List.of(Signal.KILL), hands.last().signals);
    assertEquals(0, hands.codesHeld + hands.placesHeld + hands.conversationsHeld);
  }

  @Test
  void attemptThatWaitsCanBeWithdrawnAndOthersKeepTheStart() {
    hands.readyAtOnce = false;
    Function function = bench.function(1, spec -> PoolTest.concurrency(spec, 2));
    Running first = bench.start(function);
    Running second = bench.start(function);
    assertTrue(bench.get(first::withdraw));
    assertFalse(bench.get(first::withdraw));
    bench.run(() -> hands.last().ready.complete());
    assertTrue(bench.began(second));
    assertFalse(bench.get(second::withdraw));
  }

  private RunError error(Running attempt) {
    return assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt)).error();
  }
}
