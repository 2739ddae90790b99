package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.perdure.bus.Bus;
import io.perdure.invocation.About;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.Status;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invocations that are waited for. */
class InvokeTest {
  private static final long QUARTER = 900_000;

  private final Vertx vertx = Vertx.vertx();
  private final KnownFunctions functions = new KnownFunctions();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Router router =
      new Router(Bus.install(vertx), functions, 2, clock, RouterConfig.DEFAULT);
  private ServedShards shards;

  @BeforeEach
  void serve() {
    functions.add(1, "acc", "f");
    shards = new ServedShards(vertx, 2, functions, clock);
  }

  @AfterEach
  void close() {
    Answers.of(vertx.close());
  }

  @Test
  void resultComesWithTheEnd() {
    Future<InvokeOutcome> asked = router.invoke(request(null), 20_000, false);
    Invocation ended = shards.finish(waitedFor(), Status.SUCCEEDED, new byte[] {7});
    InvokeOutcome outcome = Answers.of(asked);
    assertEquals(ended, outcome.invocation());
    assertArrayEquals(new byte[] {7}, outcome.result());
    assertEquals(0, outcome.log().length);
  }

  @Test
  void logComesWhenItIsWanted() {
    Future<InvokeOutcome> asked = router.invoke(request(null), 20_000, true);
    InvocationId id = waitedFor();
    shards.bodies.put("LOG" + id, new byte[] {1, 2});
    shards.change(
        id,
        next -> {
          next.log = new BodyRef(2, 1);
          return next;
        });
    shards.finish(id, Status.FAILED, new byte[0]);
    assertArrayEquals(new byte[] {1, 2}, Answers.of(asked).log());
  }

  @Test
  void whatIsNotOverInTimeIsToldAsItIs() {
    InvokeOutcome outcome = Answers.of(router.invoke(request(null), 10, true));
    assertEquals(Status.ENQUEUED, outcome.invocation().status());
    assertEquals(0, outcome.result().length);
    assertEquals(0, Answers.of(router.invoke(request(null), 0, true)).result().length);
  }

  @Test
  void knownKeyGivesTheFirstOutcome() {
    Future<InvokeOutcome> asked = router.invoke(request("k"), 20_000, false);
    InvocationId id = waitedFor();
    shards.finish(id, Status.SUCCEEDED, new byte[] {7});
    Answers.of(asked);
    InvokeOutcome again = Answers.of(router.invoke(request("k"), 20_000, false));
    assertFalse(again.created());
    assertEquals(id, again.invocation().id());
    assertArrayEquals(new byte[] {7}, again.result());
    shards.removed.add("RESULT" + id);
    assertEquals(0, Answers.of(router.invoke(request("k"), 20_000, false)).result().length);
  }

  @Test
  void refusalsAreThoseOfASubmit() {
    shards.refusing = new Failure.Throttled("backlog", "full", 1_000);
    assertInstanceOf(
        Failure.Throttled.class, Answers.failure(router.invoke(request(null), 20_000, false)));
    router.refuseSubmits(new Failure.Unavailable("draining", 1_000));
    assertInstanceOf(
        Failure.Unavailable.class, Answers.failure(router.invoke(request(null), 20_000, false)));
  }

  @Test
  void functionIsWaitedForAsLongAsAllItsAttemptsMayTake() {
    // 10 s on top; four times 5 s; pauses of 1, 2 and 3 s
    assertEquals(36_000, worst(5_000, RetryPolicy.of(4, 1_000, 3_000)));
    assertEquals(15_000, worst(5_000, RetryPolicy.NONE));
    assertEquals(QUARTER, worst(86_400_000, RetryPolicy.of(1_000, 86_400_000, 86_400_000)));
  }

  @Test
  void instancesOfAFunctionMayTakeTheirTimeToStart() {
    RuntimeSpec python = new ManagedBuilder(RuntimeSpec.Language.PYTHON, "python3").build();
    assertEquals(
        80_000, Router.worstCaseMillis(function(5_000, RetryPolicy.NONE, python), QUARTER));
  }

  private static long worst(long timeoutMillis, RetryPolicy retry) {
    Function function = function(timeoutMillis, retry, new RuntimeSpec.EventBus("perdure.fn.x"));
    return Router.worstCaseMillis(function, QUARTER);
  }

  private static Function function(long timeoutMillis, RetryPolicy retry, RuntimeSpec runtime) {
    return new Function(
        1,
        "acc",
        "default",
        "f",
        Function.Flavour.NATIVE,
        Invocation.LATEST,
        About.NOTHING,
        runtime,
        timeoutMillis,
        1,
        retry,
        0,
        RetentionPolicy.DEFAULT,
        null,
        0,
        0,
        1);
  }

  private InvocationId waitedFor() {
    Answers.until("a shard waits", () -> shards.waiting() > 0);
    return shards.records.lastKey();
  }

  private static SubmitRequest request(String key) {
    return new SubmitRequest(
        "acc",
        "default",
        "f",
        null,
        key,
        0,
        0,
        Map.of(),
        null,
        Invocation.Origin.NATIVE,
        Invocation.Mode.ASYNC,
        null,
        new byte[] {1});
  }
}
