package io.perdure.shard;

import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.TestFunctions.HOUR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Delivery.State;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.StoreReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries that are owed: when they are handed over, and what is kept until they are made. */
class OwedTest {
  private static final int PER_TARGET = DeliveryPolicy.DEFAULT.perTarget();
  private static final long OTHER = 12;

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
    shard.functions.settings(FN, to("a"));
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  static AsyncSettings to(String address) {
    Destination destination = new Destination("event-bus:" + address, new ToAddress(address));
    return new AsyncSettings(null, null, null, null, destination, destination, "");
  }

  private long owing() {
    try (StoreReader.View view = shard.disk().store().view();
        StoreReader.Scan scan = view.scan(Family.OWING, null, null, false)) {
      long count = 0;
      for (; scan.valid(); scan.next()) {
        count++;
      }
      return count;
    }
  }

  @Test
  void outcomeIsHandedOverOnceItIsCommitted() throws Exception {
    Run run = shard.running();
    shard.disk().hold();
    shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    shard.disk().awaitWaiting();
    shard.barrier();
    assertEquals(List.of(), shard.executor.deliveries());
    shard.disk().release();
    Deliver deliver = shard.executor.nextDelivery();
    assertEquals(Status.SUCCEEDED, deliver.invocation().status());
    assertEquals(1, deliver.attempt());
    assertEquals(1, owing());
  }

  @Test
  void nothingIsOwedWithoutADestination() throws Exception {
    shard.functions.settings(FN, new AsyncSettings(null, null, null, null));
    InvocationId id = shard.succeeded();
    assertNull(shard.get(id).delivery());
    assertEquals(0, owing());
    assertEquals(List.of(), shard.executor.deliveries());
  }

  @Test
  void whatIsDeliveredIsOwedNoMore() throws Exception {
    InvocationId id = shard.succeeded();
    shard.executor.delivered(shard.executor.nextDelivery());
    shard.settle();
    assertEquals(State.SUCCEEDED, shard.get(id).delivery().state());
    assertEquals(0, owing());
    shard.restart();
    shard.settle();
    assertEquals(List.of(), shard.executor.deliveries());
  }

  @Test
  void failedAttemptIsRepeatedAtItsTimeAlsoAfterARestart() throws Exception {
    InvocationId id = shard.succeeded();
    shard.executor.undelivered(shard.executor.nextDelivery());
    shard.settle();
    Invocation waiting = shard.get(id);
    assertEquals(1, waiting.delivery().attempts());
    shard.restart();
    shard.settle();
    assertEquals(waiting.delivery(), shard.get(id).delivery());
    assertEquals(List.of(), shard.executor.deliveries());
    shard.advance(waiting.delivery().nextAt() - shard.clock.millis() - 1);
    assertEquals(List.of(), shard.executor.deliveries());
    shard.advance(1);
    assertEquals(2, shard.executor.nextDelivery().attempt());
  }

  @Test
  void attemptThatWasUnderWayIsMadeAgainAfterACrash() throws Exception {
    InvocationId id = shard.succeeded();
    Deliver before = shard.executor.nextDelivery();
    shard.restart();
    Deliver again = shard.executor.nextDelivery();
    assertEquals(id, again.invocation().id());
    assertEquals(1, again.attempt());
    shard.executor.delivered(before); // of the process that is gone
    shard.settle();
    assertEquals(State.PENDING, shard.get(id).delivery().state());
    shard.executor.delivered(again);
    shard.settle();
    assertEquals(State.SUCCEEDED, shard.get(id).delivery().state());
  }

  @Test
  void lateAnswerOfAnAttemptChangesNothing() throws Exception {
    InvocationId id = shard.succeeded();
    Deliver first = shard.executor.nextDelivery();
    shard.executor.undelivered(first);
    shard.settle();
    Invocation before = shard.get(id);
    shard.executor.delivered(first);
    shard.settle();
    assertEquals(before, shard.get(id));
    shard.advance(before.delivery().nextAt() - shard.clock.millis());
    Deliver second = shard.executor.nextDelivery();
    shard.executor.delivered(first);
    shard.settle();
    assertEquals(before, shard.get(id));
    shard.executor.delivered(second);
    shard.settle();
    assertEquals(2, shard.get(id).delivery().attempts());
  }

