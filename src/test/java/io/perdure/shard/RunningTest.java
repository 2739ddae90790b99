package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.perdure.bus.Addresses;
import io.perdure.bus.Criteria;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attempts: how they begin, end, are repeated and fenced. */
class RunningTest {
  private static final byte[] RESULT = "done".getBytes(StandardCharsets.UTF_8);

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
  void runningWaitsForNoWrite() throws Exception {
    Run run = running();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.RUNNING, now.status());
    assertEquals(1, now.attempts());
    assertEquals("instance-1", now.instance());
    assertEquals(T0, now.startedAt());
    assertEquals(1, shard.disk().written().size());
  }

  @Test
  void runningIsListedAndCountedAsSuch() throws Exception {
    InvocationId id = running().invocation().id();
    assertEquals(List.of(id), shard.list(all(FN, Status.RUNNING)));
    assertEquals(List.of(), shard.list(all(FN, Status.ENQUEUED)));
    assertEquals(List.of(id), shard.list(all(FN, Status.ENQUEUED, Status.RUNNING)));
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(all(FN)));
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(all(0)));
    assertEquals(Map.of(), shard.count(all(FN, Status.ENQUEUED)));
  }

  @Test
  void runningStaysVisibleWhileItsOutcomeIsBeingWritten() throws Exception {
    Run run = running();
    shard.disk().hold();
    shard.executor.succeeded(run, RESULT);
    shard.disk().awaitWaiting();
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(all(FN)));
    var filter = new Filter(TestFunctions.ACCOUNT, FN, Criteria.ANY.acceptedWithin(T0, T0 + 1));
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(filter));
    shard.disk().release();
    shard.settle();
    assertEquals(Map.of(Status.SUCCEEDED, 1L), shard.count(all(FN)));
    assertEquals(Map.of(Status.SUCCEEDED, 1L), shard.count(filter));
  }

  @Test
  void attemptIsWrittenDownAfterASecond() throws Exception {
    Run run = running();
    shard.advance(999);
    assertEquals(Status.ENQUEUED, onDisk(run.invocation().id()).status());
    shard.advance(1);
    Invocation written = onDisk(run.invocation().id());
    assertEquals(Status.RUNNING, written.status());
    assertEquals("instance-1", written.instance());
    assertEquals(T0, written.events().get(1).at());
    assertEquals(Map.of(Status.RUNNING, 1L), shard.count(all(FN)));
  }

  @Test
  void laterAttemptsAreWrittenDownEachAfterItsSecond() throws Exception {
    Run first = running();
    shard.advance(500);
    Run second = running();
    shard.advance(500);
    assertEquals(Status.RUNNING, onDisk(first.invocation().id()).status());
    assertEquals(Status.ENQUEUED, onDisk(second.invocation().id()).status());
    shard.advance(500);
    assertEquals(Status.RUNNING, onDisk(second.invocation().id()).status());
  }

  @Test
  void successEndsItWithItsResult() throws Exception {
    Run run = running();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    Invocation ended = shard.get(run.invocation().id());
    assertEquals(Status.SUCCEEDED, ended.status());
    assertEquals(T0, ended.endedAt());
    assertEquals(T0 + TestFunctions.HOUR, ended.expiresAt());
    assertArrayEquals(RESULT, body(ended.id(), Part.RESULT).bytes());
    assertArrayEquals(NOTHING, body(ended.id(), Part.LOG).bytes());
  }

  @Test
  void successTakesTwoWrites() throws Exception {
    Run run = running();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    assertEquals(2, shard.disk().written().size());
  }

  @Test
  void failureIsRepeatedAfterItsPause() throws Exception {
    Run run = running();
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    Invocation waiting = shard.get(run.invocation().id());
    assertEquals(Status.RETRYING, waiting.status());
    assertEquals(T0 + 1_000, waiting.dueAt());
    shard.advance(999);
    assertEquals(List.of(), shard.executor.handedOver());
    shard.advance(1);
    assertEquals(2, shard.executor.next(waiting.id()).attempt());
  }

  @Test
  void failureWithoutAPauseIsRepeatedOnceItIsCommitted() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().retry(RetryPolicy.of(3, 0, 0)));
    Run run = running();
    shard.accepted(); // keeps the queue being read
    shard.disk().hold();
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.disk().awaitWaiting();
    shard.executor.began(shard.executor.next());
    shard.barrier();
    assertEquals(List.of(), shard.executor.handedOver());
    shard.disk().release();
    assertEquals(2, shard.executor.next(run.invocation().id()).attempt());
  }

  @Test
  void lastFailureEndsItWithItsResultAndLog() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().retry(RetryPolicy.NONE));
    Run run = running();
    byte[] log = {1, 2, 3};
    shard.executor.failed(run, RunError.Kind.FUNCTION, 0, RESULT, log);
    shard.settle();
    Invocation ended = shard.get(run.invocation().id());
    assertEquals(Status.FAILED, ended.status());
    assertArrayEquals(RESULT, body(ended.id(), Part.RESULT).bytes());
    assertArrayEquals(log, body(ended.id(), Part.LOG).bytes());
  }

  @Test
  void resultOfAFailureThatIsRepeatedIsNotStored() throws Exception {
    Run run = running();
    shard.executor.failed(run, RunError.Kind.FUNCTION, 0, RESULT, NOTHING);
    shard.settle();
    try (var view = shard.disk().store().view();
        var scan = view.scan(Family.RESULT, null, null, false)) {
      assertFalse(scan.valid());
    }
  }

  @Test
  void largeBodiesComeBackWhole() throws Exception {
    Run run = running();
    byte[] large = new byte[3 * 1024 * 1024 + 17];
    new Random(1).nextBytes(large);
    shard.executor.succeeded(run, large);
    shard.settle();
    assertArrayEquals(large, body(run.invocation().id(), Part.RESULT).bytes());
  }

  @Test
  void platformFailureBeforeTheStartLeavesTheRetriesUntouched() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.failed(run, RunError.Kind.PLATFORM);
    shard.settle();
    Invocation waiting = shard.get(run.invocation().id());
    assertEquals(Status.RETRYING, waiting.status());
    assertEquals(0, waiting.failures());
    assertEquals(1, waiting.platformFailures());
    shard.advance(500);
    assertEquals(waiting.attempts() + 1, shard.executor.next(waiting.id()).attempt());
  }

  @Test
  void whatAnEarlierAttemptTellsIsIgnored() throws Exception {
    Run first = running();
    shard.executor.failed(first, RunError.Kind.FUNCTION);
    shard.settle();
    shard.advance(1_000);
    Run second = shard.executor.next();
    shard.executor.began(second);
    shard.executor.succeeded(first, RESULT);
    shard.settle();
    assertEquals(Status.RUNNING, shard.get(first.invocation().id()).status());
    shard.executor.succeeded(second, RESULT);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(first.invocation().id()).status());
  }

  @Test
  void whatAnEarlierAttemptTellsFreesNoPlace() throws Exception {
    Run first = running();
    shard.executor.failed(first, RunError.Kind.FUNCTION);
    shard.settle();
    shard.advance(1_000);
    Run second = shard.executor.next();
    shard.executor.released(first);
    shard.executor.began(first);
    shard.settle();
    assertEquals(Status.RETRYING, shard.get(first.invocation().id()).status());
    shard.executor.began(second);
    shard.barrier();
    assertEquals(Status.RUNNING, shard.get(first.invocation().id()).status());
  }

  @Test
  void whatAnAttemptOfAnEarlierOpeningTellsIsIgnored() throws Exception {
    Run before = running();
    shard.restart();
    Run after = shard.executor.next(before.invocation().id());
    shard.executor.succeeded(before, RESULT);
    shard.settle();
    assertEquals(Status.ENQUEUED, shard.get(before.invocation().id()).status());
    shard.executor.began(after);
    shard.executor.succeeded(after, RESULT);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(before.invocation().id()).status());
  }

  @Test
  void outcomeWithoutABeginningIsIgnored() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    assertEquals(Status.ENQUEUED, shard.get(run.invocation().id()).status());
  }

  @Test
  void outcomeIsToldOnlyOnceItIsCommitted() throws Exception {
    Run run = running();
    shard.disk().hold();
    shard.executor.succeeded(run, RESULT);
    shard.disk().awaitWaiting();
    var got = shard.bus.request(Addresses.GET.at(0), new Get(run.invocation().id()));
    shard.barrier();
    assertFalse(got.isComplete());
    shard.disk().release();
    assertEquals(Status.SUCCEEDED, ShardHarness.join(got).invocation().status());
  }

  @Test
  void whatEndsOfADeletedFunctionKeepsItsResult() throws Exception {
    Run run = running();
    shard.functions.delete(FN);
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    assertEquals(Status.SUCCEEDED, shard.get(run.invocation().id()).status());
    assertArrayEquals(RESULT, body(run.invocation().id(), Part.RESULT).bytes());
  }

  @Test
  void platformFailureOfADeletedFunctionIsTheLast() throws Exception {
    Run run = running();
    shard.functions.delete(FN);
    shard.executor.failed(run, RunError.Kind.PLATFORM);
    shard.settle();
    assertEquals(Status.FAILED, shard.get(run.invocation().id()).status());
  }

  @Test
  void stepsOfAStopAreEvents() throws Exception {
    Run run = running();
    shard.executor.stopStep(run, Event.Type.STOP_DELIVERED);
    shard.settle();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.RUNNING, now.status());
    assertEquals(Event.Type.STOP_DELIVERED, now.events().get(now.events().size() - 1).type());
    assertNull(now.stop());
  }

  private Run running() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    shard.barrier();
    return run;
  }

  private Invocation onDisk(InvocationId id) {
    return RecordCodec.decode(shard.disk().store().get(Family.RECORD, Keys.id(id)));
  }

  private Body body(InvocationId id, Part part) throws Exception {
    return shard.ask(Addresses.GET_BODY.at(0), new GetBody(id, part));
  }
}
