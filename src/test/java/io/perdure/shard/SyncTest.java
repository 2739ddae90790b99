package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller waits for: past the queue, and never again. */
class SyncTest {
  private static final int WINDOW = 2;

  @TempDir private Path directory;
  private ShardHarness shard;

  private void open() throws Exception {
    shard = new ShardHarness(directory, 1, new TestConfig().window(WINDOW, 1_000).make());
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void itIsHandedOverPastTheWindow() throws Exception {
    open();
    shard.accepted(FN, 5);
    shard.executor.next(WINDOW);
    Invocation sync = shard.acceptedSync();
    assertEquals(1, shard.executor.next(sync.id()).attempt());
  }

  @Test
  void itTakesNoPlaceInTheWindow() throws Exception {
    open();
    for (int i = 0; i < 5; i++) {
      shard.executor.next(shard.acceptedSync().id());
    }
    shard.accepted(FN, 5);
    shard.executor.next(WINDOW);
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void itIsHandedOverThoughItsFunctionIsPaused() throws Exception {
    open();
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.executor.next(shard.acceptedSync().id());
  }

  @Test
  void whatTheExecutorTurnsAwayHasFailed() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.executor.failed(run, RunError.Kind.PLATFORM);
    shard.settle();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.FAILED, now.status());
    assertEquals(0, now.startedAt());
    assertEquals("Test", now.error().type());
  }

  @Test
  void aFailureOfTheFunctionIsNotRetried() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.executor.began(run);
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    assertEquals(Status.FAILED, shard.get(run.invocation().id()).status());
    shard.advance(10 * TestFunctions.HOUR);
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void itSucceedsLikeAnyOther() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.executor.began(run);
    shard.executor.succeeded(run, NOTHING);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(run.invocation().id()).status());
  }

  @Test
  void whatWaitedWhenTheNodeDiedHasFailed() throws Exception {
    open();
    Invocation sync = shard.acceptedSync();
    shard.restart();
    Invocation now = shard.get(sync.id());
    assertEquals(Status.FAILED, now.status());
    assertEquals("NodeLost", now.error().type());
    assertTrue(now.error().message().contains("it may have run"), now.error().message());
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void whatRanUnwrittenWhenTheNodeDiedIsNotRunAgain() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.executor.began(run);
    shard.settle();
    shard.restart();
    assertEquals(Status.FAILED, shard.get(run.invocation().id()).status());
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void whatRanAndWasWrittenDownIsNotRunAgain() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.executor.began(run);
    shard.settle();
    shard.advance(2_000);
    shard.restart();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.FAILED, now.status());
    assertEquals("NodeLost", now.error().type());
  }

  @Test
  void recoveryFindsItBehindALongQueueOfOthers() throws Exception {
    open();
    shard.accepted(FN, 50);
    Invocation sync = shard.acceptedSync();
    shard.accepted(FN, 50);
    shard.restart();
    assertEquals(Status.FAILED, shard.get(sync.id()).status());
  }

  @Test
  void whatIsGivenBackByANodeThatShutsDownHasFailed() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.startsAttempts = false;
    shard.executor.released(run);
    shard.settle();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.FAILED, now.status());
    assertEquals("NodeShutdown", now.error().type());
  }

  @Test
  void whatIsAcceptedWhileTheNodeShutsDownFailsAtOnce() throws Exception {
    open();
    shard.startsAttempts = false;
    Invocation sync = shard.acceptedSync();
    shard.settle();
    assertEquals("NodeShutdown", shard.get(sync.id()).error().type());
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void whatIsGivenBackWithoutItsFunctionIsInvalid() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    shard.functions.delete(FN);
    shard.executor.released(run);
    shard.settle();
    assertEquals(Status.INVALID, shard.get(run.invocation().id()).status());
  }

  @Test
  void whatWaitsCanBeStopped() throws Exception {
    open();
    Run run = shard.executor.next(shard.acceptedSync().id());
    Invocation stopped = join(shard.stop(run.invocation().id(), StopMode.CANCEL)).invocation();
    assertEquals(Status.STOPPED, stopped.status());
  }

  @Test
  void itDoesNotExpireWhileItWaits() throws Exception {
    open();
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(1_000));
    Invocation sync = shard.acceptedSync();
    shard.advance(10_000);
    assertEquals(0, shard.reap().expired());
    assertEquals(Status.ENQUEUED, shard.get(sync.id()).status());
    assertNull(shard.get(sync.id()).error());
  }
}
