package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.bus.ShardMessages.Resume;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard that another node is to own loses nothing that runs. */
class RestingTest {
  private static final long LONG = 12;

  @TempDir private Path directory;
  private ShardHarness shard;

  @BeforeEach
  void open() throws Exception {
    shard = ShardHarness.movable(directory, ShardHarness.T0);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  private Future<Rested> rest(long millis, boolean anyway) throws Exception {
    return rest(new Rest(millis, anyway, 0));
  }

  /** As one that is to leave its node, which has {@code millis} for that. */
  private Future<Rested> leave(long millis) throws Exception {
    return rest(new Rest(1_000, false, millis));
  }

  private Future<Rested> rest(Rest rest) throws Exception {
    Future<Rested> answer = shard.bus.request(Addresses.REST.at(0), rest, 60_000);
    settle();
    return answer;
  }

  /** All that was sent before is processed; commits, which may be held, are not waited for. */
  private void settle() throws Exception {
    shard.barrier();
    shard.barrier();
  }

  private void advance(long millis) throws Exception {
    shard.clock.advance(Duration.ofMillis(millis));
    settle();
  }

  private void resume() throws Exception {
    join(shard.bus.request(Addresses.RESUME.at(0), new Resume()));
    settle();
  }

  private List<InvocationId> handedOver() {
    return shard.executor.handedOver().stream().map(run -> run.invocation().id()).toList();
  }

  @Test
  void nothingIsStartedUntilItIsResumed() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    settle();
    Future<Rested> answer = rest(1_000, false);
    Invocation accepted = shard.accepted();
    settle();
    assertEquals(List.of(), handedOver());
    assertFalse(answer.isComplete());
    resume();
    assertFalse(join(answer).quiet());
    assertEquals(List.of(accepted.id()), handedOver());
  }

  @Test
  void whatHasNotBegunIsTakenBackAndHandedOverAgainWhenResumed() throws Exception {
    Invocation accepted = shard.accepted();
    shard.executor.next(accepted.id());
    Future<Rested> answer = rest(1_000, false);
    assertEquals(accepted.id(), shard.executor.nextRevoke().id());
    settle();
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
    settle();
    Future<Rested> answer = rest(1_000, false);
    advance(100);
    assertFalse(answer.isComplete());
    shard.executor.succeeded(run, new byte[0]);
    settle();
    advance(20);
    assertTrue(join(answer).quiet());
  }

