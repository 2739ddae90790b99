package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.Invalidated;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the queue of a function that is deleted. */
class DeletedFunctionTest {
  private static final int WINDOW = 4;

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory, 1, new TestConfig().window(WINDOW, 100).make());
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void queueIsMarkedInPortions() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.accepted(FN, 10);
    delete();
    assertEquals(new Invalidated(6, true), invalidate(6));
    assertEquals(Map.of(Status.INVALID, 6L, Status.ENQUEUED, 4L), shard.count(all(FN)));
    assertEquals(new Invalidated(4, false), invalidate(6));
    assertEquals(Map.of(Status.INVALID, 10L), shard.count(all(FN)));
  }

  @Test
  void delayedOnesAreMarkedAsWell() throws Exception {
    InvocationId id =
        join(shard.submit(0, submission(FN, null, T0 + 5_000, "a"))).invocation().id();
    delete();
    assertEquals(1, invalidate(10).invalidated());
    assertEquals(Status.INVALID, shard.get(id).status());
  }

  @Test
  void whatWasHandedOverIsMarkedOnceItIsGivenBack() throws Exception {
    List<Invocation> accepted = shard.accepted(FN, 6);
    List<Run> runs = shard.executor.next(WINDOW);
    shard.executor.keepRevoked();
    delete();
    assertEquals(new Invalidated(2, false), invalidate(10));
    runs.forEach(shard.executor::released);
    shard.settle();
    for (Invocation one : accepted) {
      assertEquals(Status.INVALID, shard.get(one.id()).status());
    }
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void whatNothingCanRunIsMarkedWithTheReason() throws Exception {
    InvocationId id = shard.accepted().id();
    shard.executor.unrunnable(shard.executor.next(id));
    shard.settle();
    Invocation now = shard.get(id);
    assertEquals(Status.INVALID, now.status());
    assertEquals("QualifierNotFound", now.error().type());
    assertEquals("no alias", now.error().message());
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void stopOfWhatNothingCanRunIsAnswered() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    Future<Found> stop = shard.stop(id, StopMode.CANCEL);
    shard.executor.nextRevoke();
    shard.executor.unrunnable(run);
    Failure.Conflict refused = failure(Failure.Conflict.class, stop);
    assertTrue(refused.toString().contains("INVALID"), refused::toString);
    assertEquals(Status.INVALID, shard.get(id).status());
  }

  @Test
  void whatBeganIsNotMarkedByALateWordThatItCannot() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.began(run);
    shard.executor.unrunnable(run);
    shard.settle();
    assertEquals(Status.RUNNING, shard.get(id).status());
  }

  @Test
  void portionsDoNotCountWhatTheExecutorHas() throws Exception {
    shard.accepted(FN, 6);
    shard.executor.next(WINDOW);
    shard.executor.keepRevoked();
    delete();
    assertEquals(new Invalidated(2, false), invalidate(2));
    assertEquals(new Invalidated(0, false), invalidate(2));
  }

  @Test
  void whatBeganBeforeRunsToItsEnd() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    delete();
    invalidate(10);
    shard.executor.succeeded(run, new byte[1]);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(run.invocation().id()).status());
  }

  @Test
  void submitThatIsBeingWrittenIsMarkedByItself() throws Exception {
    shard.disk().hold();
    Future<Submitted> submit = shard.submit();
    shard.disk().awaitWaiting();
    delete();
    Future<Invalidated> invalidated =
        shard.bus.request(Addresses.INVALIDATE.at(0), new Invalidate(FN, "deleted", 10));
    shard.barrier();
    shard.disk().release();
    join(invalidated);
    InvocationId id = join(submit).invocation().id();
    shard.settle();
    assertEquals(Status.INVALID, shard.get(id).status());
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void queueOfAFunctionDeletedBeforeARestartIsMarkedAfterwards() throws Exception {
    shard.accepted(FN, 10);
    shard.functions.delete(FN);
    shard.restart();
    shard.settle();
    assertEquals(Map.of(Status.INVALID, 10L), shard.count(all(FN)));
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void longQueueIsMarkedAfterARestartToItsEnd() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.accepted(FN, 1_200);
    shard.functions.delete(FN);
    shard.restart();
    long patience = System.nanoTime() + 10_000_000_000L;
    while (!shard.count(all(FN)).equals(Map.of(Status.INVALID, 1_200L))) {
      assertTrue(System.nanoTime() < patience, "left: " + shard.count(all(FN)));
    }
  }

  @Test
  void queueOfAFunctionThatExistsIsLeftAlone() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.accepted();
    assertEquals(new Invalidated(0, false), invalidate(10));
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
  }

  @Test
  void recordsOfADeletedFunctionAreStillCountedForItsAccount() throws Exception {
    shard.accepted(FN, 2);
    delete();
    invalidate(10);
    shard.restart();
    shard.settle();
    assertEquals(Map.of(Status.INVALID, 2L), shard.count(all(0)));
  }

  @Test
  void oldestAgeForgetsTheQueueOfADeletedFunction() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.accepted();
    shard.clock.advance(java.time.Duration.ofSeconds(90));
    delete();
    invalidate(10);
    shard.functions.put(12, new TestFunctions.Spec());
    shard.clock.advance(java.time.Duration.ofSeconds(2));
    shard.accepted(12);
    shard.settle();
    assertEquals(0, shard.meters.get("perdure.queue.oldest.age").gauge().value());
    assertFalse(shard.clock.pending().isPresent());
  }

  private void delete() throws Exception {
    shard.functions.delete(FN);
    shard.functionChanged(FN, true);
    shard.barrier();
  }

  private Invalidated invalidate(int limit) throws Exception {
    Invalidated done = shard.ask(Addresses.INVALIDATE.at(0), new Invalidate(FN, "deleted", limit));
    shard.settle();
    return done;
  }
}
