package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class RateLimitVerticleTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void install(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.install(vertx);
  }

  @Test
  void callsUpToTheRateAreGrantedAndTheNextIsThrottled() throws Exception {
    deploy(Map.of("scf.Invoke", 2), 10);
    acquire("a", "Invoke", 1);
    acquire("a", "Invoke", 1);
    assertEquals(new Failure.OverRate("scf.Invoke", 2, 3, 500), throttled("a", "Invoke", 1));
    assertEquals(new Failure.OverRate("scf.Invoke", 2, 4, 500), throttled("a", "Invoke", 1));
  }

  @Test
  void callsOfEarlierSecondsAreNotToldOfInARefusal() throws Exception {
    deploy(Map.of("scf.Invoke", 2), 10);
    for (int i = 0; i < 8; i++) {
      acquire("a", "Invoke", 1);
      clock.advance(Duration.ofMillis(500));
    }
    acquire("a", "Invoke", 2);
    assertEquals(3, throttled("a", "Invoke", 1).seen());
  }

  @Test
  void waitingAsLongAsToldIsEnough() throws Exception {
    deploy(Map.of("scf.Invoke", 3), 10);
    acquire("a", "Invoke", 3);
    clock.advance(Duration.ofMillis(throttled("a", "Invoke", 1).retryAfterMillis()));
    acquire("a", "Invoke", 1);
  }

  @Test
  void accountsAndActionsHaveBucketsOfTheirOwn() throws Exception {
    deploy(Map.of("scf.Invoke", 1, "scf.GetFunction", 1), 10);
    acquire("a", "Invoke", 1);
    acquire("b", "Invoke", 1);
    acquire("a", "GetFunction", 1);
    throttled("a", "Invoke", 1);
  }

  @Test
  void actionWithoutARateIsNotLimited() throws Exception {
    deploy(Map.of("scf.Invoke", 1, "scf.Free", 0, "scf.*", 1), 10);
    for (int i = 0; i < 5; i++) {
      acquire("a", "Free", 1);
      ask(new Acquire("a", "native", "Submit", 1_000));
    }
  }

  @Test
  void rateOfTheDialectHoldsForEachActionThatIsNotNamed() throws Exception {
    deploy(Map.of("scf.*", 1), 10);
    acquire("a", "One", 1);
    acquire("a", "Two", 1);
    throttled("a", "One", 1);
  }

  @Test
  void bucketsPastTheBoundAreThrottledUntilOthersHaveFilledUp() throws Exception {
    deploy(Map.of("scf.Invoke", 1), 2);
    acquire("a", "Invoke", 1);
    acquire("b", "Invoke", 1);
    assertEquals(
        1_000,
        assertInstanceOf(Failure.Throttled.class, failure(new Acquire("c", "scf", "Invoke", 1)))
            .retryAfterMillis());
    clock.advance(Duration.ofSeconds(1));
    acquire("c", "Invoke", 1);
  }

  @Test
  void refusalsAreCounted() throws Exception {
    deploy(Map.of("scf.Invoke", 1), 10);
    acquire("a", "Invoke", 1);
    throttled("a", "Invoke", 1);
    throttled("a", "Invoke", 1);
    assertEquals(
        2,
        meters
            .get("perdure.ratelimit.rejected")
            .tag("dialect", "scf")
            .tag("action", "Invoke")
            .counter()
            .count());
  }

  @Test
  void requestForNoTokenIsRefused() throws Exception {
    deploy(Map.of("scf.Invoke", 1), 10);
    Failure.Invalid refused =
        assertInstanceOf(Failure.Invalid.class, failure(new Acquire("a", "scf", "Invoke", 0)));
    assertEquals("tokens", refused.field());
  }

  private void deploy(Map<String, Integer> rates, int bucketsMax) throws Exception {
    join(
        vertx.deployVerticle(
            new RateLimitVerticle(new RateLimitConfig(rates, bucketsMax), bus, clock, meters)));
  }

  private void acquire(String account, String action, int tokens) throws Exception {
    ask(new Acquire(account, "scf", action, tokens));
  }

  private Failure.OverRate throttled(String account, String action, int tokens) {
    return assertInstanceOf(
        Failure.OverRate.class, failure(new Acquire(account, "scf", action, tokens)));
  }

  private Failure failure(Acquire request) {
    ExecutionException refused = assertThrows(ExecutionException.class, () -> ask(request));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  private void ask(Acquire request) throws Exception {
    join(bus.request(Addresses.ACQUIRE, request));
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