  @Test
  void whatHasEndedIsOnDiskBeforeTheShardIsAtRest() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    settle();
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
    settle();
    Future<Rested> answer = rest(400, false);
    Invocation later = shard.accepted();
    settle();
    assertEquals(List.of(), handedOver());
    advance(400);
    assertFalse(join(answer).quiet());
    settle();
    assertEquals(List.of(later.id()), handedOver());
  }

  @Test
  void shardWhereSomethingHasRunForLongIsNotKeptWaiting() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    settle();
    advance(1_001);
    assertFalse(join(rest(1_000, false)).quiet());
    Invocation later = shard.accepted();
    settle();
    assertEquals(List.of(later.id()), handedOver());
    assertFalse(rest(1_000, true).isComplete(), "who has to leave waits for it");
  }

  @Test
  void attemptThatHasJustBegunIsWaitedForThoughAnEarlierOneBeganLongAgo() throws Exception {
    shard.accepted();
    Run first = shard.executor.next();
    shard.executor.began(first);
    shard.executor.failed(first, RunError.Kind.FUNCTION);
    settle();
    advance(5_000);
    shard.executor.began(shard.executor.next());
    settle();
    assertFalse(rest(1_000, false).isComplete());
  }

  // ---- once it is at rest

  @Test
  void whatArrivesIsLeftToTheNextOwner() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Future<Submitted> submit = shard.submit();
    settle();
    assertFalse(submit.isComplete());
    assertEquals("n2", lost(submit).owner());
    shard.disk().gain();
    shard.serving();
    assertEquals(Map.of(), shard.count(all(FN)));
  }

  @Test
  void whatWasDecidedBeforeIsCommittedBefore() throws Exception {
    shard.disk().hold();
    Future<Submitted> writing = shard.submit();
    shard.disk().awaitWaiting();
    Future<Submitted> building = shard.submit(); // which the next write has
    Future<Rested> answer = rest(1_000, false);
    assertFalse(answer.isComplete());
    shard.disk().release();
    assertTrue(join(answer).quiet());
    Future<Submitted> later = shard.submit();
    settle();
    assertTrue(join(writing).created());
    assertTrue(join(building).created());
    assertEquals("n2", lost(later).owner());
  }

  @Test
  void whatArrivesIsAcceptedHereWhenItIsResumed() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Future<Submitted> submit = shard.submit();
    settle();
    resume();
    shard.executor.next(join(submit).invocation().id());
  }

  @Test
  void whatArrivesIsLeftToTheNextOwnerAlsoIfSomethingRunsOn() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    settle();
    Future<Rested> answer = rest(1_000, true);
    advance(1_000);
    assertFalse(join(answer).quiet());
    Future<Submitted> submit = shard.submit();
    settle();
    assertEquals("n2", lost(submit).owner());
  }

  @Test
  void shardThatNobodyTakesOverGoesOnByItself() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Future<Submitted> submit = shard.submit();
    settle();
    advance(Resting.COMMITS_HELD_MILLIS_MAX);
    shard.executor.next(join(submit).invocation().id());
  }

  @Test
  void shardAtRestEndsInGoodOrder() throws Exception {
    assertTrue(join(rest(1_000, false)).quiet());
    Future<Submitted> submit = shard.submit();
    settle();
    join(shard.undeploy(0));
    assertTrue(join(submit).created());
  }

  // ---- while it is to leave

  @Test
  void onlyWhatHasToEndBeforeWhatRunsIsStarted() throws Exception {
    shard.functions.put(LONG, new TestFunctions.Spec().timeout(600_000));
    shard.accepted(LONG);
    Run running = shard.executor.next();
    shard.executor.began(running);
    settle();
    Future<Rested> answer = leave(300_000);
    Invocation shorter = shard.accepted(FN);
    Invocation asLong = shard.accepted(LONG);
    Run run = shard.executor.next(shorter.id());
    shard.executor.began(run);
    settle();
    shard.executor.succeeded(running, ScriptedExecutor.NOTHING);
    settle();
    advance(20);
    shard.accepted(FN); // of the same limit as the one that runs, and later
    settle();
    assertEquals(List.of(), handedOver());
    assertFalse(answer.isComplete());
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    settle();
    advance(20);
    assertTrue(join(answer).quiet());
    resume();
    assertEquals(2, handedOver().size(), asLong::toString);
  }

  @Test
  void nothingIsStartedThatMightOutlastTheTimeItMayStay() throws Exception {
    shard.functions.put(LONG, new TestFunctions.Spec().timeout(600_000));
    shard.accepted(LONG);
    shard.executor.began(shard.executor.next());
    settle();
    leave(59_000);
    shard.accepted(FN);
    settle();
    assertEquals(List.of(), handedOver());
  }

  @Test
  void whatMightOutlastWhatRunsIsTakenBack() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    Invocation waiting = shard.accepted();
    shard.executor.next(waiting.id());
    shard.executor.began(run);
    settle();
    leave(300_000);
    assertEquals(waiting.id(), shard.executor.nextRevoke().id());
  }

  @Test
  void shardThatIsToLeaveStartsNothingBetweenTwoRequests() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    settle();
    Future<Rested> first = leave(300_000);
    advance(1_000);
    assertFalse(join(first).quiet());
    Invocation later = shard.accepted();
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    settle();
    advance(500);
    assertEquals(List.of(), handedOver());
    assertTrue(join(leave(300_000)).quiet());
    resume();
    assertEquals(List.of(later.id()), handedOver());
  }

  @Test
  void shardThatIsNotAskedToLeaveAgainGoesOn() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    settle();
    Future<Rested> answer = leave(300_000);
    Invocation later = shard.accepted();
    advance(1_000);
    assertFalse(join(answer).quiet());
    assertEquals(List.of(), handedOver());
    advance(Resting.LEAVING_MILLIS_MAX);
    assertEquals(List.of(later.id()), handedOver());
  }

  // ---- calls whose callers wait

  private Future<Submitted> call() throws Exception {
    Submit call =
        ShardHarness.submission(FN, null, 0, Invocation.Mode.SYNC, Map.of(), new byte[] {'x'});
    Future<Submitted> answer = shard.submit(0, call);
    settle();
    return answer;
  }

  @Test
  void callWaitsForThoseBeforeItAndIsLeftToTheNextOwner() throws Exception {
    call();
    Run run = shard.executor.next();
    shard.executor.began(run);
    settle();
    Future<Rested> answer = rest(1_000, false);
    Future<Submitted> next = call();
    assertEquals(List.of(), handedOver());
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    settle();
    advance(20);
    assertTrue(join(answer).quiet());
    assertEquals("n2", lost(next).owner());
  }

  @Test
  void callDoesNotWaitWhileSomethingElseRuns() throws Exception {
    shard.accepted();
    shard.executor.began(shard.executor.next());
    settle();
    rest(1_000, false);
    Future<Submitted> call = call();
    shard.executor.next(join(call).invocation().id());
  }

  @Test
  void callIsLetInAfterAWhile() throws Exception {
    call();
    shard.executor.began(shard.executor.next());
    settle();
    rest(5_000, false);
    Future<Submitted> next = call();
    assertFalse(next.isComplete());
    advance(Resting.DOOR_MILLIS_MAX);
    shard.executor.next(join(next).invocation().id());
  }

  @Test
  void callThatBeginsWithTheLastCommitIsWaitedFor() throws Exception {
    shard.disk().hold();
    Submit call =
        ShardHarness.submission(FN, null, 0, Invocation.Mode.SYNC, Map.of(), new byte[] {'x'});
    shard.submit(0, call);
    shard.disk().awaitWaiting();
    Future<Rested> answer = shard.bus.request(Addresses.REST.at(0), new Rest(1_000, false, 0));
    shard.barrier();
    shard.disk().release();
    Run run = shard.executor.next();
    shard.executor.began(run);
    settle();
    assertFalse(answer.isComplete());
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    settle();
    advance(20);
    assertTrue(join(answer).quiet());
  }

  /** What {@code answer} fails with when the shard goes to n2. */
  private Failure.Fenced lost(Future<Submitted> answer) throws Exception {
    shard.disk().lose("n2");
    shard.barrier();
    return failure(Failure.Fenced.class, answer);
  }
}
