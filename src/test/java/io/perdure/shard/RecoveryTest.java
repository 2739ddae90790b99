package io.perdure.shard;

import static io.perdure.bus.Addresses.GET;
import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.all;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restart makes of what it finds. */
class RecoveryTest {
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
  void whatWaitsIsHandedOverAgainInOrder() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 5).stream().map(Invocation::id).toList();
    shard.executor.next(5);
    shard.restart();
    assertEquals(ids, shard.executor.next(5).stream().map(run -> run.invocation().id()).toList());
  }

  @Test
  void whatTheExecutorSaysAtOnceIsHeard() throws Exception {
    InvocationId id = shard.accepted(FN, 1).get(0).id();
    var answer = new AtomicReference<Future<Found>>();
    shard.disk().onOpening(() -> answer.set(shard.bus.request(GET.at(0), new Get(id))));
    shard.restart();
    assertEquals(id, join(answer.get()).invocation().id());
  }

  @Test
  void startThatWasNotWrittenDownFallsBack() throws Exception {
    Run run = running();
    shard.restart();
    Invocation now = shard.get(run.invocation().id());
    assertEquals(run.invocation(), now);
    assertEquals(1, shard.executor.next(now.id()).attempt());
  }

  @Test
  void startThatWasWrittenDownIsLostAndRunAgainAtOnce() throws Exception {
    Run run = running();
    shard.advance(1_000);
    shard.restart();
    assertEquals(2, shard.executor.next(run.invocation().id()).attempt());
    Invocation now = shard.get(run.invocation().id());
    assertEquals(Status.RETRYING, now.status());
    assertEquals(0, now.failures());
    assertEquals(1, now.platformFailures());
    Event lost = now.events().get(now.events().size() - 1);
    assertEquals(Event.Type.PLATFORM_RETRY, lost.type());
    assertTrue(lost.detail().contains("may have run"), lost.detail());
    assertTrue(lost.detail().contains("instance-1"), lost.detail());
  }

  @Test
  void stoppingEndsStopped() throws Exception {
    Run run = running();
    join(shard.stop(run.invocation().id(), StopMode.CANCEL));
    shard.restart();
    shard.settle();
    assertEquals(Status.STOPPED, shard.get(run.invocation().id()).status());
    assertEquals(Map.of(Status.STOPPED, 1L), shard.count(all(FN)));
  }

  @Test
  void retryKeepsItsTime() throws Exception {
    Run run = running();
    shard.executor.failed(run, RunError.Kind.FUNCTION);
    shard.settle();
    shard.restart();
    Invocation waiting = shard.get(run.invocation().id());
    assertEquals(Status.RETRYING, waiting.status());
    assertEquals(T0 + 1_000, waiting.dueAt());
    shard.advance(998);
    assertEquals(List.of(), shard.executor.handedOver());
    shard.advance(1);
    assertEquals(2, shard.executor.next(waiting.id()).attempt());
  }

  @Test
  void failuresAreStillCountedSoThatThePauseGrows() throws Exception {
    Run first = running();
    shard.executor.failed(first, RunError.Kind.FUNCTION);
    shard.settle();
    shard.restart();
    shard.advance(1_000);
    Run second = shard.executor.next();
    shard.executor.began(second);
    shard.executor.failed(second, RunError.Kind.FUNCTION);
    shard.settle();
    assertEquals(shard.clock.millis() + 2_000, shard.get(second.invocation().id()).dueAt());
  }

  @Test
  void countsAreThoseOfTheRecords() throws Exception {
    shard.accepted(FN, 3);
    List<Run> runs = shard.executor.next(3);
    shard.executor.began(runs.get(0));
    shard.executor.succeeded(runs.get(0), NOTHING);
    shard.executor.began(runs.get(1));
    shard.settle();
    shard.restart();
    assertEquals(Map.of(Status.ENQUEUED, 2L, Status.SUCCEEDED, 1L), shard.count(all(FN)));
    assertEquals(shard.count(all(FN)), shard.count(all(0)));
  }

  @Test
  void idsGoOnAboveTheGreatest() throws Exception {
    InvocationId before = shard.accepted().id();
    shard.restart();
    assertTrue(shard.accepted().id().compareTo(before) > 0);
  }

  @Test
  void endedOnesStayAsTheyAre() throws Exception {
    Run run = running();
    shard.executor.succeeded(run, NOTHING);
    shard.settle();
    Invocation before = shard.get(run.invocation().id());
    shard.restart();
    assertEquals(before, shard.get(before.id()));
  }

  @Test
  void functionsWithDelayedOnesAreServedWhenThoseAreDue() throws Exception {
    shard.functions.put(12);
    InvocationId later =
        join(shard.submit(0, submission(12, null, T0 + 10_000, "a"))).invocation().id();
    InvocationId sooner =
        join(shard.submit(0, submission(FN, null, T0 + 5_000, "a"))).invocation().id();
    shard.restart();
    shard.advance(5_000);
    shard.executor.next(sooner);
    shard.advance(5_000);
    shard.executor.next(later);
  }

  @Test
  void cleanRestartLosesNothingEither() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 5).stream().map(Invocation::id).toList();
    shard.restartCleanly();
    assertEquals(ids, shard.executor.next(5).stream().map(run -> run.invocation().id()).toList());
  }

  private Run running() throws Exception {
    shard.accepted();
    Run run = shard.executor.next();
    shard.executor.began(run);
    shard.barrier();
    return run;
  }
}
