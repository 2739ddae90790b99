package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.invocation.Event;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WhysTest {
  private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final Gate IDLE = new Gate(0, 4, 0, false, 0, 64);
  private static final RunError EXIT =
      new RunError(RunError.Kind.FUNCTION, "ExitCode", "exit code 3");

  private final KnownFunctions functions = new KnownFunctions();
  private final Function function = functions.add(1, "acc", "f");

  private static Invocation invocation(Status status, UnaryOperator<InvocationBuilder> how) {
    InvocationBuilder next = new InvocationBuilder();
    next.id = InvocationId.floor(NOW);
    next.functionUid = 1;
    next.status = status;
    next.event(Event.Type.ENQUEUED, NOW, "");
    return how.apply(next).build();
  }

  private Why why(Invocation invocation, Gate gate) {
    return Whys.of(invocation, function, gate, NOW);
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void everyStatusHasACodeAndASentence(Status status) {
    Invocation bare = invocation(status, next -> next);
    for (Gate gate : new Gate[] {IDLE, null}) {
      assertFalse(why(bare, gate).code().isBlank());
      assertFalse(why(bare, gate).message().isBlank());
      assertNotNull(Whys.of(bare, null, gate, NOW).message());
    }
  }

  @Test
  void fullFunctionIsNamedWithItsFigures() {
    Invocation due = invocation(Status.ENQUEUED, next -> next);
    assertEquals(
        new Why("concurrency", "waiting for concurrency 4/4"),
        why(due, new Gate(4, 4, 9, false, 5, 64)));
  }

  @Test
  void functionThatStartsNothingSaysSo() {
    Invocation due = invocation(Status.ENQUEUED, next -> next);
    assertEquals(
        new Why("concurrency", "nothing is started: its function's concurrency is 0"),
        why(due, new Gate(0, 0, 9, false, 5, 64)));
  }

  @Test
  void fullNodeIsNamedWithItsFigures() {
    Invocation due = invocation(Status.ENQUEUED, next -> next);
    assertEquals(
        new Why("node-concurrency", "waiting for the node's concurrency 64/64"),
        why(due, new Gate(1, 4, 9, false, 64, 64)));
  }

  @Test
  void whatAwaitsAnInstanceSaysSo() {
    Invocation due = invocation(Status.ENQUEUED, next -> next);
    assertEquals(
        new Why("instance", "waiting for an instance of its function"),
        why(due, new Gate(1, 4, 9, true, 5, 64)));
  }

  @Test
  void delayNamesItsTime() {
    Invocation later =
        invocation(
            Status.ENQUEUED,
            next -> {
              next.dueAt = NOW + 1;
              return next;
            });
    assertEquals(new Why("delayed", "delayed until 2026-01-01T00:00:00.001Z"), why(later, null));
  }

  @Test
  void retryNamesItsNumberTimeAndTheLastError() {
    Invocation again =
        invocation(
            Status.RETRYING,
            next -> {
              next.failures = 2;
              next.error = EXIT;
              next.dueAt = NOW + 60_000;
              return next;
            });
    assertEquals(
        new Why("retry", "retry 2 of 2 at 2026-01-01T00:01:00.000Z, after ExitCode: exit code 3"),
        why(again, null));
  }

  @Test
  void platformFailureIsNoRetryOfTheFunction() {
    Invocation again =
        invocation(
            Status.RETRYING,
            next -> {
              next.error = new RunError(RunError.Kind.PLATFORM, "NodeLost", "");
              next.dueAt = NOW + 60_000;
              return next;
            });
    assertEquals(
        new Why("platform-retry", "trying again at 2026-01-01T00:01:00.000Z, after NodeLost"),
        why(again, null));
  }

  @Test
  void pauseNamesWhoAndWhen() {
    Function paused =
        new Function(
            1,
            "acc",
            "default",
            "f",
            function.flavour(),
            function.version(),
            function.about(),
            function.runtime(),
            1,
            1,
            function.retry(),
            0,
            function.retention(),
            new Function.Pause("dev", NOW - 1_000),
            0,
            0,
            1);
    Invocation due = invocation(Status.ENQUEUED, next -> next);
    assertEquals(
        new Why("paused", "paused by dev at 2025-12-31T23:59:59.000Z"),
        Whys.of(due, paused, null, NOW));
    assertFalse(Whys.needsGate(due, paused, NOW));
  }

  @Test
  void runningNamesTheAttemptAndSinceWhen() {
    Invocation running =
        invocation(
            Status.RUNNING,
            next -> {
              next.attempts = 2;
              return next.event(Event.Type.RUNNING, NOW, "");
            });
    assertEquals(
        new Why("running", "attempt 2 running since 2026-01-01T00:00:00.000Z"), why(running, null));
  }

  @Test
  void stopUnderWayNamesWhoAskedForIt() {
    Invocation stopping =
        invocation(
            Status.STOPPING,
            next -> {
              next.attempts = 1;
              next.stop = StopMode.CANCEL;
              return next.event(Event.Type.STOP_REQUESTED, NOW, "cancel by dev");
            });
    assertEquals(
        new Why(
            "stopping", "cancel by dev at 2026-01-01T00:00:00.000Z; waiting for attempt 1 to end"),
        why(stopping, null));
  }

  @Test
  void failureNamesErrorAndReason() {
    Invocation failed =
        invocation(
            Status.FAILED,
            next -> {
              next.error = EXIT;
              next.reason = "attempt 3 of 3 failed";
              return next;
            });
    assertEquals(
        new Why("failed", "failed with ExitCode: exit code 3 (attempt 3 of 3 failed)"),
        why(failed, null));
  }

  @Test
  void whatHasNothingToRunNamesWhatIsMissing() {
    Invocation gone =
        invocation(
            Status.INVALID,
            next -> {
              next.reason = "alias 'prod' does not exist any more";
              next.error = new RunError(RunError.Kind.PLATFORM, "QualifierNotFound", next.reason);
              return next;
            });
    assertEquals(
        new Why("qualifier-not-found", "alias 'prod' does not exist any more"), why(gone, null));
  }

  @Test
  void gateIsAskedOnlyForWhatIsDue() {
    Vertx vertx = Vertx.vertx();
    try {
      Bus bus = Bus.install(vertx);
      VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(NOW));
      Router router = new Router(bus, functions, 1, clock, RouterConfig.DEFAULT);
      Invocation due = invocation(Status.ENQUEUED, next -> next);
      assertEquals("queued", Answers.of(router.why(due)).code());
      Answers.of(
          bus.serve(
              Addresses.SHARD_GATE.at(due.id().shard()),
              asked -> Future.succeededFuture(new Gate(4, 4, 1, false, 4, 64))));
      assertEquals("concurrency", Answers.of(router.why(due)).code());
      assertEquals("queued", router.whyAtOnce(due).code());
      assertTrue(Whys.needsGate(due, function, NOW));
    } finally {
      Answers.of(vertx.close());
    }
  }
}
