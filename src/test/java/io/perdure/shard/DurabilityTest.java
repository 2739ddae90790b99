package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Group commit, and what a failed write means. */
class DurabilityTest {
  @TempDir private Path directory;
  private ShardHarness shard;

  @BeforeEach
  void open() throws Exception {
    shard = new ShardHarness(directory.resolve("data"));
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void whatArrivesDuringAWriteIsTwoBatchesAtMost() throws Exception {
    shard.disk().hold();
    Future<Submitted> first = shard.submit();
    shard.disk().awaitWaiting();
    List<Future<Submitted>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(shard.submit());
    }
    shard.barrier();
    shard.disk().release();
    join(first);
    for (Future<Submitted> other : others) {
      join(other);
    }
    assertTrue(shard.disk().written().size() <= 3, () -> shard.disk().written().toString());
  }

  @Test
  void failedWriteIsAnsweredAsUnavailableToAllThatWait() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    Future<Submitted> waiting = shard.submit();
    Future<Submitted> sameKey = shard.submit("k", "a");
    shard.barrier();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, writing);
    failure(Failure.Unavailable.class, waiting);
    failure(Failure.Unavailable.class, sameKey);
  }

  @Test
  void shardSaysWhyItDoesNotServeAndRefusesUntilItIsOpenAgain() throws Exception {
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    var state = shard.ask(Addresses.SHARD_STATE.at(0), new GetState());
    assertEquals("failed", state.phase());
    assertTrue(state.problem().contains("disk error made by the test"), state.problem());
    failure(Failure.Unavailable.class, shard.submit());
  }

  @Test
  void shardOpensAgainByItselfWithAllThatWasAcknowledged() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 10).stream().map(Invocation::id).toList();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    shard.disk().repair();
    shard.reopened();
    for (InvocationId id : ids) {
      assertEquals(Status.ENQUEUED, shard.get(id).status());
    }
    assertEquals(Map.of(Status.ENQUEUED, 10L), shard.count(all(FN)));
  }

  @Test
  void shardThatCannotBeOpenedTriesAgain() throws Exception {
    shard.accepted();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    shard.disk().refuseToOpen(2);
    shard.reopened();
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
  }

  @Test
  void executorIsToldToAbandonWhatTheFailedOpeningHandedOver() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    var abandon = shard.executor.nextAbandon();
    assertEquals(run.epoch(), abandon.epoch());
    assertEquals(0, abandon.shard());
    shard.disk().repair();
    shard.reopened();
    assertTrue(shard.executor.next(run.invocation().id()).epoch() > run.epoch());
  }

  @Test
  void whatAFailedWriteLeftOnDiskIsThereAfterwards() throws Exception {
    shard.disk().failUnknownAfter(0);
    failure(Failure.Unavailable.class, shard.submit("k", "a"));
    shard.disk().repair();
    shard.reopened();
    assertFalse(join(shard.submit("k", "a")).created());
  }

  @Test
  void keyOfAFailedSubmitIsFree() throws Exception {
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit("k", "a"));
    shard.disk().repair();
    shard.reopened();
    assertTrue(join(shard.submit("k", "b")).created());
  }

  @Test
  void whoWaitsForAChangeIsToldOfTheFailure() throws Exception {
    InvocationId id = shard.accepted().id();
    Future<Found> change =
        shard.bus.request(Addresses.AWAIT.at(0), new Await(id, 1, true, ShardHarness.T0 + 60_000));
    shard.barrier();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    failure(Failure.Unavailable.class, change);
  }

  @Test
  void stopThatWaitsForTheExecutorIsToldOfTheFailure() throws Exception {
    InvocationId id = shard.accepted().id();
    shard.executor.keepRevoked();
    Future<Found> stop = shard.stop(id, StopMode.CANCEL);
    shard.executor.nextRevoke();
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    failure(Failure.Unavailable.class, stop);
  }

  @Test
  void nothingIsReopenedAfterTheShardWasEnded() throws Exception {
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    shard.restart();
    int opened = shard.disk().opened();
    shard.advance(60_000);
    assertEquals(opened, shard.disk().opened());
  }

  @Test
  void cleanEndAnswersWhatIsOnItsWay() throws Exception {
    shard.disk().hold();
    Future<Submitted> submit = shard.submit();
    shard.disk().awaitWaiting();
    Future<Void> restarted = shard.undeploy(0);
    shard.barrier();
    assertFalse(restarted.isComplete());
    shard.disk().release();
    join(restarted);
    assertTrue(join(submit).created());
  }

  @Test
  void endWaitsForTheStoreOfAFailedCommitToBeClosed() throws Exception {
    shard.disk().hold();
    Future<Submitted> submit = shard.submit();
    shard.disk().awaitWaiting();
    Future<Void> ended = shard.undeploy(0);
    shard.barrier();
    shard.disk().failAfter(0);
    join(ended);
    failure(Failure.Unavailable.class, submit);
    assertTrue(shard.disk().isClosed());
  }

  @Test
  void whatArrivesWhileTheShardEndsIsRefused() throws Exception {
    shard.disk().hold();
    shard.submit();
    shard.disk().awaitWaiting();
    Future<Void> ended = shard.undeploy(0);
    shard.barrier();
    failure(Failure.Unavailable.class, shard.submit());
    shard.disk().release();
    join(ended);
  }

  @Test
  void damagedBodyIsToldAndTheShardServesOn() throws Exception {
    Invocation accepted = shard.accepted();
    byte[] piece = Keys.chunk(accepted.payload().bucket(), accepted.id(), 0);
    shard.disk().store().write(new Batch().delete(Family.PAYLOAD, piece));
    Failure.Unavailable told =
        failure(
            Failure.Unavailable.class,
            shard.bus.request(Addresses.GET_BODY.at(0), new GetBody(accepted.id(), Part.PAYLOAD)));
    assertTrue(told.message().contains("is missing"), told.message());
    shard.accepted();
  }

  @Test
  void epochGrowsWithEveryOpening() throws Exception {
    shard.accepted();
    Run first = shard.executor.next();
    shard.restart();
    Run second = shard.executor.next();
    assertEquals(first.invocation().id(), second.invocation().id());
    assertNotEquals(first.epoch(), second.epoch());
  }

  @Test
  void checkpointHoldsWhatWasAcknowledged() throws Exception {
    shard.accepted(FN, 5);
    Path copy = directory.resolve("copy");
    shard.ask(Addresses.CHECKPOINT.at(0), new Checkpoint(copy.toString()));
    shard.accepted(FN, 1);
    Path data = directory.resolve("restored");
    Files.createDirectories(data.resolve("shards"));
    Files.move(copy, ShardHarness.shardDirectory(data, 0));
    ShardHarness restored = new ShardHarness(data);
    try {
      assertEquals(Map.of(Status.ENQUEUED, 5L), restored.count(all(FN)));
    } finally {
      restored.close();
    }
  }

  @Test
  void checkpointIntoWhatExistsIsRefusedAndTheShardServesOn() throws Exception {
    Path there = Files.createDirectories(directory.resolve("there"));
    failure(
        Failure.Unavailable.class,
        shard.bus.request(Addresses.CHECKPOINT.at(0), new Checkpoint(there.toString())));
    shard.accepted();
  }
}
