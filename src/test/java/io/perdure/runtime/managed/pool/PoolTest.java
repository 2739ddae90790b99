package io.perdure.runtime.managed.pool;

import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Processes.Exit;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.pool.HandInstances.HandInstance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class PoolTest {
  private PoolBench bench;
  private HandInstances hands;

  @BeforeEach
  void make(Vertx vertx) {
    bench = new PoolBench(vertx, new Room(8, 4096, 4));
    hands = bench.hands;
  }

  // ---- one call

  @Test
  void callBeginsInANewInstanceAndSucceeds() {
    Function function = bench.function(1);
    assertTrue(bench.hasRoom(function));
    Running attempt = bench.start(function);
    assertTrue(bench.began(attempt));
    assertTrue(attempt.instance().matches("i-[0-9a-f]{16}"), attempt.instance());
    bench.run(() -> hands.last().answer("done"));
    Outcome.Succeeded outcome = assertInstanceOf(Outcome.Succeeded.class, bench.outcome(attempt));
    assertEquals("done", text(outcome.result()));
    assertEquals("", text(outcome.log()));
  }

  @Test
  void processFindsTheVariablesOfConventionsAndProtocol() {
    bench.start(bench.function(1));
    assertEquals(Map.of("FROM", "surroundings", "PROTOCOL", "by hand"), hands.last().env);
  }

  @Test
  void attemptHasNotBegunWhileItsInstanceStarts() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    assertFalse(bench.began(attempt));
    bench.run(() -> hands.last().ready.complete());
    assertTrue(bench.began(attempt));
    assertEquals(hands.last().id, attempt.instance());
  }

  @Test
  void timeLimitIsCountedFromTheMomentTheInstanceTakesTheCall() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    bench.advance(1_000);
    bench.run(() -> hands.last().ready.complete());
    assertTrue(bench.began(attempt));
    ManagedCall call = (ManagedCall) attempt;
    assertEquals(PoolBench.NOW + 1_000 + 3_000, call.deadline());
  }

  @Test
  void raisedErrorIsTheFunctionsWithItsResultAndTheInstanceStays() {
    Function function = bench.function(1);
    Running attempt = bench.start(function);
    RunError error = new RunError(Kind.FUNCTION, "ValueError", "no", false);
    bench.run(
        () ->
            hands
                .last()
                .answer(hands.last().call(), new Answer.Raised(error, Buffer.buffer("{}"), false)));
    Outcome.Failed outcome = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
    assertEquals(error, outcome.error());
    assertEquals("{}", text(outcome.result()));
    bench.start(function);
    assertEquals(1, hands.all.size());
  }

  @Test
  void resultBeyondTheLimitIsABadResponse() {
    Running attempt = bench.start(bench.function(1));
    bench.run(() -> hands.last().answer("x".repeat(PoolBench.RESULT_BYTES_MAX + 1)));
    Outcome.Failed outcome = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
    assertEquals("ResultTooLarge", outcome.error().type());
  }

  @Test
  void memoryIsTheMostSinceTheCallBegan() {
    Function function = bench.function(1);
    Running first = bench.start(function);
    bench.run(
        () -> {
          hands.last().memoryMax = 500;
          hands.last().memory = 100;
          hands.last().answer("");
        });
    assertEquals(500, ((Outcome.Succeeded) bench.outcome(first)).memoryBytes());
    Running second = bench.start(function);
    bench.run(
        () -> {
          hands.last().memory = 200;
          hands.last().answer("");
        });
    assertEquals(200, ((Outcome.Succeeded) bench.outcome(second)).memoryBytes());
  }

  // ---- logs

  @Test
  void outputBelongsToTheOnlyCallAndTheFirstTellsTheStart() {
    hands.readyAtOnce = false;
    Function function = bench.function(1);
    Running first = bench.start(function);
    bench.run(
        () -> {
          hands.last().writes("loading\n");
          hands.last().ready.complete();
          hands.last().writes("one\n");
          hands.last().answer("");
          hands.last().writes("between\n");
        });
    Running second = bench.start(function);
    bench.run(
        () -> {
          hands.last().writes("two\n");
          hands.last().answer("");
        });
    assertEquals("loading\none\n", log(first));
    assertEquals("two\n", log(second));
  }

  @Test
  void callsThatShareAnInstanceHaveTheLogTheProtocolTells() {
    Function function = bench.function(1, spec -> concurrency(spec, 2));
    Running first = bench.start(function);
    Running second = bench.start(function);
    HandInstance instance = hands.last();
    bench.run(
        () -> {
          instance.writes("whose?");
          instance.logs.get(0).accept(Buffer.buffer("a"));
          instance.logs.get(1).accept(Buffer.buffer("b"));
          instance.answer("");
          instance.answer("");
        });
    assertEquals("a", log(first));
    assertEquals("b", log(second));
  }

  @Test
  void linesOfTheCloudsStandAroundTheOutput() {
    Function function =
        bench.function(
            1,
            spec -> {
              spec.flavour = Function.Flavour.FC3;
              return spec;
            });
    Running attempt = bench.start(function);
    bench.run(
        () -> {
          hands.last().writes("no newline");
          hands.last().answer("");
        });
    String id = ((ManagedCall) attempt).call.invocation().id().toString();
    assertEquals(
        "FC Invoke Start RequestId: " + id + "\nno newline\nFC Invoke End RequestId: " + id + "\n",
        log(attempt));
  }

  // ---- reuse

  @Test
  void warmInstanceIsUsedAgainTheLastUsedFirst() {
    Function function = bench.function(1);
    bench.start(function);
    bench.start(function);
    HandInstance first = hands.all.get(0);
    HandInstance second = hands.all.get(1);
    bench.run(
        () -> {
          second.answer("");
          first.answer("");
        });
    bench.start(function);
    assertEquals(1, first.calls.size());
    assertEquals(2, hands.all.size());
  }

  @Test
  void instanceTakesNoMoreCallsAtOnceThanItsFunctionAllows() {
    Function function = bench.function(1, spec -> concurrency(spec, 3));
    for (int i = 0; i < 4; i++) {
      bench.start(function);
    }
    assertEquals(List.of(3, 1), hands.all.stream().map(one -> one.calls.size()).toList());
  }

  @Test
  void callThatWaitsIsTakenByTheFirstInstanceThatIsFree() {
    hands.readyAtOnce = false;
    Function function = bench.function(1);
    Running first = bench.start(function);
    bench.run(() -> hands.last().ready.complete());
    Running second = bench.start(function);
    bench.run(() -> hands.all.get(0).answer("one"));
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(first));
    assertTrue(bench.began(second));
    assertEquals(hands.all.get(0).id, second.instance());
  }

  @Test
  void idleInstanceIsEndedAfterItsTime() {
    Function function = bench.function(1);
    bench.start(function);
    bench.run(() -> hands.last().answer(""));
    bench.advance(59_999);
    assertEquals(1, hands.alive().size());
    bench.advance(1);
    assertEquals(0, hands.alive().size());
    assertEquals(List.of(Signal.TERM), hands.last().signals);
    assertEquals(1, bench.count("perdure.instances.retired", "reason", "idle"));
    assertNothingHeld();
  }

  @Test
  void useOfAnInstanceBeginsItsIdleTimeAnew() {
    Function function = bench.function(1);
    bench.start(function);
    bench.run(() -> hands.last().answer(""));
    bench.advance(40_000);
    bench.start(function);
    bench.run(() -> hands.last().answer(""));
    bench.advance(59_999);
    assertEquals(1, hands.alive().size());
    bench.advance(1);
    assertEquals(0, hands.alive().size());
  }

  @Test
  void instanceThatIgnoresSigtermIsKilled() {
    hands.mortal = false;
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    bench.advance(60_000);
    assertEquals(List.of(Signal.TERM), hands.last().signals);
    bench.advance(Instance.END_MILLIS);
    assertEquals(List.of(Signal.TERM, Signal.KILL), hands.last().signals);
    assertNothingHeld();
  }

  @Test
  void hookRunsBeforeAnIdleInstanceIsEnded() {
    Function function =
        bench.function(
            1,
            spec -> {
              spec.preStop = new Managed.Hook("index.bye", 5_000);
              return spec;
            });
    bench.start(function);
    bench.run(
        () -> {
          hands.last().hook = Promise.promise();
          hands.last().answer("");
        });
    bench.advance(60_000);
    assertEquals(1, hands.last().hooksRun);
    assertEquals(List.of(), hands.last().signals);
    bench.advance(5_000);
    assertEquals(List.of(Signal.TERM), hands.last().signals);
  }

  // ---- changes

  @Test
  void changedFunctionRunsInNewInstancesAndOldOnesFinishTheirCalls() {
    Function old = bench.function(1);
    Running attempt = bench.start(old);
    Function changed = bench.function(1, spec -> handler(spec, "other.handler"));
    bench.run(() -> bench.runtime.changed(1));
    assertEquals(1, hands.alive().size());
    bench.start(changed);
    assertEquals(2, hands.all.size());
    assertEquals("other.handler", hands.last().blueprint.spec().handler());
    bench.run(() -> hands.all.get(0).answer("old"));
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(attempt));
    assertEquals(List.of(hands.last()), hands.alive());
  }

  @Test
  void changeThatIsOnlySeenAtACallCountsAsWell() {
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    bench.start(bench.function(1, spec -> handler(spec, "other.handler")));
    assertEquals(List.of(hands.all.get(1)), hands.alive());
  }

  @Test
  void changeThatDoesNotTouchWhatRunsKeepsTheInstances() {
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    Function same = bench.function(1);
    bench.run(() -> bench.runtime.changed(1));
    bench.start(same);
    assertEquals(1, hands.all.size());
  }

  @Test
  void callThatWaitsWhenItsFunctionIsChangedRunsTheNewOne() {
    hands.readyAtOnce = false;
    Running attempt = bench.start(bench.function(1));
    bench.function(1, spec -> handler(spec, "other.handler"));
    bench.run(() -> bench.runtime.changed(1));
    bench.run(() -> hands.last().ready.complete());
    assertTrue(bench.began(attempt));
    assertEquals("other.handler", hands.last().blueprint.spec().handler());
    assertEquals(1, hands.alive().size());
  }

  @Test
  void attemptThatWasPreparedBeforeAChangeRunsTheNewOne() {
    Function old = bench.function(1);
    bench.start(bench.function(1, spec -> handler(spec, "other.handler")));
    bench.start(old);
    assertEquals("other.handler", hands.last().blueprint.spec().handler());
  }

  @Test
  void instancesOfADeletedFunctionAreEnded() {
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    bench.functions.latest.remove(1L);
    bench.run(() -> bench.runtime.changed(1));
    assertEquals(0, hands.alive().size());
    assertNothingHeld();
  }

  @Test
  void versionsHaveInstancesOfTheirOwn() {
    Function latest = bench.function(1);
    Function frozen = latest.frozen("1", "", 1);
    bench.start(latest);
    bench.start(frozen);
    bench.run(() -> hands.all.forEach(one -> one.answer("")));
    Running attempt = bench.start(frozen);
    assertEquals(hands.all.get(1).id, attempt.instance());
  }

  // ---- ends that nobody asked for

  @Test
  void exitDuringACallIsACrash() {
    Function function = bench.function(1);
    Running attempt = bench.start(function);
    bench.run(
        () -> {
          hands.last().writes("last words\n");
          hands.last().exits(3);
        });
    Outcome.Failed outcome = assertInstanceOf(Outcome.Failed.class, bench.outcome(attempt));
    assertEquals(new RunError(Kind.CRASH, "ProcessExit", "exit code 3"), outcome.error());
    assertEquals("last words\n", text(outcome.log()));
    assertNothingHeld();
    bench.start(function);
    assertEquals(2, hands.all.size());
  }

  @Test
  void exitBehindAnAnswerDoesNotTakeItBack() {
    Running attempt = bench.start(bench.function(1));
    bench.run(
        () -> {
          hands.last().drained = Promise.promise();
          hands.last().answer("done");
          hands.last().exits(1);
          hands.last().drained.complete();
        });
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(attempt));
    assertNothingHeld();
  }

  @Test
  void exitIsACrashAlsoWhenItsFunctionWasChangedMeanwhile() {
    Running attempt = bench.start(bench.function(1));
    bench.function(1, spec -> handler(spec, "other.handler"));
    bench.run(() -> bench.runtime.changed(1));
    bench.run(() -> hands.last().exits(3));
    assertEquals("exit code 3", ((Outcome.Failed) bench.outcome(attempt)).error().message());
  }

  @Test
  void killedProcessIsNamedWithItsSignal() {
    Running attempt = bench.start(bench.function(1));
    bench.run(() -> hands.last().exits(137));
    assertEquals("killed by SIGKILL", ((Outcome.Failed) bench.outcome(attempt)).error().message());
  }

  @Test
  void causeOfThePlatformIsTheTypeOfTheCrash() {
    Running attempt = bench.start(bench.function(1));
    bench.run(
        () -> hands.last().exit.complete(new Exit(137, "OutOfMemory", "used more than 128 MB")));
    assertEquals(
        new RunError(Kind.CRASH, "OutOfMemory", "used more than 128 MB"),
        ((Outcome.Failed) bench.outcome(attempt)).error());
  }

  @Test
  void crashLeavesOtherInstancesAlone() {
    Function function = bench.function(1);
    bench.start(function);
    Running other = bench.start(function);
    bench.run(() -> hands.all.get(0).exits(1));
    assertNull(bench.outcome(other));
    bench.run(() -> hands.all.get(1).answer("fine"));
    assertInstanceOf(Outcome.Succeeded.class, bench.outcome(other));
  }

  @Test
  void exitWhileIdleOnlyEndsTheInstance() {
    Function function = bench.function(1);
    bench.start(function);
    bench.run(() -> hands.last().answer(""));
    bench.run(() -> hands.last().exits(0));
    assertNothingHeld();
    bench.start(function);
    assertEquals(2, hands.all.size());
  }

  @Test
  void fatalErrorEndsTheInstanceAndItsOtherCallsRunAgain() {
    Function function = bench.function(1, spec -> concurrency(spec, 2));
    Running bad = bench.start(function);
    Running other = bench.start(function);
    RunError error = new RunError(Kind.BAD_RESPONSE, "BadResponse", "garbage");
    bench.run(
        () ->
            hands
                .last()
                .answer(hands.last().call(), new Answer.Raised(error, Buffer.buffer(), true)));
    assertEquals(error, ((Outcome.Failed) bench.outcome(bad)).error());
    assertEquals("InstanceStopped", platform(other).type());
    assertEquals(0, hands.alive().size());
    assertNothingHeld();
  }

  @Test
  void instanceThatDoesNotSpeakAnyMoreIsKilledAfterAMoment() {
    Running attempt = bench.start(bench.function(1));
    bench.run(() -> hands.last().lost());
    assertNull(bench.outcome(attempt));
    assertEquals(List.of(), hands.last().signals);
    bench.advance(Instance.LOST_MILLIS);
    assertEquals(List.of(Signal.KILL), hands.last().signals);
    assertEquals("ProcessExit", ((Outcome.Failed) bench.outcome(attempt)).error().type());
  }

  // ---- the end of all

  @Test
  void closeEndsIdleInstancesInPeaceAndThePartsAfterThem() throws Exception {
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    bench.run(() -> bench.runtime.close());
    assertEquals(List.of(Signal.TERM), hands.last().signals);
    assertNothingHeld();
    assertTrue(hands.closed > 0);
    int closed = hands.closed;
    bench.run(() -> bench.runtime.close());
    assertEquals(closed, hands.closed);
  }

  @Test
  void closeKillsWhatDoesNotEnd() throws Exception {
    hands.mortal = false;
    bench.start(bench.function(1));
    bench.run(() -> hands.last().answer(""));
    Future<Void> closed = bench.get(() -> bench.runtime.close());
    assertEquals(List.of(Signal.TERM), hands.last().signals);
    Attempts.await(closed);
    assertEquals(Signal.KILL, hands.last().signals.get(hands.last().signals.size() - 1));
    assertTrue(hands.closed > 0);
  }

  @Test
  void closedRuntimeRefusesCalls() {
    bench.run(() -> bench.runtime.close());
    assertEquals("CannotStart", platform(bench.start(bench.function(1))).type());
  }

  @Test
  void instancesAreCountedByStateAndKind() {
    Function function = bench.function(1);
    bench.start(function);
    assertEquals(1, gauge("busy"));
    bench.run(() -> hands.last().answer(""));
    assertEquals(0, gauge("busy"));
    assertEquals(1, gauge("idle"));
    assertEquals(
        1, bench.meters.get("perdure.instance.start.time").tag("kind", "python3").timer().count());
    assertNotEquals(0, hands.all.size());
  }

  // ---- tools

  static PoolBench.Spec concurrency(PoolBench.Spec spec, int concurrency) {
    spec.concurrency = concurrency;
    return spec;
  }

  private static PoolBench.Spec handler(PoolBench.Spec spec, String handler) {
    spec.handler = handler;
    return spec;
  }

  private double gauge(String state) {
    return bench
        .meters
        .get("perdure.instances")
        .tag("kind", "python3")
        .tag("state", state)
        .gauge()
        .value();
  }

  private String log(Running attempt) {
    return text(((Outcome.Succeeded) bench.outcome(attempt)).log());
  }

  private RunError platform(Running attempt) {
    return assertInstanceOf(Outcome.PlatformFailed.class, bench.outcome(attempt)).error();
  }

  private void assertNothingHeld() {
    assertEquals(0, hands.codesHeld);
    assertEquals(0, hands.placesHeld);
    assertEquals(0, hands.conversationsHeld);
  }
}
