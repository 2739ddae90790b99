package io.perdure.executor;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.invocation;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Drain;
import io.perdure.bus.GuestMessages.CountGuests;
import io.perdure.bus.GuestMessages.DropGuest;
import io.perdure.bus.GuestMessages.GuestBegan;
import io.perdure.bus.GuestMessages.GuestEnded;
import io.perdure.bus.GuestMessages.GuestId;
import io.perdure.bus.GuestMessages.GuestNews;
import io.perdure.bus.GuestMessages.GuestReleased;
import io.perdure.bus.GuestMessages.GuestsKept;
import io.perdure.bus.GuestMessages.KeepGuests;
import io.perdure.bus.GuestMessages.StopGuest;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.bus.GuestMessages.TakenIn;
import io.perdure.bus.TestRoutes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What node b, of two slots, runs for node a, which is the test. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class GuestsTest {
  private static final long SESSION = 42;
  private static final Outcome DONE = new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING);

  private final BlockingQueue<GuestNews> news = new LinkedBlockingQueue<>();

  /** So often what is told is not heard. */
  private final AtomicInteger deaf = new AtomicInteger();

  private TestCluster cluster;
  private TestCluster.Node b;
  private Bus bus;
  private Function function;

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    cluster = new TestCluster(vertx, 2, "b");
    b = cluster.node("b");
    bus = Bus.install(vertx, new TestRoutes("a"));
    function = cluster.functions.put(1, 16);
    await(bus.serve(Addresses.GUEST_NEWS, this::hear));
  }

  private Future<Done> hear(GuestNews told) {
    if (deaf.getAndDecrement() > 0) {
      return Future.failedFuture(new FailureException(new Failure.Unavailable("deaf", 1)));
    }
    news.add(told);
    return Future.succeededFuture(Done.DONE);
  }

  private static GuestId id(long number) {
    return new GuestId("a", SESSION, number);
  }

  private TakenIn take(long number) throws Exception {
    byte[] payload = "abc".getBytes(UTF_8);
    TakeIn ask = new TakeIn(id(number), invocation(0, function), function, 7, 3, false, payload);
    return await(bus.request(Addresses.TAKE_IN.onNode("b"), ask));
  }

  private HandRuntime.Started taken(long number) throws Exception {
    assertTrue(take(number).taken());
    return b.started();
  }

  private GuestsKept keep(long last, Long... numbers) throws Exception {
    return await(
        bus.request(
            Addresses.KEEP_GUESTS.onNode("b"),
            new KeepGuests("a", SESSION, last, List.of(numbers))));
  }

  @Test
  void anAttemptRunsAtOnceAndItsOutcomeIsTold() throws Exception {
    assertEquals(new TakenIn(true, true, "by hand", 1), take(1));
    HandRuntime.Started attempt = b.started();
    assertEquals("abc", text(attempt.call.payload()));
    assertEquals(3, attempt.call.attempt());
    attempt.end(new Outcome.Succeeded("result".getBytes(UTF_8), "log".getBytes(UTF_8), 9));
    GuestEnded ended = assertInstanceOf(GuestEnded.class, next(news));
    assertEquals(id(1), ended.guest());
    assertNull(ended.error());
    assertEquals("result", text(ended.result()));
    assertEquals("log", text(ended.log()));
    assertEquals(9, ended.memoryBytes());
  }

  @Test
  void aFullNodeTakesNothingIn() throws Exception {
    taken(1);
    taken(2);
    assertEquals(new TakenIn(false, false, null, 0), take(3));
    assertTrue(b.runtime.attempts.isEmpty());
  }

  @Test
  void aNodeWhoseOwnAttemptsTakeItsSlotsTakesNothingIn() throws Exception {
    b.run(function, Mode.ASYNC);
    b.run(function, Mode.ASYNC);
    b.started();
    b.started();
    assertFalse(take(1).taken());
  }

  @Test
  void ownAttemptsWaitForTheSlotsOfGuests() throws Exception {
    HandRuntime.Started first = taken(1);
    taken(2);
    b.run(function, Mode.ASYNC);
    assertEquals(0, keep(2, 1L, 2L).slots());
    assertTrue(b.runtime.attempts.isEmpty());
    first.end(DONE);
    b.started();
  }

  @Test
  void whatItsRuntimeHasNoRoomForIsNotTakenIn() throws Exception {
    b.runtime.full.add(function.version());
    assertEquals(new TakenIn(false, false, null, 2), take(1));
  }

  @Test
  void aNodeThatIsToBeWithoutWorkTakesNothingIn() throws Exception {
    HandRuntime.Started first = taken(1);
    b.takesIn = false;
    assertFalse(take(2).taken());
    assertEquals(new GuestsKept(List.of(), 0), keep(1, 1L));
    assertTrue(first.stops.isEmpty());
    b.takesIn = true;
    assertEquals(new GuestsKept(List.of(), 1), keep(2, 1L));
    taken(3);
  }

  private int count() throws Exception {
    return await(bus.request(Addresses.COUNT_GUESTS.onNode("b"), new CountGuests())).guests();
  }

  @Test
  void guestIsCountedUntilItsOriginKnowsOfItsEnd() throws Exception {
    assertEquals(0, count());
    HandRuntime.Started first = taken(1);
    assertEquals(1, count());
    deaf.set(2);
    first.end(DONE);
    next(news);
    while (count() > 0) { // b has yet to hear that it was heard
      Thread.onSpinWait();
    }
  }

  @Test
  void whatIsNotHeardIsToldAgain() throws Exception {
    deaf.set(2);
    taken(1).end(DONE);
    assertInstanceOf(GuestEnded.class, next(news));
    while (keep(1, 1L).missing().isEmpty()) { // b has yet to hear that it was heard
      Thread.onSpinWait();
    }
  }

  @Test
  void whatBeginsLateIsToldWhenItHas() throws Exception {
    b.runtime.beginsLate = true;
    assertEquals(new TakenIn(true, false, null, 1), take(1));
    b.started().begin();
    assertEquals(new GuestBegan(id(1), "by hand"), next(news));
  }

  @Test
  void aStopIsPassedOn() throws Exception {
    HandRuntime.Started attempt = taken(1);
    bus.send(Addresses.GUEST_ORDER.onNode("b"), new StopGuest(id(1), StopMode.CANCEL, 700));
    assertEquals("CANCEL 700", next(attempt.stops));
  }

  @Test
  void whatNobodyWaitsForIsEndedAndNotTold() throws Exception {
    HandRuntime.Started dropped = taken(1);
    bus.send(Addresses.GUEST_ORDER.onNode("b"), new DropGuest(id(1)));
    assertEquals("CANCEL 0", next(dropped.stops));
    dropped.end(DONE);
    taken(2).end(DONE);
    assertEquals(id(2), next(news).guest());
  }

  @Test
  void whatItsNodeDoesNotNameAnyMoreIsEnded() throws Exception {
    HandRuntime.Started first = taken(1);
    HandRuntime.Started second = taken(2);
    assertEquals(List.of(5L), keep(5, 2L, 5L).missing());
    assertEquals("CANCEL 0", next(first.stops));
    assertTrue(second.stops.isEmpty());
  }

  @Test
  void whatCameAfterTheNodeHasCountedIsLeftAlone() throws Exception {
    HandRuntime.Started first = taken(1);
    HandRuntime.Started second = taken(2);
    keep(1);
    assertEquals("CANCEL 0", next(first.stops));
    assertTrue(second.stops.isEmpty());
  }

  @Test
  void whatANodeHadBeforeItWasStartedAnewIsEnded() throws Exception {
    HandRuntime.Started attempt = taken(1);
    await(
        bus.request(
            Addresses.KEEP_GUESTS.onNode("b"), new KeepGuests("a", SESSION + 1, 0, List.of())));
    assertEquals("CANCEL 0", next(attempt.stops));
  }

  @Test
  void whatRunsForANodeThatIsNotHeardIsEnded() throws Exception {
    HandRuntime.Started attempt = taken(1);
    cluster.skip(Duration.ofMillis(Guests.UNHEARD_MILLIS - 2_000));
    keep(1, 1L);
    cluster.skip(Duration.ofMillis(Guests.UNHEARD_MILLIS - 2_000));
    keep(1, 1L);
    assertTrue(attempt.stops.isEmpty());
    cluster.skip(Duration.ofMillis(Guests.UNHEARD_MILLIS));
    assertEquals("CANCEL 0", next(attempt.stops));
  }

  // ---- the end of the node

  private Future<Done> drain() {
    return Bus.install(cluster.vertx).request(Addresses.DRAIN, new Drain(3_600_000));
  }

  @Test
  void aNodeThatIsAboutToEndWaitsForItsGuests() throws Exception {
    HandRuntime.Started attempt = taken(1);
    Future<Done> drained = drain();
    attempt.end(DONE);
    assertInstanceOf(GuestEnded.class, next(news));
    await(drained);
    assertFalse(take(2).taken());
  }

  @Test
  void aNodeThatIsAboutToEndGivesBackWhatHasNotBegun() throws Exception {
    b.runtime.beginsLate = true;
    HandRuntime.Started attempt = taken(1);
    await(drain());
    assertEquals(new GuestReleased(id(1)), next(news));
    assertTrue(attempt.withdrawn);
  }

  @Test
  void whatDoesNotEndInTimeIsThePlatformsFailure() throws Exception {
    taken(1);
    Future<Done> drained = drain();
    while (!drained.isComplete()) { // its timer may not have been set yet
      cluster.clock.advance(Duration.ofHours(1));
      Thread.onSpinWait();
    }
    GuestEnded ended = assertInstanceOf(GuestEnded.class, next(news));
    assertEquals("NodeShutdown", ended.error().type());
  }
}