  @Test
  void noMoreThanItsLimitIsUnderWayToOneDestination() throws Exception {
    succeeded(FN, PER_TARGET + 5);
    List<Deliver> first = shard.executor.deliveries();
    assertEquals(PER_TARGET, first.size());
    shard.executor.delivered(first.get(0));
    shard.executor.delivered(first.get(1));
    shard.settle();
    assertEquals(2, shard.executor.deliveries().size());
    assertEquals(PER_TARGET + 3, owing());
  }

  @Test
  void destinationThatIsStuckHoldsUpNoOther() throws Exception {
    shard.functions.put(OTHER);
    shard.functions.settings(OTHER, to("b"));
    succeeded(FN, PER_TARGET + 5);
    shard.executor.deliveries();
    succeeded(OTHER, 3);
    assertEquals(3, shard.executor.deliveries().size());
  }

  @Test
  void everyOneIsHandedOverInTheEnd() throws Exception {
    succeeded(FN, 3 * PER_TARGET);
    shard.restart();
    shard.settle();
    int delivered = 0;
    for (List<Deliver> next = shard.executor.deliveries(); !next.isEmpty(); ) {
      for (Deliver deliver : next) {
        shard.executor.delivered(deliver);
        delivered++;
      }
      shard.settle();
      next = shard.executor.deliveries();
    }
    assertEquals(3 * PER_TARGET, delivered);
    assertEquals(0, owing());
  }

  @Test
  void nothingIsHandedOverByANodeThatShutsDown() throws Exception {
    Run run = shard.running();
    shard.startsAttempts = false;
    shard.end(run);
    assertEquals(List.of(), shard.executor.deliveries());
    assertTrue(shard.get(run.invocation().id()).owes());
  }

  @Test
  void whatIsOwedOutlivesItsRetentionWithItsBodies() throws Exception {
    byte[] result = {1, 2, 3};
    Run run = shard.running();
    InvocationId id = run.invocation().id();
    shard.executor.succeeded(run, result);
    shard.settle();
    Deliver deliver = shard.executor.nextDelivery();
    shard.advance(100 * HOUR);
    assertEquals(0, shard.reap().removed());
    int bucket = (int) (shard.clock.millis() / BodyRef.BUCKET_MILLIS);
    shard.ask(Addresses.DROP_BODIES.at(0), new DropBodies(bucket));
    assertArrayEquals(
        result, shard.ask(Addresses.GET_BODY.at(0), new GetBody(id, Part.RESULT)).bytes());
    shard.executor.delivered(deliver);
    shard.settle();
    assertEquals(1, shard.reap().removed());
    ShardHarness.failure(
        Failure.NotFound.class, shard.bus.request(Addresses.GET.at(0), new Get(id)));
  }

  @Test
  void keyOfWhatOwesADeliveryIsNotFreeYet() throws Exception {
    join(shard.submit("k", "a"));
    shard.end(shard.executor.next());
    Deliver deliver = shard.executor.nextDelivery();
    shard.advance(2 * HOUR);
    assertFalse(join(shard.submit("k", "a")).created());
    shard.executor.delivered(deliver);
    shard.settle();
    assertTrue(join(shard.submit("k", "a")).created());
  }

  @Test
  void givenUpDeliveryIsCountedAndKeptLikeAnyOther() throws Exception {
    InvocationId id = shard.succeeded();
    shard.executor.told(
        shard.executor.nextDelivery(), new DeliveryOutcome.Failed(1, "HTTP 404", true, 0));
    shard.settle();
    Invocation failed = shard.get(id);
    assertEquals(State.FAILED, failed.delivery().state());
    assertEquals(Status.SUCCEEDED, failed.status());
    assertEquals(T0 + HOUR, failed.attentionAt());
    assertEquals(
        1, shard.meters.get("perdure.deliveries").tag("outcome", "failed").counter().count());
    assertEquals(1, shard.meters.get("perdure.ended").tag("status", "SUCCEEDED").counter().count());
  }

  private void succeeded(long function, int n) throws Exception {
    List<Invocation> accepted = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      accepted.add(join(shard.submit(function)).invocation());
      Run run = shard.executor.next(accepted.get(i).id());
      shard.executor.began(run);
      shard.executor.succeeded(run, ScriptedExecutor.NOTHING);
    }
    shard.settle();
  }
}
