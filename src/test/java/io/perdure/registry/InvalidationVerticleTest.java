package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.Invalidated;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class InvalidationVerticleTest {
  private static final Invalidated NOTHING_LEFT = new Invalidated(0, false);

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  /** The shards of this node. */
  private final Set<Integer> owned = ConcurrentHashMap.newKeySet();

  private Vertx vertx;
  private Bus bus;
  private String deployment;

  /** What a shard was asked, and where its answer is awaited. */
  private record Asked(int shard, Invalidate request, Promise<Invalidated> answer) {}

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    owned.addAll(List.of(0, 1));
    for (int i = 0; i < 2; i++) {
      int shard = i;
      join(
          bus.serve(
              Addresses.INVALIDATE.at(shard),
              request -> {
                Promise<Invalidated> answer = Promise.promise();
                asked.add(new Asked(shard, request, answer));
                return answer.future();
              }));
    }
    deployment =
        join(vertx.deployVerticle(new InvalidationVerticle(2, owned::contains, bus, clock)));
  }

  @Test
  void everyShardIsAskedInPortionsUntilNothingIsLeft() throws Exception {
    delete(7);
    answer(0, 7, new Invalidated(500, true));
    answer(0, 7, new Invalidated(500, true));
    answer(0, 7, new Invalidated(3, false));
    answer(1, 7, NOTHING_LEFT);
    assertNothingAsked();
  }

  @Test
  void portionIsBoundedAndSaysWhy() throws Exception {
    delete(7);
    assertEquals(new Invalidate(7, "the function was deleted", 500), next().request());
  }

  @Test
  void functionThatWasOnlyChangedKeepsItsQueue() throws Exception {
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(7, false));
    assertNothingAsked();
  }

  @Test
  void functionsAreDoneOneAfterAnother() throws Exception {
    delete(7);
    delete(8);
    Asked first = next();
    assertEquals(7, first.request().functionUid());
    assertNothingAsked();
    first.answer().complete(NOTHING_LEFT);
    answer(1, 7, NOTHING_LEFT);
    answer(0, 8, NOTHING_LEFT);
    answer(1, 8, NOTHING_LEFT);
    assertNothingAsked();
  }

  @Test
  void shardThatFailsIsAskedAgainAfterAPauseThatGrows() throws Exception {
    delete(7);
    fail(0, 7);
    answer(1, 7, NOTHING_LEFT);
    awaitTimer(1_000);
    clock.advance(Duration.ofMillis(999));
    assertNothingAsked();
    clock.advance(Duration.ofMillis(1));
    fail(0, 7);
    awaitTimer(2_000);
    clock.advance(Duration.ofSeconds(2));
    answer(0, 7, NOTHING_LEFT);
    assertNothingAsked();
  }

  @Test
  void shardOfAnotherNodeIsLeftToIt() throws Exception {
    owned.remove(0);
    delete(7);
    answer(1, 7, NOTHING_LEFT);
    assertNothingAsked();
  }

  @Test
  void shardThatLeavesIsNotAskedAgain() throws Exception {
    delete(7);
    Asked first = next();
    owned.remove(0);
    first.answer().fail(new FailureException(new Failure.Unavailable("gone", 1)));
    answer(1, 7, NOTHING_LEFT);
    assertNothingAsked();
    assertTrue(clock.pending().isEmpty());
  }

  @Test
  void shardThatFailsDoesNotHoldUpOtherFunctions() throws Exception {
    delete(7);
    fail(0, 7);
    answer(1, 7, NOTHING_LEFT);
    awaitTimer(1_000);
    delete(8);
    answer(0, 8, NOTHING_LEFT);
    answer(1, 8, NOTHING_LEFT);
    awaitTimer(1_000);
    clock.advance(Duration.ofSeconds(1));
    answer(0, 7, NOTHING_LEFT);
  }

  @Test
  void shardThatCanMarkNothingNowIsAskedAgainAfterAPause() throws Exception {
    delete(7);
    answer(0, 7, new Invalidated(0, true));
    answer(1, 7, NOTHING_LEFT);
    awaitTimer(1_000);
    clock.advance(Duration.ofSeconds(1));
    answer(0, 7, NOTHING_LEFT);
  }

  @Test
  void undeployedVerticleLeavesNoTimer() throws Exception {
    delete(7);
    fail(0, 7);
    answer(1, 7, NOTHING_LEFT);
    awaitTimer(1_000);
    join(vertx.undeploy(deployment));
    assertTrue(clock.pending().isEmpty());
  }

  private void delete(long uid) {
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(uid, true));
  }

  private void answer(int shard, long uid, Invalidated answer) throws Exception {
    expect(shard, uid).complete(answer);
  }

  private void fail(int shard, long uid) throws Exception {
    expect(shard, uid).fail(new FailureException(new Failure.Unavailable("recovering", 1_000)));
  }

  private Promise<Invalidated> expect(int shard, long uid) throws Exception {
    Asked next = next();
    assertEquals(shard, next.shard());
    assertEquals(uid, next.request().functionUid());
    return next.answer();
  }

  private Asked next() throws Exception {
    Asked next = asked.poll(10, TimeUnit.SECONDS);
    assertTrue(next != null, "no shard was asked");
    return next;
  }

  /** Lets everything that is under way come to rest, and sees that no shard was asked by it. */
  private void assertNothingAsked() throws Exception {
    for (int i = 0; i < 50; i++) {
      turn();
    }
    assertNull(asked.peek());
  }

  private void awaitTimer(long fromNowMillis) throws Exception {
    while (clock.pending().isEmpty()) {
      turn();
    }
    assertEquals(clock.millis() + fromNowMillis, clock.pending().getAsLong());
  }

  /** One turn of an event loop. */
  private void turn() throws Exception {
    Promise<Void> turn = Promise.promise();
    vertx.setTimer(1, id -> turn.complete());
    join(turn.future());
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
