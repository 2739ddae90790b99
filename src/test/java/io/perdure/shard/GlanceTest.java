package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard shows without being asked. */
class GlanceTest {
  private static final byte[] RESULT = {1, 2, 3};

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
  void whatHasEndedIsToldAsTheShardTellsIt() throws Exception {
    InvocationId id = ended();
    Invocation told = shard.get(id);
    assertEquals(Status.SUCCEEDED, told.status());
    assertEquals(told, shard.glance().ended(id));
  }

  @Test
  void whatWaitsOrRunsIsNotTold() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    assertNull(shard.glance().ended(id));
    shard.executor.began(run);
    assertNull(shard.glance().ended(id));
  }

  @Test
  void bodiesOfWhatHasEndedAreTheSameAsTheShardReads() throws Exception {
    InvocationId id = ended();
    Invocation told = shard.glance().ended(id);
    for (Part part : new Part[] {Part.PAYLOAD, Part.RESULT}) {
      Body read = shard.ask(Addresses.GET_BODY.at(0), new GetBody(id, part));
      assertTrue(read.bytes().length > 0);
      assertArrayEquals(read.bytes(), shard.glance().body(told, part));
    }
    assertNull(shard.glance().body(told, Part.LOG));
  }

  @Test
  void aKeyIsUnusedUntilAnInvocationThatHasItIsAcknowledged() throws Exception {
    assertTrue(shard.glance().isUnused(FN, "k"));
    assertNull(shard.glance().ended(FN, "k"));
    InvocationId id = join(shard.submit("k", "{}")).invocation().id();
    assertFalse(shard.glance().isUnused(FN, "k"));
    assertNull(shard.glance().ended(FN, "k"));
    shard.end(shard.executor.next(id));
    assertEquals(id, shard.glance().ended(FN, "k").id());
  }

  @Test
  void nothingIsShownAfterTheStoreHasFailed() throws Exception {
    assertNotNull(shard.glance());
    shard.disk().failAfter(0);
    failure(Failure.Unavailable.class, shard.submit());
    assertNull(shard.glance());
  }

  @Test
  void aReplicaTellsWhatHasEndedAndItsBodies(@TempDir Path elsewhere) throws Exception {
    InvocationId id = ended();
    Invocation told = shard.get(id);
    ShardHarness follower = following(elsewhere);
    try {
      assertEquals(told, follower.glance().ended(id));
      byte[] result = follower.glance().body(told, Part.RESULT);
      assertArrayEquals(RESULT, result);
      assertNull(follower.glance().ended(shard.accepted().id()));
    } finally {
      follower.close();
    }
  }

  @Test
  void aReplicaDoesNotTellBodiesThatAreRemoved(@TempDir Path elsewhere) throws Exception {
    InvocationId id = ended();
    Invocation told = shard.get(id);
    shard.lowWaterOnDisk(told.result().bucket() + 1);
    ShardHarness follower = following(elsewhere);
    try {
      assertNull(follower.glance().body(told, Part.RESULT));
    } finally {
      follower.close();
    }
  }

  @Test
  void aReplicaDoesNotTellThatAKeyIsUnused(@TempDir Path elsewhere) throws Exception {
    ShardHarness follower = following(elsewhere);
    try {
      assertFalse(follower.glance().isUnused(FN, "k"));
    } finally {
      follower.close();
    }
  }

  @Test
  void aReplicaDoesNotTellWhatIsBeyondItsRetention(@TempDir Path elsewhere) throws Exception {
    InvocationId id = ended();
    ShardHarness follower = following(elsewhere);
    try {
      follower.clock.advance(Duration.ofMillis(TestFunctions.HOUR));
      assertNull(follower.glance().ended(id));
    } finally {
      follower.close();
    }
  }

  @Test
  void aReplicaThatIsClosedTellsNothing(@TempDir Path elsewhere) throws Exception {
    InvocationId id = ended();
    Invocation told = shard.get(id);
    ShardHarness follower = following(elsewhere);
    try {
      shard.disk().lose("n2");
      shard.barrier();
      assertNull(follower.glance().ended(id));
      assertNull(follower.glance().body(told, Part.RESULT));
      assertNull(follower.glance().read(told, Part.RESULT));
    } finally {
      follower.close();
    }
  }

  @Test
  void anOwnerThatMayBeFollowedTellsNeitherUnusedKeysNorWhatIsOwed(@TempDir Path elsewhere)
      throws Exception {
    ShardHarness movable = ShardHarness.movable(elsewhere, ShardHarness.T0);
    try {
      assertFalse(movable.glance().isUnused(FN, "k"));
      InvocationId id = movable.succeeded();
      assertNotNull(movable.glance().ended(id));
      movable.functions.settings(FN, OwedTest.to("a"));
      InvocationId owing = movable.succeeded();
      assertTrue(movable.get(owing).owes());
      assertNull(movable.glance().ended(owing));
    } finally {
      movable.close();
    }
  }

  /** A node that has the store of the shard as its replica. */
  private ShardHarness following(Path elsewhere) throws Exception {
    ShardHarness follower = ShardHarness.movable(elsewhere, ShardHarness.T0);
    follower.disk().replica(shard.disk().store());
    follower.disk().lose("n1");
    follower.barrier();
    return follower;
  }

  private InvocationId ended() throws Exception {
    Run run = shard.running();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    return run.invocation().id();
  }
}
