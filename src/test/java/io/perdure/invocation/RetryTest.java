package io.perdure.invocation;

import static io.perdure.invocation.Samples.EPOCH;
import static io.perdure.invocation.Samples.ERROR;
import static io.perdure.invocation.Samples.LOG;
import static io.perdure.invocation.Samples.RESULT;
import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.added;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.running;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of attempts that the function failed. */
class RetryTest {
  private static final long NOW = T0 + 5_000;

  @Test
  void failedAttemptIsPlannedAgainAfterItsPause() {
    var decision = decide(in(Status.RUNNING), failed(1, 0), function(), NOW);
    var next = decision.next();
    assertEquals(Status.RETRYING, next.status());
    assertEquals(NOW + 1_000, next.dueAt());
    assertEquals(1, next.attempts());
    assertEquals(1, next.failures());
    assertEquals(ERROR, next.error());
    assertEquals(LOG, next.log());
    assertEquals(BodyRef.NONE, next.result());
    assertEquals(0, next.endedAt());
  }

  @Test
  void retryIsOneEventWithTheErrorOfItsAttempt() {
    var before = in(Status.RUNNING);
    var events = added(before, decide(before, failed(1, 0), function(), NOW).next());
    assertEquals(1, events.size());
    assertEquals(Event.Type.RETRYING, events.get(0).type());
    assertEquals(1, events.get(0).attempt());
    assertEquals("ExitCode: exit code 3", events.get(0).detail());
  }

  @Test
  void pausesDouble() {
    assertEquals(NOW + 2_000, decide(running(2, 1), failed(2, 0), function(), NOW).next().dueAt());
  }

  @Test
  void lastAttemptEndsItAsFailed() {
    var before = running(3, 2);
    var next = decide(before, failed(3, 0), function(), NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals(3, next.failures());
    assertEquals(NOW, next.endedAt());
    assertEquals(0, next.dueAt());
    assertEquals(ERROR, next.error());
    assertEquals(RESULT, next.result(), "what it answered in spite of that");
    assertEquals("attempt 3 of 3 failed", next.reason());
    assertEquals(Event.Type.FAILED, added(before, next).get(0).type());
  }

  @Test
  void maxAttemptsCountsFailuresAndNotAttempts() {
    var next = decide(running(9, 1), failed(9, 0), function(), NOW).next();
    assertEquals(Status.RETRYING, next.status());
  }

  @Test
  void maxAttemptsMayHaveBeenLoweredMeanwhile() {
    var next = decide(running(6, 5), failed(6, 0), function(), NOW).next();
    assertEquals(Status.FAILED, next.status());
  }

  @ParameterizedTest
  @EnumSource(RunError.Kind.class)
  void onlyTheClassesOfErrorNamedAreRetried(RunError.Kind kind) {
    var only = new RetryPolicy(3, 0, 0, 0, Set.of(kind));
    var allOthers = new RetryPolicy(3, 0, 0, 0, EnumSet.complementOf(EnumSet.of(kind)));
    var signal = failed(1, 0, new RunError(kind, "Some", ""));
    assertEquals(Status.RETRYING, next(only, signal).status());
    assertEquals(Status.FAILED, next(allOthers, signal).status());
    assertEquals("errors of class " + kind + " are not retried", next(allOthers, signal).reason());
  }

  private static Invocation next(RetryPolicy policy, Signal signal) {
    return decide(in(Status.RUNNING), signal, function(policy, 0), NOW).next();
  }

  @Test
  void functionsOwnWishForAPauseIsHonouredWhenItIsTheLonger() {
    assertEquals(NOW + 9_000, dueAfter(9_000));
    assertEquals(NOW + 1_000, dueAfter(999), "the policy's own pause is the longer");
    assertEquals(NOW + 1_000, dueAfter(-5));
  }

  @ParameterizedTest
  @ValueSource(longs = {RetryPolicy.BACKOFF_MILLIS_MAX + 1, Long.MAX_VALUE})
  void functionsOwnWishForAPauseHasABound(long wish) {
    assertEquals(NOW + RetryPolicy.BACKOFF_MILLIS_MAX, dueAfter(wish));
  }

  private static long dueAfter(long wish) {
    return decide(in(Status.RUNNING), failed(1, wish), function(), NOW).next().dueAt();
  }

  @Test
  void pauseVariesByInvocationAndIsTheSameWhenDecidedAgain() {
    var policy = new RetryPolicy(3, 10_000, 60_000, 1, RetryPolicy.NONE.retryOn());
    var random = new Random(7);
    long distinct =
        Stream.generate(() -> Samples.enqueued(random))
            .limit(20)
            .mapToLong(
                fresh -> {
                  var builder = fresh.edit();
                  builder.status = Status.RUNNING;
                  builder.attempts = 1;
                  builder.epoch = EPOCH;
                  var before = builder.build();
                  long due = decide(before, failed(1, 0), function(policy, 0), NOW).next().dueAt();
                  assertEquals(
                      due, decide(before, failed(1, 0), function(policy, 0), NOW).next().dueAt());
                  return due;
                })
            .distinct()
            .count();
    assertEquals(20, distinct);
  }

  @Test
  void noRetryAfterAGracefulStop() {
    var builder = in(Status.RUNNING).edit();
    builder.stop = StopMode.GRACEFUL;
    var next = decide(builder.build(), failed(1, 0), function(), NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals("graceful stop requested: no retry", next.reason());
  }

  @Test
  void noRetryOnceTheFunctionIsDeleted() {
    var next = decide(in(Status.RUNNING), failed(1, 0), null, NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals("function deleted: no retry", next.reason());
  }

  @Test
  void answerOfTheFunctionGivesThePlatformItsWholeBudgetBack() {
    var builder = running(4, 0).edit();
    builder.platformFailures = 3;
    builder.platformSince = T0;
    var next = decide(builder.build(), failed(4, 0), function(), NOW).next();
    assertEquals(0, next.platformFailures());
    assertEquals(0, next.platformSince());
  }

  private static Signal failed(int attempt, long retryAfterMillis) {
    return failed(attempt, retryAfterMillis, ERROR);
  }

  private static Signal failed(int attempt, long retryAfterMillis, RunError error) {
    return new Signal.AttemptFailed(EPOCH, attempt, error, retryAfterMillis, 0, RESULT, LOG);
  }
}
