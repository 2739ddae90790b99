package io.perdure.shard;

import static io.perdure.invocation.StopMode.CANCEL;
import static io.perdure.invocation.StopMode.GRACEFUL;
import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StopTest {
  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void stopOfWhatIsQueuedEndsIt(StopMode mode) throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    InvocationId id = shard.accepted().id();
    assertEquals(Status.STOPPED, stopped(id, mode).status());
    resume();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void stopOfWhatWasHandedOverIsDecidedOnceItIsGivenBack(StopMode mode) throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    Future<Found> stop = shard.stop(id, mode);
    assertEquals(run.attempt(), shard.executor.nextRevoke().attempt());
    shard.barrier();
    assertFalse(stop.isComplete());
    shard.executor.released(run);
    assertEquals(Status.STOPPED, join(stop).invocation().status());
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void cancelOfWhatBeganMeanwhileInterruptsIt() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    Future<Found> stop = shard.stop(id, CANCEL);
    shard.executor.nextRevoke();
    shard.executor.began(run);
    assertEquals(Status.STOPPING, join(stop).invocation().status());
    assertEquals(id, shard.executor.nextInterrupt().id());
  }

  @Test
  void severalStopsOfWhatWasHandedOverAreAllAnswered() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    Future<Found> first = shard.stop(id, CANCEL);
    Future<Found> second = shard.stop(id, GRACEFUL);
    shard.executor.nextRevoke();
    shard.barrier();
    shard.executor.released(run);
    assertEquals(Status.STOPPED, join(first).invocation().status());
    assertEquals(Status.STOPPED, join(second).invocation().status());
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void stopOfWhatIsDelayedEndsIt(StopMode mode) throws Exception {
    InvocationId id =
        join(shard.submit(0, submission(FN, null, T0 + 5_000, "a"))).invocation().id();
    assertEquals(Status.STOPPED, stopped(id, mode).status());
    shard.advance(6_000);
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void stopOfWhatWaitsForARetryEndsIt(StopMode mode) throws Exception {
    Run run = running();
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    assertEquals(Status.STOPPED, stopped(run.invocation().id(), mode).status());
    shard.advance(60_000);
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void cancelOfARunningOneIsAnsweredAndInterrupts() throws Exception {
    Run run = running();
    Invocation stopping = stopped(run.invocation().id(), CANCEL);
    assertEquals(Status.STOPPING, stopping.status());
    Interrupt interrupt = shard.executor.nextInterrupt();
    assertEquals(CANCEL, interrupt.mode());
    assertEquals(5_000, interrupt.graceMillis());
    assertEquals(run.attempt(), interrupt.attempt());
    assertEquals(run.epoch(), interrupt.epoch());
  }

  @Test
  void nothingIsInterruptedBeforeTheStopIsCommitted() throws Exception {
    Run run = running();
    shard.disk().hold();
    Future<Found> stop = shard.stop(run.invocation().id(), CANCEL);
    shard.disk().awaitWaiting();
    shard.barrier();
    assertEquals(List.of(), shard.executor.interrupts());
    assertFalse(stop.isComplete());
    shard.disk().release();
    shard.executor.nextInterrupt();
  }

  @Test
  void cancelledOneEndsStoppedWhateverItsAttemptReturns() throws Exception {
    Run run = running();
    stopped(run.invocation().id(), CANCEL);
    shard.executor.succeeded(run, new byte[100]);
    shard.settle();
    Invocation ended = shard.get(run.invocation().id());
    assertEquals(Status.STOPPED, ended.status());
    assertEquals(0, ended.result().bytes());
  }

  @Test
  void gracefulStopLeavesTheOutcomeToTheAttempt() throws Exception {
    Run run = running();
    assertEquals(Status.RUNNING, stopped(run.invocation().id(), GRACEFUL).status());
    assertEquals(GRACEFUL, shard.executor.nextInterrupt().mode());
    shard.executor.succeeded(run, NOTHING);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(run.invocation().id()).status());
  }

  @Test
  void noRetryFollowsAGracefulStop() throws Exception {
    Run run = running();
    stopped(run.invocation().id(), GRACEFUL);
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    assertEquals(Status.FAILED, shard.get(run.invocation().id()).status());
  }

  @Test
  void cancelOfWhatIsStoppingInterruptsAgain() throws Exception {
    Run run = running();
    stopped(run.invocation().id(), CANCEL);
    shard.executor.nextInterrupt();
    assertEquals(Status.STOPPING, stopped(run.invocation().id(), CANCEL).status());
    shard.executor.nextInterrupt();
  }

  @Test
  void stopOfAStoppedOneIsAnsweredAsDone() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    InvocationId id = shard.accepted().id();
    stopped(id, CANCEL);
    assertEquals(Status.STOPPED, stopped(id, CANCEL).status());
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void stopOfWhatHasEndedIsAConflict(StopMode mode) throws Exception {
    Run run = running();
    shard.executor.succeeded(run, NOTHING);
    shard.settle();
    failure(Failure.Conflict.class, shard.stop(run.invocation().id(), mode));
  }

  @Test
  void conflictIsToldOnlyOnceTheEndIsCommitted() throws Exception {
    Run run = running();
    shard.disk().hold();
    shard.executor.succeeded(run, NOTHING);
    shard.disk().awaitWaiting();
    Future<Found> stop = shard.stop(run.invocation().id(), CANCEL);
    shard.barrier();
    assertFalse(stop.isComplete());
    shard.disk().release();
    failure(Failure.Conflict.class, stop);
  }

  @Test
  void stopOfWhatDoesNotExistIsNotFound() throws Exception {
    InvocationId id = shard.accepted().id();
    failure(Failure.NotFound.class, shard.stop(new InvocationId(id.high(), id.low() ^ 1), CANCEL));
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  void queuedOneWhoseStopWasAnsweredNeverRunsAfterARestart(StopMode mode) throws Exception {
    InvocationId id = shard.accepted().id();
    shard.executor.next(id);
    stopped(id, mode);
    shard.restart();
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
    assertEquals(Status.STOPPED, shard.get(id).status());
  }

  @Test
  void runningOneWhoseCancelWasAnsweredNeverRunsAfterARestart() throws Exception {
    Run run = running();
    stopped(run.invocation().id(), CANCEL);
    shard.restart();
    shard.advance(60_000);
    assertEquals(List.of(), shard.executor.handedOver());
    assertEquals(Status.STOPPED, shard.get(run.invocation().id()).status());
  }

  @Test
  void runningOneWhoseGracefulStopWasAnsweredNeverRunsAfterARestart() throws Exception {
    Run run = running();
    stopped(run.invocation().id(), GRACEFUL);
    shard.restart();
    shard.advance(60_000);
    assertEquals(List.of(), shard.executor.handedOver());
    assertEquals(Status.FAILED, shard.get(run.invocation().id()).status());
  }

  private Run running() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    shard.barrier();
    return run;
  }

  private Invocation stopped(InvocationId id, StopMode mode) throws Exception {
    return join(shard.stop(id, mode)).invocation();
  }

  private void resume() throws Exception {
    shard.functions.put(FN);
    shard.functionChanged(FN, false);
    shard.settle();
  }
}
