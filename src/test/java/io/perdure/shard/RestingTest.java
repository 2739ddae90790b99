package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.bus.ShardMessages.Resume;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard that another node is to own loses nothing that runs. */
class RestingTest {
  @TempDir private Path directory;
  private ShardHarness shard;

  @BeforeEach
  void open() throws Exception {
    shard = new ShardHarness(directory);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  private Future<Rested> rest(long millis, boolean anyway) throws Exception {
    Future<Rested> answer =
        shard.bus.request(Addresses.REST.at(0), new Rest(millis, anyway), 60_000);
    shard.settle();
    return answer;
  }

  private void advance(long millis) throws Exception {
    shard.clock.advance(Duration.ofMillis(millis));
    shard.settle();
  }

  private void resume() throws Exception {
    join(shard.bus.request(Addresses.RESUME.at(0), new Resume()));
    shard.settle();
  }

  private List<InvocationId> handedOver() {
    return shard.executor.handedOver().stream().map(run -> run.invocation().id()).toList();
  }

  @Test
  void nothingIsStartedUntilItIsResumed() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Invocation accepted = shard.accepted();
    shard.settle();
    assertEquals(List.of(), handedOver());
    resume();
    assertEquals(List.of(accepted.id()), handedOver());
  }

  @Test
  void whatHasNotBegunIsTakenBackAndHandedOverAgainWhenResumed() throws Exception {
    Invocation accepted = shard.accepted();
    shard.executor.next(accepted.id());
    Future<Rested> answer = rest(1_000, false);
    assertEquals(accepted.id(), shard.executor.nextRevoke().id());
    shard.settle();
    advance(20);
    assertTrue(join(answer).quiet());
    resume();
    assertEquals(List.of(accepted.id()), handedOver());
  }

  @Test
  void whatRunsIsWaitedFor() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    shard.settle();
    Future<Rested> answer = rest(1_000, false);
    advance(100);
    assertFalse(answer.isComplete());
    shard.executor.succeeded(run, new byte[0]);
    shard.settle();
    advance(20);
    assertTrue(join(answer).quiet());
  }

  @Test
  void whatHasEndedIsOnDiskBeforeTheShardIsAtRest() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    shard.settle();
    Future<Rested> answer = rest(1_000, false);
    shard.disk().hold();
    shard.executor.succeeded(run, new byte[0]);
    shard.barrier();
    shard.clock.advance(Duration.ofMillis(20));
    shard.barrier();
    assertFalse(answer.isComplete(), "its outcome would be lost with the shard");
    shard.disk().release();
    assertTrue(join(answer).quiet());
  }

  @Test
  void whatRunsOnForTooLongKeepsTheShardGoing() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    shard.settle();
    Future<Rested> answer = rest(400, false);
    Invocation later = shard.accepted();
    shard.settle();
    assertEquals(List.of(), handedOver());
    advance(400);
    assertFalse(join(answer).quiet());
    shard.settle();
    assertEquals(List.of(later.id()), handedOver());
  }

  @Test
  void shardWhereSomethingHasRunForLongIsNotKeptWaiting() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    shard.settle();
    advance(1_001);
    assertFalse(join(rest(1_000, false)).quiet());
    Invocation later = shard.accepted();
    shard.settle();
    assertEquals(List.of(later.id()), handedOver());
    assertFalse(rest(1_000, true).isComplete(), "who has to leave waits for it");
  }

  @Test
  void shardThatNobodyTakesOverGoesOnByItself() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Invocation accepted = shard.accepted(FN, 1).get(0);
    advance(Resting.HELD_MILLIS_MAX);
    assertEquals(List.of(accepted.id()), handedOver());
  }
}
