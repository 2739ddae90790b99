package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions that the node of a shard has not heard of yet: nothing is decided without them. */
class UnheardTest {
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
  void aSubmitIsRefusedForAMoment() throws Exception {
    shard.functions.unhear(FN);
    assertEquals(
        Queues.UNHEARD_MILLIS,
        failure(Failure.Unavailable.class, shard.submit()).retryAfterMillis());
  }

  @Test
  void aSubmitToADeletedFunctionIsRefusedForGood() throws Exception {
    shard.functions.delete(FN);
    failure(Failure.NotFound.class, shard.submit());
  }

  @Test
  void aStopIsRefusedForAMoment() throws Exception {
    InvocationId id = shard.accepted().id();
    reopenWithoutTheFunction();
    failure(Failure.Unavailable.class, shard.stop(id, StopMode.CANCEL));
    assertEquals(Status.ENQUEUED, shard.get(id).status());
  }

  @Test
  void whatWaitsIsHandedOverWhenTheFunctionIsHeardOf() throws Exception {
    InvocationId id = shard.accepted().id();
    reopenWithoutTheFunction();
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
    assertEquals(Status.ENQUEUED, shard.get(id).status());
    shard.functions.put(FN);
    shard.functionChanged(FN, false);
    shard.executor.next(id);
  }

  @Test
  void whatWaitsIsLookedAtAgainWithoutBeingTold() throws Exception {
    InvocationId id = shard.accepted().id();
    reopenWithoutTheFunction();
    shard.advance(Queues.UNHEARD_MILLIS);
    assertEquals(Status.ENQUEUED, shard.get(id).status());
    shard.functions.put(FN);
    shard.advance(Queues.UNHEARD_MILLIS);
    shard.executor.next(id);
  }

  @Test
  void whatWaitsEndsWhenTheFunctionIsHeardToBeDeleted() throws Exception {
    InvocationId id = shard.accepted().id();
    reopenWithoutTheFunction();
    shard.functions.delete(FN);
    shard.advance(Queues.UNHEARD_MILLIS);
    assertEquals(Status.INVALID, shard.get(id).status());
  }

  @Test
  void aLostAttemptIsDecidedWhenTheFunctionIsHeardOf() throws Exception {
    Run run = shard.running();
    InvocationId id = run.invocation().id();
    shard.advance(ShardConfig.DEFAULT.writeDownMillis());
    reopenWithoutTheFunction();
    shard.settle();
    assertEquals(Status.RUNNING, shard.get(id).status());
    shard.functions.put(FN);
    shard.functionChanged(FN, false);
    shard.settle();
    assertTrue(shard.get(id).status().waiting(), () -> "it is retried");
  }

  @Test
  void theReaperLeavesWhatWaitsAsItIs() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(1_000));
    InvocationId id = shard.accepted().id();
    reopenWithoutTheFunction();
    shard.advance(10_000);
    shard.reap();
    assertEquals(Status.ENQUEUED, shard.get(id).status());
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(1_000).paused());
    shard.reap();
    assertEquals(Status.EXPIRED, shard.get(id).status());
  }

  private void reopenWithoutTheFunction() throws Exception {
    shard.disk().lose("n2");
    shard.barrier();
    shard.executor.forget();
    shard.functions.unhear(FN);
    shard.disk().gain();
    shard.serving();
    shard.clock.advance(Duration.ofMillis(1));
  }
}
