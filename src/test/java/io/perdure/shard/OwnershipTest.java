package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetState;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard that comes to this node and leaves it. */
class OwnershipTest {
  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = ShardHarness.movable(directory, T0);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void aShardThatIsOwnedElsewhereNamesTheOwnerAndIsFine() throws Exception {
    lose("n2");
    Failure.Fenced told = failure(Failure.Fenced.class, shard.submit());
    assertEquals(new Failure.Fenced(0, "n2"), told);
    var state = shard.ask(Addresses.SHARD_STATE.at(0), new GetState());
    assertEquals("following", state.phase());
    assertNull(state.problem());
  }

  @Test
  void theNewestTellingOfTheOwnerCounts() throws Exception {
    lose(null);
    assertNull(failure(Failure.Fenced.class, shard.submit()).owner());
    lose("n3");
    assertEquals("n3", failure(Failure.Fenced.class, shard.submit()).owner());
  }

  @Test
  void aShardThatComesBackHasAllThatWasAcknowledged() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 10).stream().map(Invocation::id).toList();
    lose("n2");
    gain();
    for (InvocationId id : ids) {
      assertEquals(Status.ENQUEUED, shard.get(id).status());
    }
    assertEquals(Map.of(Status.ENQUEUED, 10L), shard.count(all(FN)));
    assertEquals(10, shard.backlog.total());
  }

  @Test
  void aShardThatHasLeftCountsForNoBacklogHere() throws Exception {
    shard.accepted(FN, 3);
    lose("n2");
    assertEquals(0, shard.backlog.total());
  }

  @Test
  void whatIsBeingWrittenWhenTheShardLeavesIsToldToBeUnknown() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    shard.disk().lose("n2");
    String told = failure(Failure.Unavailable.class, writing).message();
    assertTrue(told.contains("not known whether"), told);
    shard.disk().release();
    gain();
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN))); // this one was
  }

  @Test
  void whatWasNotHandedToTheJournalIsAskedOfTheNextOwner() throws Exception {
    shard.disk().hold();
    shard.submit();
    shard.disk().awaitWaiting();
    Future<Submitted> building = shard.submit(); // a batch is on its way already
    shard.barrier();
    shard.disk().lose("n2");
    assertEquals("n2", failure(Failure.Fenced.class, building).owner());
    shard.disk().release();
    gain();
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
  }

  @Test
  void submitThatIsAskedAgainIsTheOneThatMadeIt() throws Exception {
    Submit one = SubmitTest.numbered(7);
    shard.disk().hold();
    Future<Submitted> first = shard.submit(0, one);
    shard.disk().awaitWaiting();
    Future<Submitted> again = shard.submit(0, one);
    Future<Submitted> other = shard.submit(0, SubmitTest.numbered(8));
    shard.disk().release();
    assertTrue(join(first).created());
    assertTrue(join(again).created());
    assertFalse(join(other).created());
    lose("n2");
    gain();
    Submitted later = join(shard.submit(0, one));
    assertTrue(later.created());
    assertEquals(join(first).invocation().id(), later.invocation().id());
    assertFalse(join(shard.submit(0, SubmitTest.numbered(8))).created());
    assertFalse(join(shard.submit("k", "a")).created());
  }

  @Test
  void whoOnlyAskedAsksTheNextOwner() throws Exception {
    shard.disk().hold();
    shard.submit("k", "a");
    shard.disk().awaitWaiting();
    Future<Submitted> same = shard.submit("k", "a");
    shard.barrier();
    shard.disk().lose("n2");
    failure(Failure.Fenced.class, same);
    shard.disk().release();
  }

  @Test
  void whoWaitsForAChangeAsksTheNextOwner() throws Exception {
    InvocationId id = shard.accepted().id();
    Future<Found> change =
        shard.bus.request(Addresses.AWAIT.at(0), new Await(id, 1, true, T0 + 60_000));
    shard.barrier();
    lose("n2");
    failure(Failure.Fenced.class, change);
  }

  @Test
  void aStopThatWaitsForTheExecutorIsAskedOfTheNextOwner() throws Exception {
    InvocationId id = shard.accepted().id();
    shard.executor.keepRevoked();
    Future<Found> stop = shard.stop(id, StopMode.CANCEL);
    shard.executor.nextRevoke();
    lose("n2");
    failure(Failure.Fenced.class, stop);
  }

  @Test
  void theExecutorIsToldToAbandonWhatTheShardHandedOver() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    lose("n2");
    assertEquals(run.epoch(), shard.executor.nextAbandon().epoch());
    gain();
    assertTrue(shard.executor.next(run.invocation().id()).epoch() > run.epoch());
  }

  @Test
  void whatAnAttemptTellsOfAShardThatHasLeftIsIgnored() throws Exception {
    Run run = shard.running();
    lose("n2");
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    shard.barrier();
    gain();
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    shard.settle();
    assertEquals(Status.ENQUEUED, shard.get(run.invocation().id()).status());
  }

  @Test
  void anAttemptThatWasWrittenDownIsLostWithTheShard() throws Exception {
    Run run = shard.running();
    shard.advance(ShardConfig.DEFAULT.writeDownMillis());
    lose("n2");
    gain();
    shard.settle();
    List<Event> events = shard.get(run.invocation().id()).events();
    assertTrue(
        events.stream().anyMatch(event -> event.detail().contains("ended or lost the shard")),
        events::toString);
  }

  @Test
  void aRefusedCommitIsNoFailureOfTheShard() throws Exception {
    shard.disk().failAfter(0);
    String told = failure(Failure.Unavailable.class, shard.submit()).message();
    assertTrue(told.contains("not known whether"), told);
    failure(Failure.Fenced.class, shard.submit());
    assertEquals("following", shard.phase(0));
    lose("n2");
    assertEquals("n2", failure(Failure.Fenced.class, shard.submit()).owner());
    int opened = shard.disk().opened();
    shard.clock.advance(Duration.ofMinutes(1));
    shard.barrier();
    assertEquals(opened, shard.disk().opened());
  }

  @Test
  void aRefusedCommitAfterTheShardHasLeftIsNoFailureEither() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    lose("n2");
    failure(Failure.Unavailable.class, writing);
    shard.disk().failAfter(0);
    shard.barrier();
    assertEquals("following", shard.phase(0));
    shard.disk().repair();
    gain();
    shard.accepted();
  }

  @Test
  void aShardOfWhichNothingMoreIsToldAfterARefusedCommitIsOpenedAgain() throws Exception {
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    shard.disk().repair();
    shard.reopened();
    shard.accepted();
  }

  @Test
  void anOwnerWhoseStoreIsBrokenSaysSo() throws Exception {
    InvocationId id = shard.succeeded();
    shard.disk().store().write(new Batch().put(Family.RECORD, Keys.id(id), new byte[] {99}));
    failure(Failure.Unavailable.class, shard.bus.request(Addresses.GET.at(0), new Get(id)));
    assertEquals("failed", shard.phase(0));
  }

  @Test
  void aShardThatIsGivenAnewIsOpenedAnew() throws Exception {
    shard.accepted();
    long before = shard.disk().epoch();
    gain();
    assertTrue(shard.disk().epoch() > before);
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
  }

  @Test
  void theLastOfManyTellingsCounts() throws Exception {
    shard.accepted();
    for (int i = 0; i < 50; i++) {
      shard.disk().lose("n2");
      shard.disk().gain();
    }
    gain();
    assertEquals(Map.of(Status.ENQUEUED, 1L), shard.count(all(FN)));
    for (int i = 0; i < 50; i++) {
      shard.disk().gain();
      shard.disk().lose("n2");
    }
    lose("n3");
    assertEquals("n3", failure(Failure.Fenced.class, shard.submit()).owner());
    assertTrue(shard.disk().isClosed());
  }

  @Test
  void theOldStorageIsClosedBeforeTheNextIsOpened() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    int opened = shard.disk().opened();
    shard.disk().lose("n2");
    shard.disk().gain();
    failure(Failure.Unavailable.class, writing);
    shard.barrier();
    assertEquals(opened, shard.disk().opened());
    failure(Failure.Fenced.class, shard.submit());
    shard.disk().release();
    shard.reopened();
    assertEquals(opened + 1, shard.disk().opened());
  }

  @Test
  void aShardThatIsOwnedElsewhereEndsAndIsNotOpenedAfterwards() throws Exception {
    lose("n2");
    join(shard.undeploy(0));
    int opened = shard.disk().opened();
    shard.disk().gain();
    shard.ask(Addresses.GATE, new GetGate(FN));
    assertEquals(opened, shard.disk().opened());
    assertTrue(shard.disk().isClosed());
  }

  @Test
  void aShardThatLeavesWhileItEndsHasEnded() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    Future<Void> ended = shard.undeploy(0);
    shard.barrier();
    shard.disk().lose("n2");
    failure(Failure.Unavailable.class, writing);
    shard.disk().release();
    join(ended);
    assertTrue(shard.disk().isClosed());
  }

  @Test
  void timersOfAShardThatHasLeftDoNothing() throws Exception {
    Submit later = ShardHarness.submission(FN, null, T0 + 1_000, "{}");
    join(shard.submit(0, later));
    lose("n2");
    shard.clock.advance(Duration.ofHours(1));
    shard.barrier();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  private void lose(String owner) throws Exception {
    shard.disk().lose(owner);
    shard.barrier();
  }

  private void gain() throws Exception {
    shard.disk().gain();
    shard.serving();
  }
}
