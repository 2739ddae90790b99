package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed over, how much of it, and in which order. */
class QueueTest {
  private static final int WINDOW = 4;
  private static final int WINDOW_TOTAL = 10;

  private ShardHarness shard;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    ShardConfig config = new TestConfig().window(WINDOW, WINDOW_TOTAL).inlineBytes(100).make();
    shard = new ShardHarness(directory, 1, config);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void noMoreThanTheWindowIsHandedOver() throws Exception {
    shard.accepted(FN, 20);
    shard.settle();
    assertEquals(WINDOW, shard.executor.handedOver().size());
  }

  @Test
  void backlogFollowsInOrderAsPlacesBecomeFree() throws Exception {
    List<InvocationId> ids = shard.accepted(FN, 50).stream().map(Invocation::id).toList();
    List<InvocationId> handedOver = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Run run = shard.executor.next();
      handedOver.add(run.invocation().id());
      shard.executor.began(run);
      shard.executor.succeeded(run, NOTHING);
    }
    assertEquals(ids, handedOver);
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void whatIsNewWaitsBehindTheBacklog() throws Exception {
    List<Invocation> first = shard.accepted(FN, 10);
    List<Run> runs = shard.executor.next(WINDOW);
    Invocation last = shard.accepted();
    List<InvocationId> order = new ArrayList<>();
    runs.forEach(shard.executor::began);
    for (int i = WINDOW; i < 11; i++) {
      Run run = shard.executor.next();
      order.add(run.invocation().id());
      shard.executor.began(run);
    }
    List<InvocationId> expected =
        new ArrayList<>(first.subList(WINDOW, 10).stream().map(Invocation::id).toList());
    expected.add(last.id());
    assertEquals(expected, order);
  }

  @Test
  void anotherFunctionIsNotStarved() throws Exception {
    shard.functions.put(12);
    shard.accepted(FN, 50);
    shard.executor.next(WINDOW);
    InvocationId other = shard.accepted(12).id();
    shard.executor.next(other);
  }

  @Test
  void beyondTheTotalEachFunctionStillGetsTwo() throws Exception {
    for (long function = 100; function < 106; function++) {
      shard.functions.put(function);
      shard.accepted(function, 10);
    }
    shard.settle();
    List<Run> runs = shard.executor.handedOver();
    for (long function = 100; function < 106; function++) {
      long uid = function;
      long n = runs.stream().filter(run -> run.invocation().functionUid() == uid).count();
      assertTrue(n >= 2 && n <= WINDOW, "function " + uid + " got " + n);
    }
    assertTrue(runs.size() <= WINDOW_TOTAL + 2 * 6, "handed over " + runs.size());
  }

  @Test
  void memoryHoldsTheWindowAndNotTheBacklog() throws Exception {
    shard.accepted(FN, 200);
    shard.clock.advance(java.time.Duration.ofSeconds(2));
    shard.accepted();
    shard.settle();
    double inMemory = shard.meters.get("perdure.shard.in.memory").gauge().value();
    assertTrue(inMemory <= WINDOW + 1, "in memory: " + inMemory);
    assertEquals(201, shard.meters.get("perdure.queue.depth").gauge().value());
  }

  @Test
  void memoryIsFreedWhenThingsEnd() throws Exception {
    shard.accepted(FN, 20);
    for (int i = 0; i < 20; i++) {
      Run run = shard.executor.next();
      shard.executor.began(run);
      shard.executor.succeeded(run, NOTHING);
    }
    shard.settle();
    shard.clock.advance(java.time.Duration.ofSeconds(2));
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.accepted();
    shard.settle();
    assertEquals(0, shard.meters.get("perdure.shard.in.memory").gauge().value());
  }

  @Test
  void pausedFunctionIsNotHandedOver() throws Exception {
    pause();
    shard.accepted(FN, 3);
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void resumedFunctionGoesOnInOrder() throws Exception {
    pause();
    List<InvocationId> ids = shard.accepted(FN, 3).stream().map(Invocation::id).toList();
    resume();
    assertEquals(ids, shard.executor.next(3).stream().map(run -> run.invocation().id()).toList());
  }

  @Test
  void pausedFunctionStaysPausedAfterARestart() throws Exception {
    pause();
    InvocationId id = shard.accepted().id();
    shard.restart();
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
    resume();
    shard.executor.next(id);
  }

  @Test
  void delayedOnesOfAPausedFunctionComeWithItsResumption() throws Exception {
    pause();
    InvocationId id =
        join(shard.submit(0, submission(FN, null, T0 + 1_000, "a"))).invocation().id();
    shard.advance(2_000);
    resume();
    shard.executor.next(id);
  }

  @Test
  void whatIsGivenBackIsHandedOverAgain() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    shard.executor.released(run);
    assertEquals(run.attempt(), shard.executor.next(id).attempt());
  }

