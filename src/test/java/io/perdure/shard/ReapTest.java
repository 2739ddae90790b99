package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.TestFunctions.HOUR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the passing of time does to records. */
class ReapTest {
  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void successIsRemovedWhenItsRetentionHasEndedAndNotAMillisecondBefore() throws Exception {
    InvocationId id = shard.succeeded();
    assertRemovedAt(id, HOUR);
  }

  @Test
  void idsStayAboveThoseRemovedThoughTheClockStepsBack() throws Exception {
    InvocationId id = shard.succeeded();
    assertRemovedAt(id, HOUR);
    InvocationId.Minter afterRestart = new InvocationId.Minter(0, new SplittableRandom(1));
    Recovery.advance(afterRestart, shard.disk().store());
    assertTrue(afterRestart.next(id.millis() - 1).compareTo(id) > 0);
  }

  @Test
  void failureIsKeptForItsOwnTime() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().retry(RetryPolicy.NONE));
    Run run = shard.running();
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    assertRemovedAt(run.invocation().id(), 2 * HOUR);
  }

  private void assertRemovedAt(InvocationId id, long millis) throws Exception {
    shard.advance(millis - 1);
    assertEquals(0, shard.reap().removed());
    shard.get(id);
    shard.advance(1);
    assertEquals(1, shard.reap().removed());
    failure(Failure.NotFound.class, get(id));
    assertEquals(Map.of(), shard.count(all(FN)));
    assertEquals(List.of(), shard.list(all(FN)));
  }

  @Test
  void keyIsFreeOnceItsInvocationIsRemoved() throws Exception {
    join(shard.submit("k", "a"));
    shard.end(shard.executor.next());
    shard.advance(HOUR);
    shard.reap();
    assertTrue(join(shard.submit("k", "b")).created());
  }

  @Test
  void removalIsToldOnlyOnceItIsCommitted() throws Exception {
    InvocationId id = shard.succeeded();
    shard.advance(HOUR);
    shard.disk().hold();
    Future<Reaped> reap = shard.bus.request(Addresses.REAP.at(0), new Reap(T0 + HOUR, 10));
    shard.disk().awaitWaiting();
    Future<Found> get = get(id);
    shard.barrier();
    assertFalse(reap.isComplete());
    assertFalse(get.isComplete());
    shard.disk().release();
    assertEquals(1, join(reap).removed());
    failure(Failure.NotFound.class, get);
  }

  @Test
  void whatIsBeingRemovedIsNotRemovedTwice() throws Exception {
    shard.succeeded();
    shard.succeeded();
    shard.advance(HOUR);
    shard.disk().hold();
    Reap reap = new Reap(T0 + HOUR, 1);
    Future<Reaped> first = shard.bus.request(Addresses.REAP.at(0), reap);
    shard.disk().awaitWaiting();
    Future<Reaped> second = shard.bus.request(Addresses.REAP.at(0), reap);
    shard.barrier();
    shard.disk().release();
    assertEquals(1, join(first).removed());
    join(second);
    shard.ask(Addresses.REAP.at(0), new Reap(T0 + HOUR, 10));
    assertEquals(Map.of(), shard.count(all(FN)));
  }

  @Test
  void portionIsBoundedAndSaysThatThereIsMore() throws Exception {
    for (int i = 0; i < 5; i++) {
      shard.succeeded();
    }
    shard.advance(HOUR);
    Reaped first = shard.ask(Addresses.REAP.at(0), new Reap(shard.clock.millis(), 3));
    assertEquals(3, first.removed());
    assertTrue(first.more());
    assertEquals(T0 + HOUR, first.oldestDue());
    Reaped second = shard.ask(Addresses.REAP.at(0), new Reap(shard.clock.millis(), 3));
    assertEquals(2, second.removed());
    assertFalse(second.more());
  }

  @Test
  void portionsComeToAnEndAlsoWhenNothingCanBeDoneYet() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000));
    List<Invocation> accepted = shard.accepted(FN, 5);
    List<Run> runs = shard.executor.next(5);
    shard.executor.keepRevoked();
    shard.advance(5_000);
    for (int portion = 0; portion < 2; portion++) {
      assertTrue(shard.ask(Addresses.REAP.at(0), new Reap(shard.clock.millis(), 2)).more());
    }
    assertFalse(shard.ask(Addresses.REAP.at(0), new Reap(shard.clock.millis(), 2)).more());
    runs.forEach(shard.executor::released);
    shard.settle();
    assertEquals(Status.EXPIRED, shard.get(accepted.get(4).id()).status());
  }

  @Test
  void oneThatIsGivenBackAndMayWaitLongerAfterAllIsLookedAtAgain() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000).paused());
    shard.accepted();
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000));
    shard.functionChanged(FN, false);
    Run run = shard.executor.next();
    shard.executor.keepRevoked();
    shard.advance(5_000);
    shard.reap();
    shard.executor.nextRevoke();
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(9_000).paused());
    shard.executor.released(run);
    shard.settle();
    shard.reap();
    assertEquals(T0 + 9_000, shard.reap().oldestDue());
  }

  @Test
  void oldestDueIsThatOfTheNextOne() throws Exception {
    shard.succeeded();
    assertEquals(T0 + HOUR, shard.reap().oldestDue());
  }

  @Test
  void whatEndsDuringASweepIsNotPassedOver() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().retention(0, 0));
    Run run = shard.running();
    shard.disk().hold();
    shard.executor.succeeded(run, NOTHING);
    shard.disk().awaitWaiting();
    shard.clock.advance(java.time.Duration.ofMillis(50));
    Future<Reaped> early = shard.bus.request(Addresses.REAP.at(0), new Reap(T0 + 50, 10));
    shard.barrier();
    shard.disk().release();
    join(early);
    shard.reap();
    failure(Failure.NotFound.class, get(run.invocation().id()));
  }

  @Test
  void whatWasWrittenEarlierThanTheNextDueIsNotPassedOver() throws Exception {
    shard.succeeded();
    shard.reap(); // has looked up to the end of its retention
    shard.functions.put(FN, new TestFunctions.Spec().retention(10, 10));
    shard.succeeded();
    shard.advance(10);
    assertEquals(1, shard.reap().removed());
  }

  @Test
  void queuedOneExpiresWhenItIsTooOld() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000).paused());
    InvocationId id = shard.accepted().id();
    shard.advance(4_999);
    assertEquals(0, shard.reap().expired());
    shard.advance(1);
    assertEquals(1, shard.reap().expired());
    assertEquals(Status.EXPIRED, shard.get(id).status());
  }

  @Test
  void handedOverOneExpiresOnceItIsGivenBack() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000));
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    shard.advance(5_000);
    shard.reap();
    shard.executor.nextRevoke();
    assertEquals(Status.ENQUEUED, shard.get(id).status());
    shard.executor.released(run);
    shard.settle();
    assertEquals(Status.EXPIRED, shard.get(id).status());
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void handedOverOneThatBeginsInTimeDoesNotExpire() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000));
    Run run = shard.executor.next(shard.accepted().id());
    shard.executor.keepRevoked();
    shard.advance(5_000);
    shard.reap();
    shard.executor.began(run);
    shard.end(run);
    assertEquals(Status.SUCCEEDED, shard.get(run.invocation().id()).status());
  }

  @Test
  void retryIsNotTooOld() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(5_000));
    Run run = shard.running();
    shard.executor.failed(run, RunError.Kind.FUNCTION, 60_000, NOTHING, NOTHING);
    shard.settle();
    shard.advance(10_000);
    assertEquals(0, shard.reap().expired());
    assertEquals(Status.RETRYING, shard.get(run.invocation().id()).status());
  }

  private Future<Found> get(InvocationId id) {
    return shard.bus.request(Addresses.GET.at(0), new Get(id));
  }
}
