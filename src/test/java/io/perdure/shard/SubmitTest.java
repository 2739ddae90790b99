package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitTest {
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
  void submitIsAnsweredWithWhatWasAccepted() throws Exception {
    Submitted answer = join(shard.submit(0, submission(FN, null, 0, "hello")));
    assertTrue(answer.created());
    Invocation accepted = answer.invocation();
    assertEquals(Status.ENQUEUED, accepted.status());
    assertEquals(T0, accepted.acceptedAt());
    assertEquals(T0, accepted.dueAt());
    assertEquals(5, accepted.payload().bytes());
    assertEquals(
        List.of(Event.Type.ENQUEUED), accepted.events().stream().map(Event::type).toList());
    assertEquals(accepted, shard.get(accepted.id()));
  }

  @Test
  void whatIsDueIsHandedOverWithItsPayload() throws Exception {
    Invocation accepted = join(shard.submit(0, submission(FN, null, 0, "hello"))).invocation();
    Run run = shard.executor.next(accepted.id());
    assertEquals(1, run.attempt());
    assertArrayEquals("hello".getBytes(StandardCharsets.UTF_8), run.payload());
  }

  @Test
  void nothingIsAnsweredOrHandedOverBeforeTheCommit() throws Exception {
    shard.disk().hold();
    Future<Submitted> answer = shard.submit();
    shard.disk().awaitWaiting();
    shard.barrier();
    assertFalse(answer.isComplete());
    assertEquals(List.of(), shard.executor.handedOver());
    shard.disk().release();
    shard.executor.next(join(answer).invocation().id());
  }

  @Test
  void idsAscendWithinAShard() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 50).stream().map(Invocation::id).toList();
    assertEquals(ids.stream().sorted().toList(), ids);
  }

  @Test
  void unknownFunctionIsNotFound() {
    assertEquals("function", failure(Failure.NotFound.class, shard.submit(99)).what());
  }

  @Test
  void refusedAdmissionIsAnswered() {
    shard.refusal = new Failure.Unavailable("the disk is full", 1_000);
    assertEquals("the disk is full", failure(Failure.Unavailable.class, shard.submit()).message());
  }

  @Test
  void numberOfASubmitIsNotKeptWhereNobodyAsksTwice() throws Exception {
    Submitted first = join(shard.submit(0, numbered(7)));
    assertEquals(0, first.invocation().submission());
    assertFalse(join(shard.submit(0, numbered(7))).created());
  }

  @Test
  void keyGivesTheFirstInvocation() throws Exception {
    Submitted first = join(shard.submit("k", "a"));
    Submitted second = join(shard.submit("k", "a"));
    assertFalse(second.created());
    assertEquals(first.invocation().id(), second.invocation().id());
  }

  @Test
  void keyWithAnotherPayloadGivesTheFirstInvocationForTheCallerToCompare() throws Exception {
    Submitted first = join(shard.submit("k", "a"));
    Submitted second = join(shard.submit("k", "b"));
    assertFalse(second.created());
    assertEquals(first.invocation().fingerprint(), second.invocation().fingerprint());
  }

  @Test
  void keyOfAnotherFunctionIsAnotherKey() throws Exception {
    shard.functions.put(12);
    Submitted first = join(shard.submit(0, submission(FN, "k", 0, "a")));
    Submitted second = join(shard.submit(0, submission(12, "k", 0, "a")));
    assertTrue(second.created());
    assertNotEquals(first.invocation().id(), second.invocation().id());
  }

  @Test
  void keyThatIsNotCommittedYetIsTakenAndItsAnswerWaits() throws Exception {
    shard.disk().hold();
    Future<Submitted> first = shard.submit("k", "a");
    shard.disk().awaitWaiting();
    Future<Submitted> second = shard.submit("k", "a");
    shard.barrier();
    assertFalse(second.isComplete());
    shard.disk().release();
    assertTrue(join(first).created());
    assertFalse(join(second).created());
    assertEquals(join(first).invocation().id(), join(second).invocation().id());
  }

  @Test
  void keyIsKnownAfterARestart() throws Exception {
    Submitted first = join(shard.submit("k", "a"));
    shard.restart();
    Submitted second = join(shard.submit("k", "a"));
    assertFalse(second.created());
    assertEquals(first.invocation().id(), second.invocation().id());
  }

  static Submit numbered(long submission) {
    Submit from = submission(FN, "k", 0, "a");
    return new Submit(
        from.functionUid(),
        from.qualifier(),
        from.key(),
        from.fingerprint(),
        submission,
        from.requestId(),
        from.origin(),
        from.mode(),
        from.tracked(),
        from.depth(),
        from.traceparent(),
        from.labels(),
        from.dueAt(),
        from.redriveOf(),
        null,
        from.payload());
  }

  @Test
  void keyIsAnsweredWhileNothingNewIsAccepted() throws Exception {
    join(shard.submit("k", "a"));
    shard.refusal = new Failure.Unavailable("shutting down", 1_000);
    assertFalse(join(shard.submit("k", "a")).created());
  }

  @Test
  void invocationIsFoundByItsKey() throws Exception {
    InvocationId id = join(shard.submit("k", "a")).invocation().id();
    assertEquals(
        id, shard.ask(Addresses.GET_BY_KEY.at(0), new GetByKey(FN, "k")).invocation().id());
    failure(
        Failure.NotFound.class,
        shard.bus.request(Addresses.GET_BY_KEY.at(0), new GetByKey(FN, "other")));
  }

  @Test
  void getOfWhatIsNotCommittedWaits() throws Exception {
    InvocationId known = shard.accepted().id();
    shard.executor.next();
    shard.disk().hold();
    Future<?> stopped = shard.stop(known, io.perdure.invocation.StopMode.CANCEL);
    shard.disk().awaitWaiting();
    var got = shard.bus.request(Addresses.GET.at(0), new Get(known));
    shard.barrier();
    assertFalse(got.isComplete());
    shard.disk().release();
    assertEquals(Status.STOPPED, join(got).invocation().status());
    join(stopped);
  }

  @Test
  void eachOfSeveralSubmitsStandsAlone() throws Exception {
    List<Message> outcomes =
        shard
            .ask(
                Addresses.SUBMIT_ALL.at(0),
                new SubmitAll(
                    List.of(
                        submission(FN, null, 0, "a"),
                        submission(99, null, 0, "b"),
                        submission(FN, null, 0, "c"))))
            .outcomes();
    assertInstanceOf(Submitted.class, outcomes.get(0));
    assertInstanceOf(
        Failure.NotFound.class, assertInstanceOf(Failed.class, outcomes.get(1)).failure());
    assertInstanceOf(Submitted.class, outcomes.get(2));
    assertEquals(1, shard.disk().written().size());
  }

  @Test
  void delayedOneIsHandedOverWhenItIsDue() throws Exception {
    Invocation delayed = join(shard.submit(0, submission(FN, null, T0 + 5_000, "a"))).invocation();
    shard.advance(4_999);
    assertEquals(List.of(), shard.executor.handedOver());
    shard.advance(1);
    shard.executor.next(delayed.id());
  }
}
