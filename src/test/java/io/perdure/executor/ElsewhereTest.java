package io.perdure.executor;

import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a full node has other nodes run. Node a has one slot, and all shards. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ElsewhereTest {
  private static final Outcome DONE = new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING);

  private TestCluster cluster;
  private TestCluster.Node a;
  private TestCluster.Node b;
  private Function function;

  /** Nodes a and b, of which a is full. */
  private HandRuntime.Started full(Vertx vertx) throws Exception {
    cluster = new TestCluster(vertx, Map.of("a", 1, "b", 4), "a", "b");
    a = cluster.node("a");
    b = cluster.node("b");
    function = cluster.functions.put(1, 16);
    a.run(function, Mode.ASYNC);
    HandRuntime.Started here = a.started();
    assertEquals("a/by hand", assertInstanceOf(Began.class, next(a.told)).instance());
    return here;
  }

  /** One more, which b runs; its beginning has been told. */
  private HandRuntime.Started elsewhere() throws Exception {
    Run run = a.run(function, Mode.ASYNC);
    HandRuntime.Started there = b.started();
    assertEquals(run.invocation(), there.call.invocation());
    Began began = assertInstanceOf(Began.class, next(a.told));
    assertEquals(
        new Began(run.invocation().id(), TestCluster.EPOCH, 1, "b/by hand", null, "b"), began);
    return there;
  }

  private static double count(TestCluster.Node of, String way) {
    return of.meters.get("perdure.attempts.handed." + way).counter().count();
  }

  @Test
  void whatAFullNodeCannotStartAnotherOneRuns(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    there.end(new Outcome.Succeeded("result".getBytes(UTF_8), "log".getBytes(UTF_8), 5));
    Succeeded succeeded = assertInstanceOf(Succeeded.class, next(a.told));
    assertEquals(there.call.invocation().id(), succeeded.id());
    assertEquals("result", text(succeeded.result()));
    assertEquals("log", text(succeeded.log()));
    assertEquals(5, succeeded.memoryBytes());
    assertEquals("b/by hand", succeeded.instance());
    assertEquals(1, count(a, "out"));
    assertEquals(1, count(b, "in"));
    assertTrue(b.told.isEmpty());
  }

  @Test
  void theOtherNodeIsToldAllThatTheCallNeeds(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    assertEquals(function, there.call.function());
    assertEquals(TestCluster.EPOCH, there.call.epoch());
    assertEquals(1, there.call.attempt());
    assertArrayEquals(new byte[] {1}, there.call.payload());
    assertEquals(cluster.clock.millis() + function.timeoutMillis(), there.call.deadline());
  }

  @Test
  void itsFailureIsPassedOnWhole(Vertx vertx) throws Exception {
    full(vertx);
    RunError error = new RunError(RunError.Kind.FUNCTION, "ExitCode", "exit code 3");
    elsewhere().end(new Outcome.Failed(error, 500, "part".getBytes(UTF_8), Outcome.NOTHING));
    Broke broke = assertInstanceOf(Broke.class, next(a.told));
    assertEquals(error, broke.error());
    assertEquals(500, broke.retryAfterMillis());
    assertEquals("part", text(broke.result()));
  }

  @Test
  void aSlotThatIsFreeAgainTakesTheNext(Vertx vertx) throws Exception {
    full(vertx);
    for (int i = 0; i < 3; i++) {
      elsewhere().end(DONE);
      assertInstanceOf(Succeeded.class, next(a.told));
    }
    assertEquals(3, count(b, "in"));
  }

  @Test
  void theConcurrencyOfTheFunctionHoldsOverBoth(Vertx vertx) throws Exception {
    full(vertx);
    function = cluster.functions.put(2, 1);
    HandRuntime.Started there = elsewhere();
    Run second = a.run(function, Mode.ASYNC);
    function = cluster.functions.put(3, 1);
    elsewhere().end(DONE); // it came later, and has a place
    assertInstanceOf(Succeeded.class, next(a.told));
    there.end(DONE);
    assertInstanceOf(Succeeded.class, next(a.told));
    assertEquals(second.invocation(), b.started().call.invocation());
  }

  // ---- stops

  @Test
  void aStopReachesIt(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    interrupt(there, StopMode.GRACEFUL, 0);
    assertEquals("GRACEFUL 0", next(there.stops));
    there.step(Running.StopStep.ACKNOWLEDGED, "on my way");
    StopStep step = assertInstanceOf(StopStep.class, next(a.told));
    assertEquals(Event.Type.STOP_ACKNOWLEDGED, step.step());
    assertEquals("on my way", step.detail());
    there.end(DONE);
    assertInstanceOf(Succeeded.class, next(a.told));
  }

  private void interrupt(HandRuntime.Started which, StopMode mode, long graceMillis) {
    a.executor.take(
        new Interrupt(which.call.invocation().id(), TestCluster.EPOCH, 1, mode, graceMillis));
  }

  @Test
  void itsTimeLimitEndsIt(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    cluster.clock.advance(Duration.ofMillis(function.timeoutMillis()));
    assertEquals("CANCEL 5000", next(there.stops));
    there.end(new Outcome.PlatformFailed(error("Killed"), 0));
    assertEquals("Timeout", assertInstanceOf(Broke.class, next(a.told)).error().type());
  }

  private static RunError error(String type) {
    return new RunError(RunError.Kind.PLATFORM, type, "");
  }

  @Test
  void whatItsShardAbandonsEndsThereWithoutAnAnswer(Vertx vertx) throws Exception {
    HandRuntime.Started here = full(vertx);
    HandRuntime.Started there = elsewhere();
    a.executor.take(new Abandon(0, TestCluster.EPOCH));
    assertEquals("CANCEL 0", next(there.stops));
    there.end(DONE);
    here.end(DONE);
    Run next = a.run(function, Mode.ASYNC);
    assertEquals(next.invocation().id(), assertInstanceOf(Began.class, next(a.told)).id());
  }

  @Test
  void whatHasNotBegunThereIsTakenBack(Vertx vertx) throws Exception {
    full(vertx);
    b.runtime.beginsLate = true;
    Run run = a.run(function, Mode.ASYNC);
    HandRuntime.Started there = b.started();
    a.executor.take(new Revoke(run.invocation().id(), TestCluster.EPOCH, 1));
    assertEquals(new Released(run.invocation().id(), TestCluster.EPOCH, 1), next(a.told));
    assertTrue(there.withdrawn);
  }

  @Test
  void whatBeginsThereLateIsToldWhenItHas(Vertx vertx) throws Exception {
    full(vertx);
    b.runtime.beginsLate = true;
    a.run(function, Mode.ASYNC);
    HandRuntime.Started there = b.started();
    assertTrue(a.told.isEmpty());
    there.begin();
    assertEquals("b/by hand", assertInstanceOf(Began.class, next(a.told)).instance());
  }

  // ---- nodes that go

  @Test
  void whatRanOnANodeThatHasGoneIsThePlatformsFailure(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    a.routes.goes("b");
    Broke broke = assertInstanceOf(Broke.class, next(a.told));
    assertEquals(there.call.invocation().id(), broke.id());
    assertEquals(RunError.Kind.PLATFORM, broke.error().kind());
    assertEquals("NodeLost", broke.error().type());
    there.end(DONE); // which is of no interest any more
    elsewhere();
  }

  @Test
  void whatRunsForANodeThatHasGoneIsEnded(Vertx vertx) throws Exception {
    full(vertx);
    HandRuntime.Started there = elsewhere();
    b.routes.goes("a");
    assertEquals("CANCEL 0", next(there.stops));
  }
}
