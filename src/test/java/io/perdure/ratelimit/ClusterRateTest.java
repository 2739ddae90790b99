package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Homes;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.bus.LimitMessages.LeaseTokens;
import io.perdure.bus.Routes;
import io.perdure.bus.TestRoutes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rates of a cluster, seen from node a; node b is the home, and then a. */
@ExtendWith(VertxExtension.class)
class ClusterRateTest {
  private static final Acquire CALL = new Acquire("acc", "scf", "Invoke", 1);

  private final VirtualClock clock = new VirtualClock(Instant.ofEpochSecond(1_000));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Vertx vertx;
  private Bus asking;
  private volatile String owner = "b";
  private volatile long epoch = 1;

  private final class Node implements Homes {
    final TestRoutes routes;

    Node(String name) {
      routes = new TestRoutes(name).owns(0, owner);
    }

    @Override
    public Routes routes() {
      return routes;
    }

    @Override
    public int shards() {
      return 1;
    }

    @Override
    public Future<Long> confirm(int shard) {
      return routes.self().equals(owner)
          ? Future.succeededFuture(epoch)
          : Future.failedFuture(new FailureException(new Failure.Fenced(shard, owner)));
    }

    @Override
    public Set<String> nodes() {
      return Set.of("a", "b");
    }

    @Override
    public Set<String> present() {
      return nodes();
    }

    @Override
    public boolean takesIn() {
      return true;
    }
  }

  @BeforeEach
  void join(Vertx vertx) throws Exception {
    this.vertx = vertx;
    asking = start("a");
  }

  private Bus start(String name) throws Exception {
    Node node = new Node(name);
    Bus bus = Bus.install(vertx, node.routes);
    join(
        vertx.deployVerticle(
            new RateLimitVerticle(
                new RateLimitConfig(Map.of("scf.Invoke", 2, "scf.Fast", 1_000), 10),
                bus,
                clock,
                meters,
                node)));
    return bus;
  }

  @Test
  void theRateHoldsOverAllNodes() throws Exception {
    start("b");
    assertInstanceOf(Failure.OverRate.class, refused()); // the home is heard of
    clock.advance(Duration.ofSeconds(5));
    call();
    call();
    assertEquals(500, assertInstanceOf(Failure.OverRate.class, refused()).retryAfterMillis());
  }

  @Test
  void aNewHomeBeginsWithEmptyBuckets() throws Exception {
    start("b");
    assertInstanceOf(Failure.OverRate.class, refused());
    clock.advance(Duration.ofSeconds(5));
    call();
    owner = "a";
    epoch = 2;
    assertInstanceOf(Failure.OverRate.class, refused());
    clock.advance(Duration.ofMillis(500));
    call();
  }

  @Test
  void withoutAHomeCallsAreRefusedForAWhile() {
    assertEquals(1_000, assertInstanceOf(Failure.Unavailable.class, refused()).retryAfterMillis());
  }

  @Test
  void highRatesAreLeasedAndHoldOverAllNodes() throws Exception {
    start("b");
    assertEquals(0, lease(1)); // the home is heard of
    clock.advance(Duration.ofSeconds(5));
    int taken = 0;
    int leases = 0;
    for (int got = lease(50); got > 0; got = lease(50)) {
      taken += got;
      leases++;
    }
    assertEquals(950, taken); // a second's burst, less by what leases may still use
    assertEquals(19, leases);
  }

  /** What a home has of that much, 0 for nothing. */
  private int lease(int most) throws Exception {
    LeaseTokens ask = new LeaseTokens("acc", "scf", "Fast", 1, most, 0);
    try {
      return join(asking.request(Addresses.LEASE_TOKENS.at(0), ask)).tokens();
    } catch (ExecutionException refused) {
      Failure failure = assertInstanceOf(FailureException.class, refused.getCause()).failure();
      assertInstanceOf(Failure.OverRate.class, failure);
      return 0;
    }
  }

  @Test
  void whatAHomeRefusesIsCounted() {
    refused();
    assertEquals(1, refusals("unavailable"));
    assertEquals(0, refusals("rate"));
  }

  private double refusals(String why) {
    return meters.get("perdure.ratelimit.home.refused").tag("why", why).counter().count();
  }

  private void call() throws Exception {
    // Every node serves ACQUIRE on this one Vert.x; whoever is asked asks the home.
    join(asking.request(Addresses.TAKE_TOKENS.at(0), CALL, RateLimitVerticle.HOME_MILLIS * 20));
  }

  private Failure refused() {
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> join(asking.request(Addresses.ACQUIRE, CALL)));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
