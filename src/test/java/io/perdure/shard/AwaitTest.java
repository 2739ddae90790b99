package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwaitTest {
  private static final int WAITERS = 5;
  private static final long DEADLINE = T0 + 30_000;

  private ShardHarness shard;
  private InvocationId id;
  private Run run;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory, 1, new TestConfig().waiters(WAITERS).make());
    id = shard.accepted().id();
    run = shard.executor.next();
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void changeThatHasHappenedIsAnsweredAtOnce() throws Exception {
    assertEquals(Status.ENQUEUED, reached(until(0, false)).status());
  }

  @Test
  void nextChangeIsAnswered() throws Exception {
    Future<Found> change = pending(until(1, false));
    shard.executor.began(run);
    assertEquals(Status.RUNNING, join(change).invocation().status());
  }

  @Test
  void endIsAnsweredAndNothingBeforeIt() throws Exception {
    Future<Found> end = pending(until(0, true));
    shard.executor.began(run);
    shard.barrier();
    assertFalse(end.isComplete());
    shard.executor.succeeded(run, NOTHING);
    assertEquals(Status.SUCCEEDED, join(end).invocation().status());
  }

  @Test
  void changeIsAnsweredOnlyOnceItIsCommitted() throws Exception {
    shard.executor.began(run);
    Future<Found> end = pending(until(0, true));
    shard.disk().hold();
    shard.executor.succeeded(run, NOTHING);
    shard.disk().awaitWaiting();
    shard.barrier();
    assertFalse(end.isComplete());
    shard.disk().release();
    assertEquals(Status.SUCCEEDED, join(end).invocation().status());
  }

  @Test
  void deadlineIsAnsweredWithTheStateAsItIs() throws Exception {
    Future<Found> end = pending(until(0, true));
    shard.advance(29_999);
    assertFalse(end.isComplete());
    shard.advance(1);
    assertEquals(Status.ENQUEUED, join(end).invocation().status());
  }

  @Test
  void endedOneIsAnsweredWhateverChangeIsAskedFor() throws Exception {
    shard.executor.began(run);
    shard.executor.succeeded(run, NOTHING);
    shard.settle();
    assertEquals(Status.SUCCEEDED, reached(until(100, false)).status());
  }

  @Test
  void everyoneWhoWaitsIsTold() throws Exception {
    List<Future<Found>> all = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      all.add(pending(until(1, false)));
    }
    shard.executor.began(run);
    for (Future<Found> one : all) {
      assertEquals(Status.RUNNING, join(one).invocation().status());
    }
  }

  @Test
  void changeBetweenTwoQuestionsIsNotMissed() throws Exception {
    int seq = 0;
    List<Status> seen = new ArrayList<>();
    shard.executor.began(run);
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    while (!seen.contains(Status.RETRYING)) {
      Invocation now = reached(until(seq, false));
      seen.add(now.status());
      seq = now.lastSeq();
    }
    assertEquals(3, seq);
  }

  @Test
  void whoIsBeyondTheBoundIsThrottled() throws Exception {
    for (int i = 0; i < WAITERS; i++) {
      pending(until(0, true));
    }
    assertEquals("waiters", failure(Failure.Throttled.class, asked(until(0, true))).limit());
  }

  @Test
  void placesAreFreeAgainAfterTheDeadline() throws Exception {
    for (int i = 0; i < WAITERS; i++) {
      pending(until(0, true));
    }
    shard.advance(30_000);
    Future<Found> next = pending(new Await(id, 0, true, shard.clock.millis() + 1_000));
    shard.advance(1_000);
    assertEquals(Status.ENQUEUED, join(next).invocation().status());
  }

  @Test
  void unknownOneIsNotFound() {
    InvocationId other = new InvocationId(id.high(), id.low() ^ 1);
    failure(Failure.NotFound.class, asked(new Await(other, 0, true, DEADLINE)));
  }

  private Await until(int afterSeq, boolean terminal) {
    return new Await(id, afterSeq, terminal, DEADLINE);
  }

  private Future<Found> asked(Await await) {
    return shard.bus.request(Addresses.AWAIT.at(0), await, 60_000);
  }

  private Future<Found> pending(Await await) throws Exception {
    Future<Found> answer = asked(await);
    shard.barrier();
    assertFalse(answer.isComplete());
    return answer;
  }

  private Invocation reached(Await await) throws Exception {
    return join(asked(await)).invocation();
  }
}
