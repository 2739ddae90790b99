package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When functions of SCF are run again, and how long their events are kept (spec tencent-scf, 7).
 */
class ScfScheduleTest {
  private static final long MINUTE = 60_000;
  private static final long MSG_TTL = 6 * TestFunctions.HOUR;
  private static final long KEPT = 72 * TestFunctions.HOUR;

  /** RetryNum 2. */
  private static final RetryPolicy RETRY =
      new RetryPolicy(3, MINUTE, MINUTE, 0, RetryPolicy.NONE.retryOn());

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
    shard.functions.put(
        FN,
        new TestFunctions.Spec()
            .flavour(Function.Flavour.SCF)
            .retry(RETRY)
            .eventAge(MSG_TTL)
            .retention(KEPT, KEPT));
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void failingFunctionRunsThreeTimesAMinuteApart() throws Exception {
    InvocationId id = shard.accepted().id();
    for (int attempt = 1; attempt <= 3; attempt++) {
      Run run = shard.executor.next(id);
      assertEquals(T0 + (attempt - 1) * MINUTE, shard.clock.millis());
      assertEquals(attempt, run.attempt());
      shard.executor.began(run);
      shard.executor.failed(run, RunError.Kind.FUNCTION);
      shard.settle();
      if (attempt < 3) {
        assertEquals(Status.RETRYING, shard.get(id).status());
        shard.advance(MINUTE - 1);
        assertEquals(List.of(), shard.executor.handedOver());
        shard.advance(1);
      }
    }
    Invocation ended = shard.get(id);
    assertEquals(Status.FAILED, ended.status());
    assertEquals(T0 + 2 * MINUTE, ended.endedAt());
  }

  @Test
  void platformFailuresBackOffToFiveMinutesAndEndWithTheMessage() throws Exception {
    InvocationId id = shard.accepted().id();
    Run first = shard.executor.next(id);
    shard.executor.began(first); // it has started once: from here on only the budget ends it
    List<Long> pauses = new ArrayList<>();
    for (Run run = first; run != null; ) {
      long failedAt = shard.clock.millis();
      shard.executor.failed(run, RunError.Kind.PLATFORM);
      shard.settle();
      Invocation now = shard.get(id);
      run = null;
      if (now.status() == Status.RETRYING) {
        pauses.add(now.dueAt() - failedAt);
        shard.advance(now.dueAt() - failedAt);
        run = shard.executor.next(id);
        shard.executor.began(run);
      }
    }
    Invocation ended = shard.get(id);
    assertEquals(Status.FAILED, ended.status());
    assertEquals(T0 + MSG_TTL, ended.endedAt());
    assertEquals(0, ended.failures());
    long pause = 500;
    for (long is : pauses.subList(0, pauses.size() - 1)) {
      assertTrue(is <= pause && is >= pause * 8 / 10, is + " of " + pause);
      pause = Math.min(2 * pause, 5 * MINUTE);
    }
    assertEquals(5 * MINUTE, pause);
  }

  @Test
  void messageThatNeverStartedExpiresAtItsEnd() throws Exception {
    InvocationId id = shard.accepted().id();
    shard.executor.next(id);
    shard.advance(MSG_TTL - 1);
    shard.reap();
    shard.settle();
    assertEquals(Status.ENQUEUED, shard.get(id).status());
    shard.advance(1);
    shard.reap();
    shard.settle();
    Invocation ended = shard.get(id);
    assertEquals(Status.EXPIRED, ended.status());
    assertEquals(T0 + MSG_TTL, ended.endedAt());
  }

  @Test
  void successIsKeptForThreeDaysToTheSecond() throws Exception {
    InvocationId id = shard.accepted().id();
    shard.end(shard.executor.next(id));
    keptFromNow(id, Status.SUCCEEDED);
  }

  @Test
  void failureIsKeptForThreeDaysToTheSecond() throws Exception {
    InvocationId id = shard.acceptedSync().id();
    Run run = shard.executor.next(id);
    shard.executor.began(run);
    shard.executor.failed(run, RunError.Kind.FUNCTION, 0, NOTHING, NOTHING);
    shard.settle();
    keptFromNow(id, Status.FAILED);
  }

  private void keptFromNow(InvocationId id, Status status) throws Exception {
    shard.advance(KEPT - 1_000);
    shard.reap();
    shard.settle();
    assertEquals(status, shard.get(id).status());
    shard.advance(1_000);
    assertEquals(1, shard.reap().removed());
    ShardHarness.failure(
        Failure.NotFound.class, shard.bus.request(Addresses.GET.at(0), new Get(id)));
  }
}