  @Test
  void whatIsGivenBackOfAPausedFunctionWaits() throws Exception {
    InvocationId id = shard.accepted().id();
    Run run = shard.executor.next(id);
    pause();
    shard.executor.released(run);
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
    resume();
    shard.executor.next(id);
  }

  @Test
  void givenBackOnesKeepTheirPlaceBeforeTheBacklog() throws Exception {
    List<Invocation> accepted = shard.accepted(FN, 10);
    List<Run> runs = shard.executor.next(WINDOW);
    pause();
    runs.forEach(shard.executor::released);
    shard.settle();
    resume();
    assertEquals(
        accepted.subList(0, WINDOW).stream().map(Invocation::id).toList(),
        shard.executor.next(WINDOW).stream().map(run -> run.invocation().id()).toList());
  }

  @Test
  void delayedOnesComeInTheOrderOfTheirTimes() throws Exception {
    InvocationId late = delayed(3_000);
    InvocationId early = delayed(1_000);
    InvocationId middle = delayed(2_000);
    shard.advance(1_000);
    shard.executor.next(early);
    shard.advance(1_000);
    shard.executor.next(middle);
    shard.advance(1_000);
    shard.executor.next(late);
  }

  @Test
  void delayedOneWaitsAlsoAfterARestart() throws Exception {
    InvocationId id = delayed(5_000);
    shard.restart();
    shard.advance(4_998);
    assertEquals(List.of(), shard.executor.handedOver());
    shard.advance(1);
    shard.executor.next(id);
  }

  @Test
  void manyDelaysNeedOneTimer() throws Exception {
    for (int i = 0; i < 50; i++) {
      delayed(50_000 - i * 100);
    }
    for (int i = 0; i < 50; i++) {
      shard.clock.advance(java.time.Duration.ofMillis(1));
    }
    assertEquals(T0 + 50_000 - 4_900, shard.clock.pending().getAsLong());
  }

  @Test
  void smallPayloadsComeAlongUpToABound() throws Exception {
    byte[] payload = "x".repeat(60).getBytes(StandardCharsets.UTF_8);
    Invocation first = accepted(payload);
    Invocation second = accepted(payload);
    assertNotNull(shard.executor.next(first.id()).payload());
    assertNull(shard.executor.next(second.id()).payload());
    assertArrayEquals(
        payload,
        shard.ask(Addresses.GET_BODY.at(0), new GetBody(second.id(), Part.PAYLOAD)).bytes());
  }

  @Test
  void beginningFreesTheRoomOfThePayload() throws Exception {
    byte[] payload = "x".repeat(60).getBytes(StandardCharsets.UTF_8);
    Run run = shard.executor.next(accepted(payload).id());
    shard.executor.began(run);
    shard.barrier();
    assertNotNull(shard.executor.next(accepted(payload).id()).payload());
  }

  @Test
  void nothingIsHandedOverOnceNoAttemptsAreStarted() throws Exception {
    shard.startsAttempts = false;
    shard.accepted(FN, 3);
    delayed(1_000);
    shard.advance(2_000);
    assertEquals(List.of(), shard.executor.handedOver());
  }

  @Test
  void givingBackWhileNoAttemptsAreStartedDoesNotLoop() throws Exception {
    shard.accepted(FN, 10);
    List<Run> runs = shard.executor.next(WINDOW);
    shard.startsAttempts = false;
    shard.executor.releaseAtOnce();
    runs.forEach(shard.executor::released);
    shard.settle();
    assertEquals(List.of(), shard.executor.handedOver());
    assertEquals(Status.ENQUEUED, shard.get(runs.get(0).invocation().id()).status());
  }

  @Test
  void oldestAgeIsThatOfWhatIsDueOnDisk() throws Exception {
    pause();
    shard.accepted();
    shard.clock.advance(java.time.Duration.ofSeconds(90));
    shard.functions.put(12);
    shard.accepted(12);
    shard.settle();
    assertEquals(90, shard.meters.get("perdure.queue.oldest.age").gauge().value());
  }

  private Invocation accepted(byte[] payload) throws Exception {
    return join(shard.submit(0, submission(FN, null, 0, java.util.Map.of(), payload))).invocation();
  }

  private InvocationId delayed(long millis) throws Exception {
    return join(shard.submit(0, submission(FN, null, T0 + millis, "a"))).invocation().id();
  }

  private void pause() {
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.functionChanged(FN, false);
  }

  private void resume() throws Exception {
    shard.functions.put(FN);
    shard.functionChanged(FN, false);
    shard.settle();
  }
}
