package io.perdure.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.retention.RetentionVerticle.Swept;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class RetentionVerticleTest {
  private static final long HOUR = 3_600_000;
  private static final long START = 500_000 * HOUR + 1;
  private static final RetentionConfig CONFIG = new RetentionConfig(Duration.ofSeconds(5), 500);
  private static final Reaped NOTHING_DUE = new Reaped(0, 0, 0, false, Long.MAX_VALUE);

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(START));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** What the shards were asked, in order: "reap 0", "drop 0 below 500000". */
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** The shards of this node. */
  private final Set<Integer> owned = ConcurrentHashMap.newKeySet();

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void install(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    owned.addAll(List.of(0, 1, 2));
  }

  @Test
  void eachShardIsSweptToItsEndBeforeTheNext() throws Exception {
    serveReap(0, reaped(3, true), reaped(3, true), reaped(1, false));
    serveReap(1, reaped(2, false));
    serveDrop(0);
    serveDrop(1);
    Swept swept = join(deploy(2).sweep());
    assertEquals(new Swept(9, 0, 0, 0), swept);
    assertEquals(
        List.of(
            "reap 0", "reap 0", "reap 0", "drop 0 below 500000", "reap 1", "drop 1 below 500000"),
        asked);
  }

  @Test
  void shardIsAskedForItsNextPortionOnlyWhenItHasAnsweredTheOneBefore() throws Exception {
    BlockingQueue<Promise<Reaped>> open = new LinkedBlockingQueue<>();
    serve(
        0,
        reap -> {
          Promise<Reaped> answer = Promise.promise();
          open.add(answer);
          return answer.future();
        });
    serveDrop(0);
    Future<Swept> swept = deploy(1).sweep();
    for (int portion = 0; portion < 3; portion++) {
      Promise<Reaped> answer = open.poll(10, TimeUnit.SECONDS);
      assertTrue(open.isEmpty(), "two portions at once");
      answer.complete(reaped(5, portion < 2));
    }
    assertEquals(15, join(swept).removed());
  }

  @Test
  void sweepTakesWhatWasDueWhenItBegan() throws Exception {
    serve(
        0,
        reap -> {
          asked.add("before " + (reap.now() - START) + ", at most " + reap.limit());
          clock.advance(Duration.ofMillis(10));
          return Future.succeededFuture(reaped(1, asked.size() < 3));
        });
    serveDrop(0);
    join(deploy(1).sweep());
    assertEquals(
        List.of("before 0, at most 500", "before 0, at most 500", "before 0, at most 500"),
        asked.subList(0, 3));
  }

  @Test
  void bodiesAreDroppedOncePerBucket() throws Exception {
    serveReap(0);
    serveDrop(0);
    RetentionVerticle reaper = deploy(1);
    join(reaper.sweep());
    join(reaper.sweep());
    clock.advance(Duration.ofMillis(HOUR));
    join(reaper.sweep());
    assertEquals(
        List.of("drop 0 below 500000", "drop 0 below 500001"),
        asked.stream().filter(what -> what.startsWith("drop")).toList());
  }

  @Test
  void bodiesStayWhenTheShardCouldNotBeSweptToItsEnd() throws Exception {
    Queue<Future<Reaped>> answers =
        new ArrayDeque<>(
            List.of(Future.succeededFuture(reaped(4, true)), Future.failedFuture(unavailable())));
    serve(0, reap -> answers.remove());
    serveDrop(0);
    assertEquals(new Swept(4, 0, 0, 1), join(deploy(1).sweep()));
    assertEquals(List.of(), asked);
  }

  @Test
  void failedDropIsRepeatedByTheNextSweep() throws Exception {
    serveReap(0);
    Queue<Future<Done>> answers =
        new ArrayDeque<>(
            List.of(Future.failedFuture(unavailable()), Future.succeededFuture(Done.DONE)));
    join(bus.serve(Addresses.DROP_BODIES.at(0), drop -> answers.remove()));
    RetentionVerticle reaper = deploy(1);
    join(reaper.sweep());
    join(reaper.sweep());
    assertEquals(0, answers.size());
  }

  @Test
  void shardThatFailsDoesNotKeepTheOthersFromBeingSwept() throws Exception {
    serve(0, reap -> Future.failedFuture(unavailable()));
    serveReap(1, reaped(7, false));
    serveDrop(1);
    assertEquals(new Swept(7, 0, 0, 1), join(deploy(2).sweep()));
  }

  @Test
  void portionThatDidNothingIsFollowedByTheNext() throws Exception {
    serveReap(0, reaped(0, true), reaped(0, true), reaped(1, false));
    serveDrop(0);
    assertEquals(new Swept(1, 0, 0, 0), join(deploy(1).sweep()));
  }

  @Test
  void shardThatCannotRemoveWhatIsDueIsNotAskedForEver() throws Exception {
    serve(
        0,
        reap -> {
          asked.add("reap");
          return Future.succeededFuture(reaped(0, true));
        });
    serveDrop(0);
    assertEquals(Swept.NOTHING, join(deploy(1).sweep()));
    assertEquals(Collections.nCopies(10, "reap"), asked);
  }

  @Test
  void sweepsAtItsIntervalAgainAndAgain() throws Exception {
    BlockingQueue<Long> times = new LinkedBlockingQueue<>();
    serve(
        0,
        reap -> {
          times.add(reap.now() - START);
          return Future.succeededFuture(NOTHING_DUE);
        });
    serveDrop(0);
    deploy(1);
    for (int i = 1; i <= 3; i++) {
      clock.advance(Duration.ofSeconds(5));
      assertEquals(i * 5_000L, times.poll(10, TimeUnit.SECONDS));
      awaitNextTimer();
    }
  }

  @Test
  void sweepGoesOnAfterAFailure() throws Exception {
    BlockingQueue<Long> times = new LinkedBlockingQueue<>();
    serve(
        0,
        reap -> {
          times.add(reap.now() - START);
          return Future.failedFuture(unavailable());
        });
    deploy(1);
    for (int i = 1; i <= 2; i++) {
      clock.advance(Duration.ofSeconds(5));
      assertEquals(i * 5_000L, times.poll(10, TimeUnit.SECONDS));
      awaitNextTimer();
    }
  }

  @Test
  void sweepAskedForWhileOneGoesOnFollowsIt() throws Exception {
    BlockingQueue<Promise<Reaped>> open = new LinkedBlockingQueue<>();
    serve(
        0,
        reap -> {
          Promise<Reaped> answer = Promise.promise();
          open.add(answer);
          return answer.future();
        });
    serveDrop(0);
    RetentionVerticle reaper = deploy(1);
    Future<Swept> first = reaper.sweep();
    Promise<Reaped> firstPortion = open.poll(10, TimeUnit.SECONDS);
    Future<Swept> second = reaper.sweep();
    firstPortion.complete(reaped(2, false));
    open.poll(10, TimeUnit.SECONDS).complete(reaped(1, false));
    assertEquals(2, join(first).removed());
    assertEquals(1, join(second).removed());
  }

  @Test
  void lagIsTheAgeOfTheOldestEntryOfAllShards() throws Exception {
    serve(0, reap -> Future.succeededFuture(new Reaped(0, 0, 0, true, START - 3_000)));
    serve(1, reap -> Future.succeededFuture(new Reaped(0, 0, 0, true, START - 9_000)));
    join(deploy(2).sweep());
    assertEquals(9.0, lag());
    clock.advance(Duration.ofSeconds(1));
    assertEquals(10.0, lag());
  }

  @Test
  void lagIsZeroWhileNothingIsDue() throws Exception {
    serveReap(0, new Reaped(0, 0, 0, false, START + 60_000));
    serveDrop(0);
    RetentionVerticle reaper = deploy(1);
    assertEquals(0.0, lag());
    join(reaper.sweep());
    assertEquals(0.0, lag());
  }

  @Test
  void whatIsDoneIsCounted() throws Exception {
    serveReap(0, new Reaped(3, 2, 1, true, START), new Reaped(1, 1, 1, false, Long.MAX_VALUE));
    serveDrop(0);
    assertEquals(new Swept(4, 3, 2, 0), join(deploy(1).sweep()));
    assertEquals(4, count("removed"));
    assertEquals(3, count("expired"));
    assertEquals(2, count("moved"));
  }

  @Test
  void shardsOfOtherNodesAreLeftToThem() throws Exception {
    serveReap(0, NOTHING_DUE);
    serveDrop(0);
    serveReap(1, NOTHING_DUE);
    serveReap(2, NOTHING_DUE);
    serveDrop(2);
    owned.remove(1);
    join(deploy(3).sweep());
    assertEquals(List.of("reap 0", "drop 0 below 500000", "reap 2", "drop 2 below 500000"), asked);
  }

  @Test
  void aShardThatLeavesDuringTheSweepIsNoFailure() throws Exception {
    serve(0, reap -> Future.failedFuture(new FailureException(new Failure.Fenced(0, "n2"))));
    serveReap(1, new Reaped(1, 0, 0, false, Long.MAX_VALUE));
    serveDrop(1);
    assertEquals(new Swept(1, 0, 0, 0), join(deploy(2).sweep()));
  }

  @Test
  void aShardThatHasLeftDoesNotLag() throws Exception {
    serveReap(0, new Reaped(0, 0, 0, false, START));
    serveDrop(0);
    RetentionVerticle reaper = deploy(1);
    join(reaper.sweep());
    clock.advance(Duration.ofSeconds(1));
    assertEquals(1.0, lag());
    owned.remove(0);
    join(reaper.sweep());
    assertEquals(0.0, lag());
  }

  @Test
  void undeployedReaperLeavesNeitherATimerNorAGauge() throws Exception {
    RetentionVerticle reaper = new RetentionVerticle(CONFIG, 1, shard -> true, bus, clock, meters);
    String deployed = join(vertx.deployVerticle(reaper));
    assertTrue(clock.pending().isPresent());
    join(vertx.undeploy(deployed));
    assertTrue(clock.pending().isEmpty());
    assertTrue(meters.find("perdure.retention.lag").gauges().isEmpty());
  }

  private RetentionVerticle deploy(int shards) throws Exception {
    RetentionVerticle reaper =
        new RetentionVerticle(CONFIG, shards, owned::contains, bus, clock, meters);
    join(vertx.deployVerticle(reaper));
    return reaper;
  }

  /** Returns once the sweep has ended and set the next timer. */
  private void awaitNextTimer() throws Exception {
    while (clock.pending().isEmpty()) {
      Promise<Void> turn = Promise.promise();
      vertx.runOnContext(none -> turn.complete());
      join(turn.future());
    }
  }

  private void serveReap(int shard, Reaped... portions) throws Exception {
    Queue<Reaped> left = new ArrayDeque<>(List.of(portions));
    serve(
        shard,
        reap -> {
          asked.add("reap " + shard);
          return Future.succeededFuture(left.isEmpty() ? NOTHING_DUE : left.remove());
        });
  }

  private void serve(int shard, Function<Reap, Future<Reaped>> handler) throws Exception {
    join(bus.serve(Addresses.REAP.at(shard), handler));
  }

  private void serveDrop(int shard) throws Exception {
    join(
        bus.serve(
            Addresses.DROP_BODIES.at(shard),
            drop -> {
              asked.add("drop " + shard + " below " + drop.bucket());
              return Future.succeededFuture(Done.DONE);
            }));
  }

  private double lag() {
    return meters.get("perdure.retention.lag").gauge().value();
  }

  private double count(String what) {
    return meters.get("perdure.retention." + what).counter().count();
  }

  private static Reaped reaped(int removed, boolean more) {
    return new Reaped(removed, 0, 0, more, Long.MAX_VALUE);
  }

  private static FailureException unavailable() {
    return new FailureException(new Failure.Unavailable("recovering", 1_000));
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
