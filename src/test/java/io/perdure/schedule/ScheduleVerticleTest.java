package io.perdure.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.cron.Cron;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Schedule;
import io.perdure.invocation.Schedules;
import io.perdure.router.KnownFunctions;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.time.Clock;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Schedules of one function, over a router whose one shard the test answers for. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ScheduleVerticleTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final long FUNCTION = 7;
  private static final Failure FULL = new Failure.Throttled("backlog", "the backlog is full", 5);

  private final VirtualClock virtual = new VirtualClock(NOON);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KnownFunctions functions = new KnownFunctions();
  private final KnownSchedules schedules = new KnownSchedules();
  private final InvocationId.Minter minter = new InvocationId.Minter(0, new Random(1));

  /** Everything the shard was asked for, in order. */
  private final BlockingQueue<Submit> submits = new LinkedBlockingQueue<>();

  private final Set<String> keys = new HashSet<>();

  /** How the shard answers. */
  private volatile Function<Submit, Future<Submitted>> shard = this::accept;

  private Clock clock = virtual;
  private Duty duty = Duty.ALWAYS;
  private Vertx vertx;
  private Bus bus;
  private Router router;
  private ScheduleVerticle verticle;
  private ScheduleConfig config = new ScheduleConfig(Duration.ofMinutes(1), 100);

  private static final class KnownSchedules implements Schedules {
    private final Map<Long, Schedule> byUid = new ConcurrentHashMap<>();
    private volatile long lookedAfterUntil;

    @Override
    public long lookedAfterUntil() {
      return lookedAfterUntil;
    }

    @Override
    public Schedule byUid(long uid) {
      return byUid.get(uid);
    }

    @Override
    public Collection<Schedule> all() {
      return byUid.values();
    }
  }

  @BeforeEach
  void serve(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    functions.add(FUNCTION, "acme", "f");
    join(
        bus.serve(
            Addresses.NOTE_SCHEDULES,
            note -> {
              schedules.lookedAfterUntil = note.until();
              return Future.succeededFuture(Done.DONE);
            }));
    join(
        bus.serve(
            Addresses.SUBMIT.at(0),
            submit -> {
              submits.add(submit);
              return shard.apply(submit);
            }));
  }

  private synchronized Future<Submitted> accept(Submit submit) {
    InvocationBuilder made = new InvocationBuilder();
    made.id = minter.next(clock.millis());
    made.functionUid = submit.functionUid();
    made.fingerprint = submit.fingerprint();
    return Future.succeededFuture(new Submitted(made.build(), keys.add(submit.key())));
  }

  private static Future<Submitted> refuse(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }

  private String start() throws Exception {
    router = new Router(bus, functions, 1, clock, RouterConfig.DEFAULT);
    return deploy();
  }

  private String deploy() throws Exception {
    verticle = new ScheduleVerticle(config, schedules, functions, router, bus, clock, meters, duty);
    return join(vertx.deployVerticle(verticle));
  }

  private static Schedule schedule(long uid, String cron, Instant since) {
    return new Schedule(
        uid,
        "acme",
        "default",
        "f",
        FUNCTION,
        "s" + uid,
        cron,
        Cron.parse(cron).toString(),
        "UTC",
        "LATEST",
        "m",
        true,
        About.NOTHING,
        since.toEpochMilli(),
        since.toEpochMilli(),
        since.toEpochMilli(),
        1);
  }

  private static Schedule with(Schedule of, String cron, boolean enabled, Instant since) {
    return new Schedule(
        of.uid(),
        of.account(),
        of.namespace(),
        of.function(),
        of.functionUid(),
        of.name(),
        cron,
        Cron.parse(cron).toString(),
        of.zone(),
        of.qualifier(),
        of.message(),
        enabled,
        of.about(),
        since.toEpochMilli(),
        of.createdAt(),
        since.toEpochMilli(),
        of.revision() + 1);
  }

  private Schedule put(Schedule schedule) {
    schedules.byUid.put(schedule.uid(), schedule);
    changed(schedule.uid());
    return schedule;
  }

  /** Of any uid: whatever else has become due is fired as well. */
  private void changed(long uid) {
    bus.publish(Addresses.SCHEDULE_CHANGED, new ScheduleChanged(uid));
  }

  /** The keys of the next submits. */
  private List<String> next(int count) throws InterruptedException {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Submit submit = submits.poll(10, TimeUnit.SECONDS);
      assertNotNull(submit, () -> "no further firing behind " + keys);
      keys.add(submit.key());
    }
    return keys;
  }

  private static String key(long uid, Instant at) {
    return "timer:" + uid + ":" + at.toEpochMilli();
  }

  /** Once everything has been answered and decided that the verticle was asked for. */
  private void nothingMore() throws Exception {
    settle();
    assertNull(submits.poll(), "a firing that was not expected");
  }

  /** What is under way has been to the shard and back, with what follows from it. */
  private void settle() throws Exception {
    while (join(verticle.looked()) > 0) {
      Thread.onSpinWait();
    }
  }

  private double firings(String outcome) {
    return meters.get("perdure.schedule.firings").tag("outcome", outcome).counter().count();
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void firingIsASubmitWithAKeyOfItsTime() throws Exception {
    put(schedule(9, "*/10 * * * * *", NOON));
    start();
    virtual.advance(Duration.ofSeconds(10));
    Submit submit = submits.poll(10, TimeUnit.SECONDS);
    assertEquals(key(9, NOON.plusSeconds(10)), submit.key());
    assertEquals(FUNCTION, submit.functionUid());
    assertEquals(Invocation.Origin.SCHEDULE, submit.origin());
    assertEquals(Invocation.Mode.ASYNC, submit.mode());
    assertEquals("LATEST", submit.qualifier());
    assertEquals(
        "{\"type\":\"timer\",\"schedule\":\"s9\",\"time\":\"2026-01-01T12:00:10Z\",\"message\":\"m\"}",
        new String(submit.payload(), UTF_8));
    virtual.advance(Duration.ofSeconds(20));
    assertEquals(List.of(key(9, NOON.plusSeconds(20)), key(9, NOON.plusSeconds(30))), next(2));
    nothingMore();
    assertEquals(3, firings("submitted"));
  }

  @Test
  void nothingIsFiredByANodeThatIsNotTo() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON));
    duty = (gained, lost) -> lost.run();
    start();
    virtual.advance(Duration.ofSeconds(60));
    changed(1);
    nothingMore();
  }

  @Test
  void whoeverFiresFromNowOnGoesOnWhereTheOneBeforeEnded() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON));
    AtomicReference<Runnable> gained = new AtomicReference<>();
    AtomicReference<Runnable> lost = new AtomicReference<>();
    duty =
        (begin, end) -> {
          gained.set(begin);
          lost.set(end);
          begin.run();
        };
    start();
    ScheduleVerticle first = verticle;
    virtual.advance(Duration.ofSeconds(20));
    assertEquals(List.of(key(1, NOON.plusSeconds(20))), next(1));
    settle();
    lost.get().run();
    join(first.looked());
    virtual.advance(Duration.ofSeconds(20));
    nothingMore();

    duty = Duty.ALWAYS;
    deploy(); // on another node, with the same shards
    assertEquals(List.of(key(1, NOON.plusSeconds(20)), key(1, NOON.plusSeconds(40))), next(2));
    settle();
    assertEquals(1, firings("repeated"), "what had been fired is known by its key");
    assertEquals(2, firings("submitted"));

    virtual.advance(Duration.ofSeconds(20));
    assertEquals(List.of(key(1, NOON.plusSeconds(60))), next(1));
    nothingMore();
  }

  @Test
  void twoNodesThatFireForAMomentRunNothingTwice() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON));
    start();
    deploy(); // the first one does not know yet that it is not to fire any more
    virtual.advance(Duration.ofSeconds(20));
    assertEquals(List.of(key(1, NOON.plusSeconds(20)), key(1, NOON.plusSeconds(20))), next(2));
    settle();
    assertEquals(1, keys.size());
  }

  @Test
  void startFiresWhatWasDueInTheLastMinuteAndNothingOlder() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON.minusSeconds(3_600)));
    start();
    assertEquals(
        List.of(
            key(1, NOON.minusSeconds(60)),
            key(1, NOON.minusSeconds(40)),
            key(1, NOON.minusSeconds(20)),
            key(1, NOON)),
        next(4));
    nothingMore();
  }

  @Test
  void secondStartFiresNothingASecondTime() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON.minusSeconds(3_600)));
    String first = start();
    next(4);
    nothingMore();
    join(vertx.undeploy(first));
    deploy();
    next(4);
    nothingMore();
    assertEquals(4, firings("submitted"));
    assertEquals(4, firings("repeated"));
  }

  @Test
  void whatWasMissedWhileNoNodeRanIsCountedOnce() throws Exception {
    schedules.lookedAfterUntil = NOON.minus(Duration.ofMinutes(30)).toEpochMilli();
    put(schedule(1, "0 */10 * * * *", NOON.minus(Duration.ofDays(1))));
    put(schedule(2, "0 45 11 1 1 * 2026", NOON.minus(Duration.ofDays(1))));
    put(schedule(3, "0 */10 * * * *", NOON.minus(Duration.ofMinutes(1))));
    start();
    assertEquals(Set.of(key(1, NOON), key(3, NOON)), Set.copyOf(next(2)));
    nothingMore();
    assertEquals(3, firings("skipped"), "11:40 and 11:50 of one, 11:45 of another");
    assertEquals(NOON.toEpochMilli(), schedules.lookedAfterUntil);
  }

  @Test
  void onceAMinuteItIsNotedThatSchedulesAreLookedAfter() throws Exception {
    put(schedule(1, "*/10 * * * * *", NOON));
    start();
    virtual.advance(Duration.ofSeconds(59));
    next(5);
    nothingMore();
    assertEquals(NOON.toEpochMilli(), schedules.lookedAfterUntil);
    virtual.advance(Duration.ofSeconds(1));
    next(1);
    nothingMore();
    assertEquals(NOON.plusSeconds(60).toEpochMilli(), schedules.lookedAfterUntil);
  }

  @Test
  void nothingIsFiredForATimeBeforeTheScheduleWasMade() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON.minusSeconds(40)));
    start();
    assertEquals(List.of(key(1, NOON.minusSeconds(20)), key(1, NOON)), next(2));
    nothingMore();
  }

  @Test
  void scheduleThatIsMadeWhileItRunsFires() throws Exception {
    start();
    put(schedule(1, "0 * * * * *", NOON));
    nothingMore();
    virtual.advance(Duration.ofMinutes(1));
    assertEquals(List.of(key(1, NOON.plusSeconds(60))), next(1));
  }

  @Test
  void changedScheduleFiresAtItsNewTimesAlone() throws Exception {
    Schedule old = put(schedule(1, "0 * * * * *", NOON));
    start();
    put(with(old, "30 * * * * *", true, NOON));
    nothingMore();
    virtual.advance(Duration.ofMinutes(2));
    assertEquals(List.of(key(1, NOON.plusSeconds(30)), key(1, NOON.plusSeconds(90))), next(2));
    nothingMore();
  }

  @Test
  void scheduleThatIsDisabledOrGoneDoesNotFire() throws Exception {
    Schedule disabled = put(schedule(1, "0 * * * * *", NOON));
    put(schedule(2, "0 * * * * *", NOON));
    start();
    put(with(disabled, "0 * * * * *", false, NOON));
    schedules.byUid.remove(2L);
    changed(2);
    nothingMore();
    virtual.advance(Duration.ofMinutes(2));
    nothingMore();
    put(with(disabled, "0 * * * * *", true, NOON.plusSeconds(120)));
    nothingMore();
    virtual.advance(Duration.ofMinutes(1));
    assertEquals(List.of(key(1, NOON.plusSeconds(180))), next(1));
  }

  @Test
  void scheduleWithoutAFurtherTimeIsGivenUpUntilItIsChanged() throws Exception {
    Schedule past = put(schedule(1, "0 0 0 1 1 * 2025", NOON));
    start();
    put(with(past, "0 1 12 1 1 * 2026", true, NOON));
    nothingMore();
    virtual.advance(Duration.ofMinutes(1));
    assertEquals(List.of(key(1, NOON.plusSeconds(60))), next(1));
    nothingMore();
    assertEquals(0, meters.get("perdure.schedules").gauge().value());
  }

  @Test
  void scheduleOfAFunctionThatIsGoneDoesNotFire() throws Exception {
    put(schedule(1, "0 * * * * *", NOON));
    start();
    functions.remove(FUNCTION);
    virtual.advance(Duration.ofMinutes(5));
    nothingMore();
  }

  @Test
  void whatIsThrottledIsFiredAgainAndThenTheNext() throws Exception {
    put(schedule(1, "*/20 * * * * *", NOON));
    start();
    shard = submit -> refuse(FULL);
    virtual.advance(Duration.ofSeconds(20));
    assertEquals(List.of(key(1, NOON.plusSeconds(20))), next(1));
    nothingMore();
    shard = this::accept;
    virtual.advance(Duration.ofSeconds(1));
    assertEquals(List.of(key(1, NOON.plusSeconds(20))), next(1));
    nothingMore();
    virtual.advance(Duration.ofSeconds(19));
    assertEquals(List.of(key(1, NOON.plusSeconds(40))), next(1));
    assertEquals(0, firings("skipped"));
  }

  @Test
  void whatCannotBeSubmittedForAMinuteIsSkipped() throws Exception {
    put(schedule(1, "0 */5 * * * *", NOON));
    start();
    shard = submit -> refuse(new Failure.Unavailable("recovering", 1_000));
    virtual.advance(Duration.ofMinutes(5));
    next(1);
    nothingMore();
    for (int second = 1; second <= 70; second++) {
      virtual.advance(Duration.ofSeconds(1));
      settle();
    }
    assertEquals(8, submits.size(), "after 1, 3, 7, 15, 25, 35, 45 and 55 s");
    submits.clear();
    assertEquals(1, firings("skipped"));
    shard = this::accept;
    virtual.advance(Duration.ofSeconds(230));
    assertEquals(List.of(key(1, NOON.plusSeconds(600))), next(1));
  }

  @Test
  void refusalThatWillNotChangeIsNotRepeated() throws Exception {
    put(schedule(1, "0 * * * * *", NOON));
    start();
    shard = submit -> refuse(new Failure.NotFound("qualifier", "prod"));
    virtual.advance(Duration.ofMinutes(1));
    next(1);
    nothingMore();
    virtual.advance(Duration.ofSeconds(59));
    nothingMore();
    assertEquals(1, firings("refused"));
    shard = this::accept;
    virtual.advance(Duration.ofSeconds(1));
    assertEquals(List.of(key(1, NOON.plusSeconds(120))), next(1));
  }

  @Test
  void keyThatHasAnotherPayloadHasBeenFired() throws Exception {
    put(schedule(1, "0 * * * * *", NOON));
    start();
    shard =
        submit -> {
          InvocationBuilder first = new InvocationBuilder();
          first.id = minter.next(clock.millis());
          return Future.succeededFuture(new Submitted(first.build(), false));
        };
    virtual.advance(Duration.ofMinutes(1));
    next(1);
    nothingMore();
    assertEquals(1, firings("repeated"));
    assertEquals(0, firings("refused"));
  }

  @Test
  void firingsOfAScheduleFollowOneAnother() throws Exception {
    put(schedule(1, "* * * * * *", NOON));
    start();
    BlockingQueue<Runnable> open = new LinkedBlockingQueue<>();
    shard = submit -> held(submit, open);
    virtual.advance(Duration.ofSeconds(3));
    assertEquals(List.of(key(1, NOON.plusSeconds(1))), next(1));
    assertEquals(1, join(verticle.looked()));
    shard = this::accept;
    open.take().run();
    assertEquals(List.of(key(1, NOON.plusSeconds(2)), key(1, NOON.plusSeconds(3))), next(2));
    nothingMore();
  }

  /** Accepted when the test says so. */
  private Future<Submitted> held(Submit submit, BlockingQueue<Runnable> open) {
    Promise<Submitted> answer = Promise.promise();
    open.add(() -> accept(submit).onComplete(answer));
    return answer.future();
  }

  @Test
  void onlySoManyAreSubmittedAtOnce() throws Exception {
    config = new ScheduleConfig(Duration.ofMinutes(1), 2);
    for (long uid = 1; uid <= 5; uid++) {
      put(schedule(uid, "0 * * * * *", NOON));
    }
    start();
    BlockingQueue<Runnable> open = new LinkedBlockingQueue<>();
    shard = submit -> held(submit, open);
    virtual.advance(Duration.ofMinutes(1));
    Instant at = NOON.plusSeconds(60);
    assertEquals(List.of(key(1, at), key(2, at)), next(2));
    assertEquals(2, join(verticle.looked()));
    open.take().run();
    assertEquals(List.of(key(3, at)), next(1));
  }

  @Test
  void manyRefusedAtOnceAreAllFiredAgain() throws Exception {
    config = new ScheduleConfig(Duration.ofMinutes(1), 10_000);
    for (long uid = 1; uid <= 5_000; uid++) {
      put(schedule(uid, "0 * * * * *", NOON));
    }
    start();
    router.refuseSubmits(new Failure.Unavailable("draining", 1_000));
    virtual.advance(Duration.ofMinutes(1));
    nothingMore();
    router.acceptAll();
    for (int second = 0; second < 30 && submits.size() < 5_000; second++) {
      virtual.advance(Duration.ofSeconds(1));
      settle();
    }
    assertEquals(5_000, new HashSet<>(next(5_000)).size());
  }

  @Test
  void clockThatIsPutForwardSkipsWhatIsLateAndGoesOn() throws Exception {
    SetClock wall = new SetClock();
    clock = wall;
    put(schedule(1, "0 * * * * *", NOON));
    start();
    wall.now.addAndGet(Duration.ofMinutes(10).plusSeconds(30).toMillis());
    changed(0);
    assertEquals(List.of(key(1, NOON.plusSeconds(600))), next(1));
    nothingMore();
    assertEquals(9, firings("skipped"));
  }

  @Test
  void longStandstillIsCountedUpToABound() throws Exception {
    SetClock wall = new SetClock();
    clock = wall;
    put(schedule(1, "* * * * * *", NOON));
    start();
    wall.now.addAndGet(Duration.ofDays(30).toMillis());
    changed(0);
    next(61);
    nothingMore();
    assertEquals(Skipped.COUNTED_MAX, firings("skipped"));
  }

  @Test
  void clockThatIsPutBackALittleFiresNoTimeAgain() throws Exception {
    SetClock wall = new SetClock();
    clock = wall;
    put(schedule(1, "0 * * * * *", NOON));
    start();
    wall.now.addAndGet(60_000);
    changed(0);
    next(1);
    nothingMore();
    wall.now.addAndGet(-30_000);
    changed(0);
    nothingMore();
    wall.now.addAndGet(90_000);
    changed(0);
    assertEquals(List.of(key(1, NOON.plusSeconds(120))), next(1));
    nothingMore();
  }

  @Test
  void clockThatWasFarAheadLeavesNothingBehind() throws Exception {
    SetClock wall = new SetClock();
    clock = wall;
    wall.now.addAndGet(Duration.ofDays(365).toMillis());
    put(schedule(1, "0 * * * * *", NOON.plus(Duration.ofDays(365))));
    start();
    nothingMore();
    wall.now.set(NOON.toEpochMilli() + 1);
    changed(0);
    nothingMore();
    wall.now.addAndGet(60_000);
    changed(0);
    assertEquals(List.of(key(1, NOON.plusSeconds(60))), next(1));
    nothingMore();
  }

  /** A wall clock that is set; its timers never call, as if time had stood still. */
  private static final class SetClock implements Clock {
    private final AtomicLong now = new AtomicLong(NOON.toEpochMilli());

    @Override
    public Timer at(long atMillis, Runnable task) {
      return () -> {};
    }

    @Override
    public long millis() {
      return now.get();
    }
  }
}
