package io.perdure.executor;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.function;
import static io.perdure.runtime.Attempts.invocation;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.Running;
import io.perdure.runtime.eventbus.EventBusRuntime;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ExecutorVerticleTest {
  private static final long NOW = 1_000_000;
  private static final long EPOCH = 7;

  /** Runs by hand, can be ended by force. */
  private static final RuntimeSpec FORCED = new RuntimeSpec.Command(List.of("x"), Map.of());

  /** Runs by hand, cannot be ended by force. */
  private static final RuntimeSpec UNFORCED = new RuntimeSpec.Http("http://x");

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(NOW));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HandRuntime forced = new HandRuntime(true);
  private final HandRuntime unforced = new HandRuntime(false);
  private final KnownFunctions functions = new KnownFunctions();

  /** What shards 0 to 2 were told, in order. */
  private final BlockingQueue<FromExecutor> told = new LinkedBlockingQueue<>();

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void serveShards(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    for (int shard = 0; shard < 3; shard++) {
      await(bus.listen(Addresses.ATTEMPT.at(shard), told::add));
    }
  }

  // ---- one attempt

  @Test
  void attemptBeginsAndSucceeds() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED));
    Run run = run(function);
    HandRuntime.Started attempt = next(forced.attempts);
    assertEquals(new Began(id(run), EPOCH, 1, "by hand", null), next(told));
    attempt.end(new Outcome.Succeeded("result".getBytes(UTF_8), "log".getBytes(UTF_8)));
    Succeeded succeeded = assertInstanceOf(Succeeded.class, next(told));
    assertEquals(id(run), succeeded.id());
    assertEquals(EPOCH, succeeded.epoch());
    assertEquals(1, succeeded.attempt());
    assertEquals("result", text(succeeded.result()));
    assertEquals("log", text(succeeded.log()));
    assertEquals("by hand", succeeded.instance());
  }

  @Test
  void runtimeIsCalledWithAllItNeeds() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 5000, 1, false));
    Run run = run(function);
    Call call = next(forced.attempts).call;
    assertEquals(run.invocation(), call.invocation());
    assertEquals(function, call.function());
    assertEquals(EPOCH, call.epoch());
    assertEquals(1, call.attempt());
    assertEquals("abc", text(call.payload()));
    assertEquals(NOW + 5000, call.deadline());
    assertEquals(ExecutorConfig.DEFAULT.resultBytesMax(), call.room().bytesMax());
    assertEquals(ExecutorConfig.DEFAULT.logBytesMax(), call.logBytesMax());
  }

  @Test
  void functionsFailureIsPassedOnWhole() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED)));
    RunError error = new RunError(Kind.FUNCTION, "ExitCode", "exit code 3");
    next(forced.attempts)
        .end(new Outcome.Failed(error, 500, "partial".getBytes(UTF_8), "log".getBytes(UTF_8)));
    assertInstanceOf(Began.class, next(told));
    Broke broke = assertInstanceOf(Broke.class, next(told));
    assertEquals(error, broke.error());
    assertEquals(500, broke.retryAfterMillis());
    assertEquals("partial", text(broke.result()));
    assertEquals("log", text(broke.log()));
  }

  @Test
  void platformsFailureIsPassedOn() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED)));
    RunError error = new RunError(Kind.PLATFORM, "Throttled", "HTTP 429");
    next(forced.attempts).end(new Outcome.PlatformFailed(error, 3000));
    assertInstanceOf(Began.class, next(told));
    Broke broke = assertInstanceOf(Broke.class, next(told));
    assertEquals(error, broke.error());
    assertEquals(3000, broke.retryAfterMillis());
  }

  @Test
  void eventBusFunctionRunsFromEndToEnd() throws Exception {
    deploy(256);
    vertx
        .eventBus()
        .<Buffer>consumer("perdure.fn.default.fn", call -> call.reply("got " + call.body()));
    run(functions.put(function(1, "fn", new RuntimeSpec.EventBus(null))));
    assertEquals("perdure.fn.default.fn", assertInstanceOf(Began.class, next(told)).instance());
    assertEquals("got abc", text(assertInstanceOf(Succeeded.class, next(told)).result()));
  }

  @Test
  void answersGoToTheShardOfTheInvocation() throws Exception {
    deploy(256);
    BlockingQueue<FromExecutor> toShard3 = new LinkedBlockingQueue<>();
    await(bus.listen(Addresses.ATTEMPT.at(3), toShard3::add));
    Function function = functions.put(function(1, "fn", FORCED));
    send(new Run(invocation(1, function), EPOCH, 1, new byte[0]));
    send(new Run(invocation(3, function), EPOCH, 1, new byte[0]));
    assertEquals(3, next(toShard3).id().shard());
    assertEquals(1, next(told).id().shard());
  }

  @Test
  void attemptThatBeginsLateIsToldWhenItHas() throws Exception {
    deploy(256);
    forced.beginsLate = true;
    run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    assertEquals(1, gate(1).running());
    assertTrue(told.isEmpty());
    attempt.begin();
    assertInstanceOf(Began.class, next(told));
  }

  @Test
  void functionsFailureBeforeTheBeginningIsToldAfterIt() throws Exception {
    deploy(256);
    forced.beginsLate = true;
    run(functions.put(function(1, "fn", FORCED)));
    next(forced.attempts).end(Outcomes.failed(Kind.FUNCTION, "CannotStart", "no program"));
    assertInstanceOf(Began.class, next(told));
    assertEquals("CannotStart", broke().type());
  }

  @Test
  void platformsFailureBeforeTheBeginningStandsAlone() throws Exception {
    deploy(256);
    forced.beginsLate = true;
    run(functions.put(function(1, "fn", FORCED)));
    next(forced.attempts).end(Outcomes.platform("CannotStart", "no memory"));
    assertEquals("CannotStart", broke().type());
  }

  @Test
  void kindWithoutRuntimeIsThePlatformsFailure() throws Exception {
    await(
        vertx.deployVerticle(
            new ExecutorVerticle(ExecutorConfig.DEFAULT, bus, clock, functions, Map.of(), meters)));
    run(functions.put(function(1, "fn", FORCED)));
    assertEquals(
        new RunError(Kind.PLATFORM, "NoRuntime", "this node has no runtime of kind command"),
        broke());
  }

  @Test
  void runtimeThatThrowsDoesNotHarmTheNext() throws Exception {
    deploy(256, Map.of("command", forced, "http", new ThrowingRuntime()));
    run(functions.put(function(1, "bad", UNFORCED)));
    assertEquals("CannotStart", broke().type());
    run(functions.put(function(2, "good", FORCED)));
    next(forced.attempts);
  }

  // ---- payload

  @Test
  void payloadThatIsNotHandedOverIsFetchedFromTheShard() throws Exception {
    deploy(256);
    BlockingQueue<GetBody> asked = new LinkedBlockingQueue<>();
    Function function = functions.put(function(1, "fn", FORCED));
    Invocation invocation = invocation(1, function);
    await(
        bus.serve(
            Addresses.GET_BODY.at(1),
            get -> {
              asked.add(get);
              return Future.succeededFuture(new Body(invocation, "stored".getBytes(UTF_8)));
            }));
    send(new Run(invocation, EPOCH, 1, null));
    assertEquals("stored", text(next(forced.attempts).call.payload()));
    assertEquals(new GetBody(invocation.id(), Part.PAYLOAD), next(asked));
    assertInstanceOf(Began.class, next(told));
  }

  @Test
  void emptyPayloadIsNotFetched() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED));
    InvocationBuilder empty = invocation(0, function).edit();
    empty.payload = BodyRef.NONE;
    send(new Run(empty.build(), EPOCH, 1, null));
    assertEquals(0, next(forced.attempts).call.payload().length);
  }

  @Test
  void payloadThatCannotBeFetchedIsThePlatformsFailure() throws Exception {
    deploy(256);
    serveBody(Future.failedFuture(new FailureException(new Failure.Removed("payload"))));
    send(new Run(invocation(0, functions.put(function(1, "fn", FORCED))), EPOCH, 1, null));
    RunError error = broke();
    assertEquals(Kind.PLATFORM, error.kind());
    assertEquals("PayloadUnreadable", error.type());
    assertTrue(error.message().contains("payload has been removed"), error.message());
    assertEquals(0, gate(1).running());
  }

  @Test
  void slotIsHeldWhileThePayloadIsFetched() throws Exception {
    deploy(1);
    Promise<Body> body = serveBody(Promise.promise());
    Function function = functions.put(function(1, "fn", FORCED));
    send(new Run(invocation(0, function), EPOCH, 1, null));
    run(function);
    assertEquals(new Gate(1, 16, 1, false, 1, 1), gate(1));
    assertTrue(forced.attempts.isEmpty());
    body.fail("gone");
    next(forced.attempts);
  }

  @Test
  void revokeWhileThePayloadIsFetchedGivesBack() throws Exception {
    deploy(256);
    Promise<Body> body = serveBody(Promise.promise());
    Function function = functions.put(function(1, "fn", FORCED));
    Run run = new Run(invocation(0, function), EPOCH, 1, null);
    send(run);
    bus.send(Addresses.ORDER, new Revoke(id(run), EPOCH, 1));
    assertEquals(new Released(id(run), EPOCH, 1), next(told));
    body.complete(new Body(run.invocation(), new byte[1]));
    assertEquals(0, gate(1).running());
    assertTrue(forced.attempts.isEmpty());
  }

  // ---- gates

  @Test
  void functionStartsNoMoreThanItsConcurrencyInTheOrderOfArrival() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 60_000, 2, false));
    List<Run> runs = List.of(run(function), run(function), run(function), run(function));
    HandRuntime.Started first = next(forced.attempts);
    assertEquals(id(runs.get(0)), first.call.invocation().id());
    assertEquals(id(runs.get(1)), next(forced.attempts).call.invocation().id());
    assertEquals(new Gate(2, 2, 2, false, 2, 256), gate(1));
    assertTrue(forced.attempts.isEmpty());
    first.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    assertEquals(id(runs.get(2)), next(forced.attempts).call.invocation().id());
    assertEquals(new Gate(2, 2, 1, false, 2, 256), gate(1));
  }

  @Test
  void raisedConcurrencyCountsAtOnce() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 60_000, 1, false));
    run(function);
    run(function);
    next(forced.attempts);
    functions.put(function(1, "fn", FORCED, 60_000, 2, false));
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    next(forced.attempts);
  }

  @Test
  void loweredConcurrencyCountsFromTheNextStart() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 60_000, 2, false));
    run(function);
    run(function);
    run(function);
    HandRuntime.Started first = next(forced.attempts);
    HandRuntime.Started second = next(forced.attempts);
    functions.put(function(1, "fn", FORCED, 60_000, 1, false));
    first.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    awaitGate(1, new Gate(1, 1, 1, false, 1, 256));
    second.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    next(forced.attempts);
  }

  @Test
  void nodeStartsNoMoreThanItsConcurrencyAndFunctionsTakeTurns() throws Exception {
    deploy(1);
    Function a = functions.put(function(1, "a", FORCED));
    Function b = functions.put(function(2, "b", FORCED));
    for (int i = 0; i < 3; i++) {
      run(a);
    }
    run(b);
    run(b);
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      HandRuntime.Started attempt = next(forced.attempts);
      assertEquals(1, gate(1).nodeRunning());
      order.append(attempt.call.function().name());
      attempt.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    }
    assertEquals("aabab", order.toString()); // b came when the first a was ahead of it already
  }

  @Test
  void pausedFunctionStartsNothingUntilItIsResumed() throws Exception {
    deploy(256);
    Function paused = functions.put(function(1, "fn", FORCED, 60_000, 16, true));
    run(paused);
    assertEquals(new Gate(0, 16, 1, false, 0, 256), gate(1));
    functions.put(function(1, "fn", FORCED));
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    next(forced.attempts);
  }

  @Test
  void pauseLetsWhatRunsGoOnAndStartsNoMore() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 60_000, 1, false));
    run(function);
    run(function);
    HandRuntime.Started first = next(forced.attempts);
    functions.put(function(1, "fn", FORCED, 60_000, 1, true));
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    first.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    awaitGate(1, new Gate(0, 1, 1, false, 0, 256));
    assertTrue(forced.attempts.isEmpty());
  }

  @Test
  void queueOfADeletedFunctionIsGivenBack() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED, 60_000, 1, false));
    run(function);
    Run queued = run(function);
    next(forced.attempts);
    next(told);
    functions.known.remove(1L);
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, true));
    assertEquals(new Released(id(queued), EPOCH, 1), next(told));
  }

  @Test
  void runOfADeletedFunctionIsGivenBack() throws Exception {
    deploy(256);
    Run run = run(function(1, "fn", FORCED));
    assertEquals(new Released(id(run), EPOCH, 1), next(told));
  }

  @Test
  void queueBeyondItsBoundIsRefusedAsThePlatformsFailure() throws Exception {
    deploy(256);
    Function paused = functions.put(function(1, "fn", FORCED, 60_000, 16, true));
    for (int i = 0; i <= ExecutorConfig.DEFAULT.queuePerFunction(); i++) {
      run(paused);
    }
    assertEquals("QueueFull", broke().type());
    assertEquals(ExecutorConfig.DEFAULT.queuePerFunction(), gate(1).queued());
  }

  @Test
  void manyThatEndAtOnceAreStartedOneAfterTheOther() throws Exception {
    deploy(1);
    Function paused = functions.put(function(1, "fn", new RuntimeSpec.Http("x"), 1000, 1, true));
    for (int i = 0; i < 3000; i++) {
      run(paused);
    }
    gate(1);
    // Each of these ends within its own start; the stack must not grow with them.
    functions.put(function(1, "fn", new RuntimeSpec.EventBus("nobody"), 1000, 1, false));
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    for (int i = 0; i < 3000; i++) {
      assertInstanceOf(Began.class, next(told));
      assertEquals("NoHandler", broke().type());
    }
  }

  @Test
  void runOfAFunctionThatIsNotHeardOfYetWaitsForIt() throws Exception {
    deploy(256);
    functions.lastUid = 0;
    Function function = function(1, "fn", FORCED);
    run(function);
    assertEquals(1, gate(1).queued());
    assertTrue(told.isEmpty());
    functions.put(function);
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, false));
    next(forced.attempts);
  }

  @Test
  void runSentTwiceRunsOnce() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", FORCED)));
    send(run);
    next(forced.attempts);
    assertEquals(1, gate(1).running());
    assertTrue(forced.attempts.isEmpty());
  }

  @Test
  void runOfALaterEpochEndsTheOneThatIsLeftOver() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started old = next(forced.attempts);
    next(told);
    send(new Run(run.invocation(), EPOCH + 1, 2, run.payload()));
    assertEquals("CANCEL 0", next(old.stops));
    next(forced.attempts);
    assertEquals(new Began(id(run), EPOCH + 1, 2, "by hand", null), next(told));
    old.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    awaitGate(1, new Gate(1, 16, 0, false, 1, 256));
    assertTrue(told.isEmpty(), "an attempt that is fenced off answered");
  }

  // ---- revoke and stop

  @Test
  void revokeGivesBackWhatIsQueued() throws Exception {
    deploy(1);
    Function function = functions.put(function(1, "fn", FORCED));
    run(function);
    Run queued = run(function);
    next(forced.attempts);
    next(told);
    bus.send(Addresses.ORDER, new Revoke(id(queued), EPOCH, 1));
    assertEquals(new Released(id(queued), EPOCH, 1), next(told));
    assertEquals(0, gate(1).queued());
  }

  @Test
  void revokeOfWhatRunsOrIsUnknownOrOldChangesNothing() throws Exception {
    deploy(1);
    Function function = functions.put(function(1, "fn", FORCED));
    Run running = run(function);
    Run queued = run(function);
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    bus.send(Addresses.ORDER, new Revoke(id(running), EPOCH, 1));
    bus.send(Addresses.ORDER, new Revoke(invocation(0, function).id(), EPOCH, 1));
    bus.send(Addresses.ORDER, new Revoke(id(queued), EPOCH, 2));
    bus.send(Addresses.ORDER, new Revoke(id(queued), EPOCH - 1, 1));
    assertEquals(new Gate(1, 16, 1, false, 1, 1), gate(1));
    assertTrue(attempt.stops.isEmpty());
    assertTrue(told.isEmpty());
  }

  @Test
  void interruptReachesTheAttemptAndItsStepsAreTold() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    interrupt(run, StopMode.GRACEFUL, 700);
    assertEquals("GRACEFUL 700", next(attempt.stops));
    attempt.step(Running.StopStep.DELIVERED, "SIGTERM");
    attempt.step(Running.StopStep.ACKNOWLEDGED, "exited");
    assertEquals(new StopStep(id(run), EPOCH, 1, Event.Type.STOP_DELIVERED, "SIGTERM"), next(told));
    assertEquals(
        new StopStep(id(run), EPOCH, 1, Event.Type.STOP_ACKNOWLEDGED, "exited"), next(told));
    attempt.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    assertInstanceOf(Succeeded.class, next(told));
  }

  @Test
  void interruptOfWhatIsQueuedGivesItBack() throws Exception {
    deploy(1);
    Function function = functions.put(function(1, "fn", FORCED));
    run(function);
    Run queued = run(function);
    next(forced.attempts);
    next(told);
    interrupt(queued, StopMode.CANCEL, 5000);
    assertEquals(new Released(id(queued), EPOCH, 1), next(told));
  }

  @Test
  void interruptOfAnOldAttemptChangesNothing() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    bus.send(Addresses.ORDER, new Interrupt(id(run), EPOCH - 1, 1, StopMode.CANCEL, 0));
    gate(1);
    assertTrue(attempt.stops.isEmpty());
  }

  @Test
  void cancelledAttemptThatNobodyCanForceIsGivenUpAfterItsGrace() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", UNFORCED, 60_000, 1, false));
    Run run = run(function);
    HandRuntime.Started attempt = next(unforced.attempts);
    next(told);
    run(function);
    interrupt(run, StopMode.CANCEL, 3000);
    next(attempt.stops);
    clock.advance(Duration.ofMillis(2999));
    assertEquals(1, gate(1).queued());
    clock.advance(Duration.ofMillis(1));
    RunError error = broke();
    assertEquals(Kind.PLATFORM, error.kind());
    assertEquals("Abandoned", error.type());
    next(unforced.attempts); // its slot is free
    next(told);
    attempt.end(new Outcome.Succeeded("late".getBytes(UTF_8), Outcome.NOTHING));
    assertEquals(1, gate(1).running());
    assertTrue(told.isEmpty(), "a late outcome was told");
  }

  @Test
  void cancelWithoutGraceOfWhatNobodyCanForceIsAnsweredAtOnce() throws Exception {
    deploy(256);
    vertx.eventBus().consumer("perdure.fn.default.fn", call -> {});
    Run run = run(functions.put(function(1, "fn", new RuntimeSpec.EventBus(null))));
    next(told);
    interrupt(run, StopMode.CANCEL, 0);
    StopStep step = assertInstanceOf(StopStep.class, next(told));
    assertEquals("published to perdure.fn.default.fn.stop", step.detail());
    assertEquals("Abandoned", broke().type());
  }

  @Test
  void cancelledAttemptIsWaitedForWhileForceMayTakeItsTime() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    interrupt(run, StopMode.CANCEL, 3000);
    next(attempt.stops);
    clock.advance(Duration.ofMillis(3000 + Slots.FORCE_MILLIS - 1));
    assertEquals(1, gate(1).running());
    clock.advance(Duration.ofMillis(1));
    assertEquals("Abandoned", broke().type());
    assertEquals(0, gate(1).running());
  }

  @Test
  void secondCancelMayShortenTheGrace() throws Exception {
    deploy(256);
    Run run = run(functions.put(function(1, "fn", UNFORCED)));
    HandRuntime.Started attempt = next(unforced.attempts);
    next(told);
    interrupt(run, StopMode.CANCEL, 50_000);
    interrupt(run, StopMode.CANCEL, 1000);
    next(attempt.stops);
    assertEquals("CANCEL 1000", next(attempt.stops));
    clock.advance(Duration.ofSeconds(1));
    assertEquals("Abandoned", broke().type());
  }

  // ---- time limit

  @Test
  void attemptBeyondItsLimitIsCancelledWithAGraceAndBrokeByTimeout() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED, 2000, 1, false)));
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    clock.advance(Duration.ofMillis(1999));
    gate(1);
    assertTrue(attempt.stops.isEmpty());
    clock.advance(Duration.ofMillis(1));
    assertEquals("CANCEL 2000", next(attempt.stops));
    attempt.step(Running.StopStep.DELIVERED, "nobody asked for it, so it is no event");
    attempt.end(new Outcome.Succeeded("late".getBytes(UTF_8), "the log".getBytes(UTF_8)));
    Broke broke = assertInstanceOf(Broke.class, next(told));
    assertEquals(new RunError(Kind.TIMEOUT, "Timeout", "ran longer than 2000 ms"), broke.error());
    assertEquals("the log", text(broke.log()));
    assertEquals(0, broke.result().length);
  }

  @Test
  void graceAfterTheLimitIsAtMostFiveSeconds() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED, 60_000, 1, false)));
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    clock.advance(Duration.ofMinutes(1));
    assertEquals("CANCEL 5000", next(attempt.stops));
  }

  @Test
  void attemptThatForceDoesNotEndIsGivenUpAsTimeout() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED, 60_000, 1, false)));
    next(forced.attempts);
    next(told);
    clock.advance(Duration.ofMillis(60_000 + 5000 + Slots.FORCE_MILLIS));
    assertEquals("Timeout", broke().type());
    assertEquals(0, gate(1).running());
  }

  @Test
  void attemptNobodyCanForceTimesOutAtItsLimit() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", UNFORCED, 2000, 1, false)));
    HandRuntime.Started attempt = next(unforced.attempts);
    next(told);
    clock.advance(Duration.ofSeconds(2));
    assertEquals("CANCEL 0", next(attempt.stops));
    assertEquals("Timeout", broke().type());
    assertEquals(0, gate(1).running());
  }

  @Test
  void eachAttemptHasItsOwnLimitWhateverTheOrder() throws Exception {
    deploy(256);
    run(functions.put(function(1, "slow", UNFORCED, 9000, 1, false)));
    run(functions.put(function(2, "fast", UNFORCED, 1000, 1, false)));
    run(functions.put(function(3, "middle", UNFORCED, 5000, 1, false)));
    for (int i = 0; i < 3; i++) {
      next(unforced.attempts);
      next(told);
    }
    List<String> messages = new ArrayList<>();
    for (int second = 0; second < 9; second++) {
      clock.advance(Duration.ofSeconds(1));
      gate(1);
      for (FromExecutor one = told.poll(); one != null; one = told.poll()) {
        messages.add(second + 1 + " s: " + ((Broke) one).error().message());
      }
    }
    assertEquals(
        List.of(
            "1 s: ran longer than 1000 ms",
            "5 s: ran longer than 5000 ms",
            "9 s: ran longer than 9000 ms"),
        messages);
  }

  @Test
  void limitOfAnEndedAttemptDoesNotTouchTheNext() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", UNFORCED, 2000, 1, false));
    run(function);
    next(unforced.attempts).end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    next(told);
    next(told);
    clock.advance(Duration.ofMillis(1500));
    run(function);
    HandRuntime.Started second = next(unforced.attempts);
    next(told);
    clock.advance(Duration.ofMillis(1999));
    gate(1);
    assertTrue(second.stops.isEmpty());
    clock.advance(Duration.ofMillis(1));
    assertEquals("CANCEL 0", next(second.stops));
  }

  // ---- the end

  @Test
  void drainGivesBackWhatWaitsAndIsDoneWhenTheLastHasEnded() throws Exception {
    deploy(1);
    Function function = functions.put(function(1, "fn", FORCED));
    run(function);
    Run queued = run(function);
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    Future<Done> drained = bus.request(Addresses.DRAIN, new Drain(10_000));
    assertEquals(new Released(id(queued), EPOCH, 1), next(told));
    gate(1);
    assertFalse(drained.isComplete());
    attempt.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    assertInstanceOf(Succeeded.class, next(told));
    await(drained);
  }

  @Test
  void drainOfAnIdleExecutorIsDoneAtOnceAndNothingStartsAfterIt() throws Exception {
    deploy(256);
    await(bus.request(Addresses.DRAIN, new Drain(10_000)));
    Run run = run(functions.put(function(1, "fn", FORCED)));
    assertEquals(new Released(id(run), EPOCH, 1), next(told));
    assertTrue(forced.attempts.isEmpty());
  }

  @Test
  void whatRunsWhenTheGraceOfADrainIsOverIsStoppedAsThePlatformsFailure() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    next(told);
    Future<Done> drained = bus.request(Addresses.DRAIN, new Drain(10_000));
    gate(1);
    clock.advance(Duration.ofSeconds(10));
    assertEquals(new RunError(Kind.PLATFORM, "NodeShutdown", "the node was shut down"), broke());
    assertEquals("CANCEL 0", next(attempt.stops));
    await(drained);
  }

  @Test
  void abandonEndsAllOfAShardWithoutAnAnswer() throws Exception {
    deploy(2);
    Function function = functions.put(function(1, "fn", FORCED));
    send(new Run(invocation(1, function), EPOCH, 1, new byte[0]));
    send(new Run(invocation(2, function), EPOCH, 1, new byte[0]));
    send(new Run(invocation(1, function), EPOCH, 1, new byte[0]));
    HandRuntime.Started of1 = next(forced.attempts);
    HandRuntime.Started of2 = next(forced.attempts);
    next(told);
    next(told);
    bus.send(Addresses.ORDER, new Abandon(1, EPOCH));
    assertEquals("CANCEL 0", next(of1.stops));
    assertEquals(new Gate(2, 16, 0, false, 2, 2), gate(1)); // the slot is held until it has ended
    assertTrue(of2.stops.isEmpty());
    of1.end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    awaitGate(1, new Gate(1, 16, 0, false, 1, 2));
    assertTrue(told.isEmpty());
  }

  @Test
  void abandonOfAnEarlierEpochLeavesLaterRunsAlone() throws Exception {
    deploy(256);
    run(functions.put(function(1, "fn", FORCED)));
    HandRuntime.Started attempt = next(forced.attempts);
    bus.send(Addresses.ORDER, new Abandon(0, EPOCH - 1));
    gate(1);
    assertTrue(attempt.stops.isEmpty());
  }

  @Test
  void runtimesAreClosedWithTheExecutor() throws Exception {
    await(vertx.undeploy(deploy(256)));
    assertTrue(forced.closed);
    assertTrue(unforced.closed);
  }

  // ---- figures

  @Test
  void attemptsAreCountedByKindAndOutcome() throws Exception {
    deploy(256);
    Function function = functions.put(function(1, "fn", FORCED));
    run(function);
    run(function);
    next(forced.attempts).end(new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING));
    next(forced.attempts).end(Outcomes.failed(Kind.BAD_RESPONSE, "ResultTooLarge", ""));
    for (int i = 0; i < 4; i++) {
      next(told);
    }
    assertEquals(0, gate(1).running());
    assertEquals(1, count("succeeded"));
    assertEquals(1, count("bad-response"));
    assertEquals(0, count("timeout"));
    assertEquals(2, meters.get("perdure.attempt.time").tag("kind", "command").timer().count());
  }

  @Test
  void gaugesTellWhatRunsAndWhatWaits() throws Exception {
    deploy(1);
    Function function = functions.put(function(1, "fn", FORCED));
    run(function);
    run(function);
    run(function);
    gate(1);
    assertEquals(1, meters.get("perdure.attempts.running").gauge().value());
    assertEquals(2, meters.get("perdure.attempts.queued").gauge().value());
  }

  @Test
  void gateOfAFunctionWithoutAttemptsTellsItsLimits() throws Exception {
    deploy(256);
    functions.put(function(1, "fn", FORCED, 1000, 5, false));
    assertEquals(new Gate(0, 5, 0, false, 0, 256), gate(1));
  }

  // ---- tools

  private String deploy(int concurrency) throws Exception {
    return deploy(
        concurrency,
        Map.of("command", forced, "http", unforced, "event-bus", new EventBusRuntime(vertx)));
  }

  private String deploy(int concurrency, Map<String, FunctionRuntime> runtimes) throws Exception {
    ExecutorConfig config =
        new ExecutorConfig(
            concurrency,
            ExecutorConfig.DEFAULT.queuePerFunction(),
            ExecutorConfig.DEFAULT.resultBytesMax(),
            ExecutorConfig.DEFAULT.logBytesMax());
    return await(
        vertx.deployVerticle(
            new ExecutorVerticle(config, bus, clock, functions, runtimes, meters)));
  }

  /** Sends the first attempt of a new invocation in shard 0. */
  private Run run(Function function) {
    Run run = new Run(invocation(0, function), EPOCH, 1, "abc".getBytes(UTF_8));
    send(run);
    return run;
  }

  private void send(Run run) {
    bus.send(Addresses.ORDER, run);
  }

  /** Returns when the executor has dealt with it, so that its grace runs from now on. */
  private void interrupt(Run run, StopMode mode, long graceMillis) throws Exception {
    bus.send(
        Addresses.ORDER, new Interrupt(id(run), run.epoch(), run.attempt(), mode, graceMillis));
    gate(run.invocation().functionUid());
  }

  /** The gate's state after all that was sent before. */
  private Gate gate(long function) throws Exception {
    return await(bus.request(Addresses.GATE, new GetGate(function)));
  }

  /** Waits for a state that follows from what an attempt does on its own. */
  private void awaitGate(long function, Gate expected) throws Exception {
    Gate now = gate(function);
    for (int i = 0; i < 1000 && !now.equals(expected); i++) {
      now = gate(function);
    }
    assertEquals(expected, now);
  }

  private RunError broke() throws Exception {
    return assertInstanceOf(Broke.class, next(told)).error();
  }

  private void serveBody(Future<Body> body) throws Exception {
    await(bus.serve(Addresses.GET_BODY.at(0), get -> body));
  }

  private Promise<Body> serveBody(Promise<Body> body) throws Exception {
    serveBody(body.future());
    return body;
  }

  private double count(String outcome) {
    return meters
        .get("perdure.attempts")
        .tag("kind", "command")
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  private static InvocationId id(Run run) {
    return run.invocation().id();
  }

  /** A runtime with a bug. */
  private static final class ThrowingRuntime implements FunctionRuntime {
    @Override
    public Running start(Call call) {
      throw new IllegalStateException("a bug, on purpose");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  /** The functions there are. */
  private static final class KnownFunctions implements Functions {
    private final Map<Long, Function> known = new ConcurrentHashMap<>();

    /** What is absent and not above it has been deleted. */
    volatile long lastUid = Long.MAX_VALUE;

    Function put(Function function) {
      known.put(function.uid(), function);
      return function;
    }

    @Override
    public Optional<Function> find(String account, String namespace, String name) {
      return known.values().stream().filter(function -> function.name().equals(name)).findAny();
    }

    @Override
    public Function byUid(long uid) {
      return known.get(uid);
    }

    @Override
    public boolean isDeleted(long uid) {
      return uid <= lastUid && !known.containsKey(uid);
    }

    @Override
    public Function byUid(long uid, String qualifier) {
      return byUid(uid);
    }

    @Override
    public Optional<Function> resolve(Function function, String qualifier, long point) {
      return Optional.of(function);
    }

    @Override
    public boolean hasNamespace(String account, String namespace) {
      return true;
    }
  }
}
