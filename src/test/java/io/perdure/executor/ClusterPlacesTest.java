package io.perdure.executor;

import static io.perdure.bus.LimitMessages.PLACES_LEASE_MILLIS;
import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.next;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation.Mode;
import io.perdure.runtime.Outcome;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A function's concurrency, over several nodes. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class ClusterPlacesTest {
  private static final Outcome DONE = new Outcome.Succeeded(Outcome.NOTHING, Outcome.NOTHING);

  @Test
  void nodesShareTheConcurrency(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    Function function = cluster.functions.put(1, 1);
    cluster.node("a").run(function, Mode.ASYNC);
    HandRuntime.Started first = cluster.node("a").started();
    cluster.node("b").run(function, Mode.ASYNC);
    first.end(DONE);
    cluster.node("b").started();
    assertTrue(cluster.node("a").runtime.attempts.isEmpty());
  }

  @Test
  void eachNodeGetsPlacesWhileAllHaveMoreToDo(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b", "c");
    Function function = cluster.functions.put(1, 1);
    for (String name : List.of("a", "b", "c")) {
      cluster.node(name).run(function, Mode.ASYNC);
      cluster.node(name).run(function, Mode.ASYNC);
    }
    for (String name : List.of("a", "b", "c")) {
      TestCluster.Node node = cluster.node(name);
      // Whoever has the place ends what it runs, until this one has it.
      while (node.runtime.attempts.isEmpty()) {
        for (TestCluster.Node other : cluster.nodes.values()) {
          HandRuntime.Started running = other == node ? null : other.runtime.attempts.poll();
          if (running != null) {
            other.run(function, Mode.ASYNC);
            running.end(DONE);
          }
        }
        Thread.onSpinWait();
      }
      node.runtime.attempts.poll().end(DONE);
    }
  }

  @Test
  void aCallFailsWhenAnotherNodeHasAllPlaces(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    Function function = cluster.functions.put(1, 1);
    cluster.node("a").run(function, Mode.ASYNC);
    cluster.node("a").started();
    // Two nodes tell the shard: the order of what they tell means nothing.
    assertInstanceOf(Began.class, next(cluster.node("a").told));
    Run call;
    Broke broke;
    do {
      call = cluster.node("b").run(function, Mode.SYNC);
      while (cluster.node("a").told.isEmpty()) {
        cluster.clock.advance(Duration.ofMillis(100));
        await(vertx.timer(10)); // meanwhile the nodes tell each other what they have
      }
      broke = assertInstanceOf(Broke.class, next(cluster.node("a").told));
      assertEquals(call.invocation().id(), broke.id());
    } while (broke.error().type().equals("PlacesUnknown"));
    assertEquals("ConcurrencyExceeded", broke.error().type());
  }

  @Test
  void aCallWaitsWhileItIsNotKnownWhatANodeHasThatHasGone(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    cluster.gone("c");
    Run call = cluster.node("b").run(cluster.functions.put(1, 1), Mode.SYNC);
    passTime(cluster, Gates.CLAIM_MILLIS * 4);
    assertTrue(cluster.node("a").told.isEmpty(), cluster.node("a").told::toString);
    cluster.skipHomes(Duration.ofMillis(PLACES_LEASE_MILLIS * 2)); // c has none any more
    assertEquals(call.invocation().id(), cluster.node("b").started().call.invocation().id());
  }

  @Test
  void aCallIsToldWhenItIsNotKnownForLong(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    cluster.gone("c");
    Run call = cluster.node("b").run(cluster.functions.put(1, 1), Mode.SYNC);
    passTime(cluster, Gates.UNCOUNTED_MILLIS);
    Broke broke = assertInstanceOf(Broke.class, next(cluster.node("a").told));
    assertEquals(call.invocation().id(), broke.id());
    assertEquals("PlacesUnknown", broke.error().type());
  }

  /** Until a call has been answered, or has waited so long. */
  private static void passTime(TestCluster cluster, long millis) {
    for (long gone = 0; gone < millis; gone += Gates.CLAIM_MILLIS) {
      while (cluster.clock.pending().isEmpty() && cluster.node("a").told.isEmpty()) {
        Thread.onSpinWait();
      }
      cluster.clock.advance(Duration.ofMillis(Gates.CLAIM_MILLIS));
    }
  }

  @Test
  void aCallRunsWhereAnotherNodeHasPlacesItDoesNotUse(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    Function function = cluster.functions.put(1, 1);
    cluster.node("a").run(function, Mode.ASYNC);
    cluster.node("a").started().end(DONE);
    Run call = cluster.node("b").run(function, Mode.SYNC);
    assertEquals(call.invocation().id(), cluster.node("b").started().call.invocation().id());
  }

  @Test
  void aNewHomeGoesOnFromWhatNodesHave(Vertx vertx) throws Exception {
    TestCluster cluster = new TestCluster(vertx, 256, "a", "b");
    Function function = cluster.functions.put(1, 2);
    cluster.node("a").run(function, Mode.ASYNC);
    HandRuntime.Started first = cluster.node("a").started();
    cluster.own(1, "b");
    cluster.node("b").run(function, Mode.ASYNC);
    cluster.node("b").run(function, Mode.ASYNC);
    cluster.node("b").started();
    assertTrue(cluster.node("b").runtime.attempts.isEmpty());
    first.end(DONE);
    cluster.node("b").started();
  }
}
