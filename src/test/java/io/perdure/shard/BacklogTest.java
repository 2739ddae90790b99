package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bounds on what is unfinished and on what waits for the disk. */
class BacklogTest {
  private static final int SHARDS = 3;
  private static final int PER_FUNCTION = 10;
  private static final int PER_ACCOUNT = 15;
  private static final int PENDING = 20;

  private ShardHarness shards;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    ShardConfig config =
        new TestConfig().backlog(PER_FUNCTION, PER_ACCOUNT).pending(PENDING).make();
    shards = new ShardHarness(directory, SHARDS, config);
  }

  @AfterEach
  void close() throws Exception {
    shards.close();
  }

  @Test
  void functionsBoundHoldsOverAllShardsAtOnce() throws Exception {
    assertEquals(PER_FUNCTION, submitted(FN, 60));
    assertEquals(PER_FUNCTION, shards.backlog.total());
  }

  @Test
  void accountsBoundHoldsOverAllItsFunctions() throws Exception {
    shards.functions.put(12);
    shards.functions.put(13, new TestFunctions.Spec().account("other"));
    assertEquals(PER_FUNCTION, submitted(FN, 15));
    assertEquals(PER_ACCOUNT - PER_FUNCTION, submitted(12, 15));
    assertEquals(PER_FUNCTION, submitted(13, 15));
  }

  @Test
  void refusalNamesTheLimit() throws Exception {
    submitted(FN, PER_FUNCTION);
    assertEquals("function.backlog", failure(Failure.Throttled.class, shards.submit(FN)).limit());
  }

  @Test
  void endMakesRoom() throws Exception {
    submitted(FN, PER_FUNCTION);
    Run run = shards.executor.next();
    shards.executor.began(run);
    shards.executor.succeeded(run, NOTHING);
    shards.settle();
    assertEquals(1, submitted(FN, 5));
  }

  @Test
  void stopMakesRoom() throws Exception {
    InvocationId id = shards.accepted().id();
    submitted(FN, PER_FUNCTION - 1);
    join(shards.stop(id, StopMode.CANCEL));
    assertEquals(1, submitted(FN, 5));
  }

  @Test
  void boundCountsWhatARestartFound() throws Exception {
    submitted(FN, PER_FUNCTION);
    shards.restart();
    assertEquals(PER_FUNCTION, shards.backlog.total());
    assertEquals(0, submitted(FN, 5));
    Run run = shards.executor.next();
    shards.executor.began(run);
    shards.executor.succeeded(run, NOTHING);
    shards.settle();
    assertEquals(1, submitted(FN, 5));
  }

  @Test
  void failedSubmitTakesNoRoom() throws Exception {
    shards.disk().failAfter(0);
    failure(Failure.Unavailable.class, shards.submit());
    shards.disk().repair();
    shards.reopened();
    assertEquals(0, shards.backlog.total());
    assertEquals(PER_FUNCTION, submitted(FN, 30));
  }

  @Test
  void submitsBeyondWhatMayWaitForTheDiskAreThrottled() throws Exception {
    for (long function = 100; function < 105; function++) {
      shards.functions.put(function, new TestFunctions.Spec().account("a" + function));
    }
    shards.disk().hold();
    List<Future<Submitted>> submits = new ArrayList<>();
    for (int i = 0; i < PENDING + 5; i++) {
      submits.add(shards.submit(0, submission(100 + i % 5, null, 0, "{}")));
    }
    shards.disk().awaitWaiting();
    shards.barrier();
    Failure.Throttled refused = failure(Failure.Throttled.class, submits.get(PENDING));
    assertEquals("shard.pending", refused.limit());
    shards.disk().release();
    for (Future<Submitted> submit : submits.subList(0, PENDING)) {
      join(submit);
    }
    join(shards.submit(0, submission(100, null, 0, "{}")));
  }

  /** How many of {@code n} submits at once, spread over the shards, are accepted. */
  private int submitted(long function, int n) throws Exception {
    List<Future<Submitted>> submits = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      submits.add(shards.submit(i % SHARDS, submission(function, null, 0, "{}")));
    }
    int accepted = 0;
    for (Future<Submitted> submit : submits) {
      try {
        join(submit);
        accepted++;
      } catch (ExecutionException e) {
        FailureException refused = (FailureException) e.getCause();
        assertEquals(Failure.Kind.THROTTLED, refused.failure().kind());
      }
    }
    return accepted;
  }
}
