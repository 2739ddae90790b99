package io.perdure.executor;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.on;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.GuestMessages.DropGuest;
import io.perdure.bus.GuestMessages.GuestEnded;
import io.perdure.bus.GuestMessages.GuestId;
import io.perdure.bus.GuestMessages.GuestOrder;
import io.perdure.bus.GuestMessages.GuestsKept;
import io.perdure.bus.GuestMessages.KeepGuests;
import io.perdure.bus.GuestMessages.StopGuest;
import io.perdure.bus.GuestMessages.TakeIn;
import io.perdure.bus.GuestMessages.TakenIn;
import io.perdure.bus.TestRoutes;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.ResultRoom;
import io.perdure.runtime.Running;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What node a knows of node b, which is the test, and of what that runs for it. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class HostsTest implements Hosts.Origin {
  private static final long SESSION = 42;
  private static final Function FUNCTION =
      Attempts.function(1, "fn", new RuntimeSpec.Command(List.of("x"), java.util.Map.of()));

  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<TakeIn> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<GuestOrder> orders = new LinkedBlockingQueue<>();
  private final BlockingQueue<KeepGuests> kept = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> cameBack = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> room = new LinkedBlockingQueue<>();
  private volatile boolean isShort = true;

  /** What b answers. */
  private volatile Future<TakenIn> taken =
      Future.succeededFuture(new TakenIn(true, true, "there", 3));

  private volatile Future<GuestsKept> keeps = Future.succeededFuture(new GuestsKept(List.of(), 4));

  private Vertx vertx;
  private Hosts hosts;

  @Override
  public boolean isShort() {
    return isShort;
  }

  @Override
  public void roomElsewhere() {
    room.add("room");
  }

  @Override
  public void cameBack(Attempt attempt, boolean refused) {
    cameBack.add(refused ? "refused" : "given back");
  }

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    this.vertx = vertx;
    Bus b = Bus.install(vertx, new TestRoutes("b"));
    await(
        Future.all(
            b.serve(
                Addresses.TAKE_IN,
                ask -> {
                  asked.add(ask);
                  return taken;
                }),
            b.serve(
                Addresses.KEEP_GUESTS,
                ask -> {
                  kept.add(ask);
                  return keeps;
                }),
            b.listen(Addresses.GUEST_ORDER, orders::add)));
    Bus a = Bus.install(vertx, new TestRoutes("a"));
    hosts =
        new Hosts(
            "a",
            SESSION,
            a,
            nanos::get,
            () -> Set.of("a", "b"),
            inCluster(new ExecutorMeters(new SimpleMeterRegistry(), Set.of())),
            this);
  }

  private static ExecutorMeters inCluster(ExecutorMeters meters) {
    meters.inCluster(() -> 0);
    return meters;
  }

  private void ticks(int count) {
    for (int i = 0; i < count; i++) {
      on(
          vertx,
          () -> {
            nanos.addAndGet(Hosts.TICK_MILLIS * 1_000_000);
            hosts.tick();
            return null;
          });
    }
  }

  private String pick() {
    return on(vertx, () -> hosts.pick(FUNCTION.uid()));
  }

  /** Has b run an attempt. */
  private Running start() {
    return start("b");
  }

  private Running start(String node) {
    Attempt attempt =
        new Attempt(
            new Run(Attempts.invocation(0, FUNCTION), 7, 1, new byte[] {1}),
            new FunctionQueue(FUNCTION.uid()));
    attempt.host = node;
    Call call =
        new Call(attempt.invocation, FUNCTION, 7, 1, attempt.payload, 0, ResultRoom.of(1_000), 100);
    return on(vertx, () -> hosts.start(attempt, call));
  }

  private static String broken(Running running) throws Exception {
    return assertInstanceOf(Outcome.PlatformFailed.class, await(running.outcome())).error().type();
  }

  // ---- room

  @Test
  void nobodyIsAskedWhileTheNodeIsNotShort() {
    isShort = false;
    ticks(20);
    assertTrue(kept.isEmpty());
  }

  @Test
  void aNodeThatStaysFullLearnsOfTheSlotsOfOthers() throws Exception {
    assertNull(pick());
    ticks(2);
    next(room);
    assertEquals(4, on(vertx, hosts::slots));
    assertEquals("b", pick());
    assertEquals(3, on(vertx, hosts::slots));
  }

  @Test
  void whatIsKnownOfSlotsDoesNotHoldForLong() throws Exception {
    ticks(2);
    next(room);
    nanos.addAndGet(Hosts.NEWS_MILLIS * 1_000_000);
    assertNull(pick());
  }

  @Test
  void aNodeWithoutSlotsIsNotPicked() throws Exception {
    keeps = Future.succeededFuture(new GuestsKept(List.of(), 1));
    ticks(2);
    next(room);
    assertEquals("b", pick());
    assertNull(pick());
  }

  // ---- in and back

  @Test
  void aRefusedAttemptComesBackAndIsNotTriedThereAgainAtOnce() throws Exception {
    taken = Future.succeededFuture(new TakenIn(false, false, null, 3));
    start();
    assertEquals("refused", next(cameBack));
    assertNull(pick());
  }

  @Test
  void whatANodeThatIsNotThereWasToRunComesBack() throws Exception {
    start("nobody");
    assertEquals("refused", next(cameBack));
  }

  @Test
  void aStopThatIsAskedForBeforeTheAnswerFollowsIt() throws Exception {
    Promise<TakenIn> later = Promise.promise();
    taken = later.future();
    Running running = start();
    next(asked);
    on(
        vertx,
        () -> {
          running.stop(StopMode.GRACEFUL, 0, (step, detail) -> {});
          running.stop(StopMode.CANCEL, 300, (step, detail) -> {});
          return null;
        });
    later.complete(new TakenIn(true, true, "there", 3));
    assertEquals(new StopGuest(new GuestId("a", SESSION, 1), StopMode.CANCEL, 300), next(orders));
  }

  @Test
  void whatIsGivenUpBeforeTheAnswerIsDroppedAfterIt() throws Exception {
    Promise<TakenIn> later = Promise.promise();
    taken = later.future();
    Running running = start();
    next(asked);
    on(
        vertx,
        () -> {
          hosts.gone("b");
          return null;
        });
    assertEquals("NodeLost", broken(running));
    later.complete(new TakenIn(true, true, "there", 3));
    assertEquals(new DropGuest(new GuestId("a", SESSION, 1)), next(orders));
  }

  @Test
  void newsOfAnEarlierSessionAreOfNoInterest() throws Exception {
    Running running = start();
    await(running.started());
    GuestEnded late =
        new GuestEnded(
            new GuestId("a", SESSION - 1, 1), null, null, 0, 0, Outcome.NOTHING, Outcome.NOTHING);
    await(on(vertx, () -> hosts.news(late)));
    assertFalse(running.outcome().isComplete());
  }

  // ---- beats

  @Test
  void aHostIsToldEachSecondWhatItIsToGoOnWith() throws Exception {
    isShort = false;
    await(start().started());
    await(start().started());
    ticks(4);
    KeepGuests told = next(kept);
    assertEquals(Set.of(1L, 2L), Set.copyOf(told.numbers()));
    assertEquals(2, told.last());
  }

  @Test
  void whatAHostDoesNotKnowOfIsLost() throws Exception {
    Running first = start();
    Running second = start();
    await(Future.all(first.started(), second.started()));
    keeps = Future.succeededFuture(new GuestsKept(List.of(1L), 4));
    ticks(4);
    assertEquals("NodeLost", broken(first));
    assertFalse(second.outcome().isComplete());
  }

  @Test
  void whatAHostHasNotAnsweredYetIsNotLost() throws Exception {
    taken = Promise.<TakenIn>promise().future();
    keeps = Future.succeededFuture(new GuestsKept(List.of(1L), 4));
    Running running = start();
    ticks(4);
    next(room);
    assertFalse(running.outcome().isComplete());
  }

  @Test
  void whatAHostRunsThatIsNotHeardIsLost() throws Exception {
    Running running = start();
    await(running.started());
    keeps = Promise.<GuestsKept>promise().future();
    int enough = (int) (Hosts.LOST_MILLIS / Hosts.TICK_MILLIS);
    ticks(enough);
    assertFalse(running.outcome().isComplete());
    ticks(1);
    assertEquals("NodeLost", broken(running));
  }

  @Test
  void aNodeThatWasHeldUpItselfListensBeforeItJudges() throws Exception {
    Running running = start();
    await(running.started());
    nanos.addAndGet(10 * Hosts.LOST_MILLIS * 1_000_000);
    ticks(3);
    assertFalse(running.outcome().isComplete());
  }
}
