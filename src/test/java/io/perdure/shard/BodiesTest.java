package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static io.perdure.shard.TestFunctions.HOUR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.journal.Family;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long payloads, results and logs can be read, and when their space is freed. */
class BodiesTest {
  private static final byte[] RESULT = "done".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LOG = "careful".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory, 1, new TestConfig().batchBytes(64 << 10).make());
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void payloadOfALongWaitingOneIsMovedAndStaysReadable() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    InvocationId id = shard.accepted().id();
    int before = shard.get(id).payload().bucket();
    for (int hour = 0; hour < 48; hour++) {
      shard.advance(HOUR);
      shard.reap();
      drop(BodyRef.bucketUntil(shard.clock.millis()));
      assertArrayEquals(PAYLOAD, body(id, Part.PAYLOAD));
    }
    assertTrue(shard.get(id).payload().bucket() > before);
  }

  @Test
  void movedPayloadIsWhatTheAttemptGetsInTheEnd() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    InvocationId id = shard.accepted().id();
    shard.advance(10 * HOUR);
    assertEquals(1, shard.reap().moved());
    drop(BodyRef.bucketUntil(shard.clock.millis()));
    shard.functions.put(FN);
    shard.functionChanged(FN, false);
    Run run = shard.executor.next(id);
    assertArrayEquals(PAYLOAD, body(id, Part.PAYLOAD));
    shard.executor.began(run);
    shard.end(run);
    assertArrayEquals(PAYLOAD, body(id, Part.PAYLOAD));
  }

  @Test
  void payloadOfWhatBeganJustNowAfterALongWaitIsMovedAsWell() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(1_000));
    Run run = shard.executor.next(shard.accepted().id());
    shard.advance(10 * HOUR);
    shard.executor.began(run);
    shard.barrier();
    assertEquals(1, shard.reap().moved());
    drop(BodyRef.bucketUntil(shard.clock.millis()));
    assertArrayEquals(PAYLOAD, body(run.invocation().id(), Part.PAYLOAD));
  }

  @Test
  void payloadOfWhatIsToExpireOnceItIsGivenBackIsKept() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().eventAge(1_000));
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.keepRevoked();
    shard.advance(10 * HOUR);
    shard.reap();
    drop(BodyRef.bucketUntil(shard.clock.millis()));
    shard.executor.released(run);
    shard.settle();
    assertEquals(Status.EXPIRED, shard.get(id).status());
    assertArrayEquals(PAYLOAD, body(id, Part.PAYLOAD));
  }

  @Test
  void bodiesAreReadableUntilTheEndOfRetention() throws Exception {
    Run run = shard.running();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    shard.advance(HOUR - 1);
    shard.reap();
    drop(Integer.MAX_VALUE);
    assertArrayEquals(RESULT, body(run.invocation().id(), Part.RESULT));
    assertArrayEquals(PAYLOAD, body(run.invocation().id(), Part.PAYLOAD));
  }

  @Test
  void logOfALongPauseBetweenAttemptsIsKept() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().retention(0, 0));
    Run run = shard.running();
    shard.executor.failed(run, RunError.Kind.FUNCTION, 20 * HOUR, NOTHING, LOG);
    shard.settle();
    InvocationId id = run.invocation().id();
    for (int hour = 0; hour < 19; hour++) {
      shard.advance(HOUR);
      shard.reap();
      drop(BodyRef.bucketUntil(shard.clock.millis()));
      assertArrayEquals(LOG, body(id, Part.LOG));
    }
    assertEquals(Status.STOPPED, join(shard.stop(id, StopMode.CANCEL)).invocation().status());
  }

  @Test
  void bodiesOfRemovedOnesAreFreed() throws Exception {
    shard.succeeded();
    shard.advance(24 * HOUR);
    shard.reap();
    drop(BodyRef.bucketUntil(shard.clock.millis() - HOUR));
    try (var view = shard.disk().store().view();
        var scan = view.scan(Family.PAYLOAD, null, null, false)) {
      assertFalse(scan.valid());
    }
  }

  @Test
  void dropBeyondWhatIsNeededTakesOnlyWhatIsNot() throws Exception {
    InvocationId old = shard.succeeded();
    shard.advance(20 * HOUR);
    InvocationId young = shard.succeeded();
    drop(Integer.MAX_VALUE); // nothing has been reaped
    assertArrayEquals(PAYLOAD, body(old, Part.PAYLOAD));
    shard.reap();
    drop(Integer.MAX_VALUE);
    failure(Failure.NotFound.class, get(old));
    assertArrayEquals(PAYLOAD, body(young, Part.PAYLOAD));
  }

  @Test
  void bodyBelowTheLowWaterMarkIsToldAsRemovedAlsoAfterARestart() throws Exception {
    InvocationId id = shard.succeeded();
    shard.lowWaterOnDisk(BodyRef.bucketUntil(shard.clock.millis()) + 1_000);
    shard.restart();
    assertEquals(
        "payload",
        failure(
                Failure.Removed.class,
                shard.bus.request(Addresses.GET_BODY.at(0), new GetBody(id, Part.PAYLOAD)))
            .what());
    shard.settle();
    assertEquals("serving", shard.phase(0));
  }

  @Test
  void portionMovesABoundedNumberOfBytes() throws Exception {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    for (int i = 0; i < 5; i++) {
      join(shard.submit(0, submission(FN, null, 0, Map.of(), new byte[40 << 10])));
    }
    shard.advance(10 * HOUR);
    Reaped first = shard.reap();
    assertTrue(first.more());
    assertEquals(2, first.moved());
    assertEquals(2, shard.reap().moved());
    assertEquals(1, shard.reap().moved());
  }

  private void drop(int bucket) throws Exception {
    shard.ask(Addresses.DROP_BODIES.at(0), new DropBodies(bucket));
  }

  private byte[] body(InvocationId id, Part part) throws Exception {
    Body body = shard.ask(Addresses.GET_BODY.at(0), new GetBody(id, part));
    return body.bytes();
  }

  private Future<Found> get(InvocationId id) {
    return shard.bus.request(Addresses.GET.at(0), new Get(id));
  }
}
