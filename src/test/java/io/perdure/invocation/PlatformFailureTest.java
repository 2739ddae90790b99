package io.perdure.invocation;

import static io.perdure.invocation.Samples.EPOCH;
import static io.perdure.invocation.Samples.PLATFORM_ERROR;
import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.added;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures that are not the function's: they have a budget of their own. */
class PlatformFailureTest {
  private static final long NOW = T0 + 5_000;
  private static final PlatformBudget BUDGET = new PlatformBudget(500, 60_000, 3_600_000);
  private static final Signal LOST = new Signal.NodeLost("node-1 is gone");

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"ENQUEUED", "RETRYING", "RUNNING"})
  void platformFailureIsTriedAgainAndSpendsNothingOfTheFunctions(Status status) {
    var before = in(status);
    var next = decide(before, refused(before, 0), NOW).next();
    assertEquals(Status.RETRYING, next.status());
    assertEquals(before.failures(), next.failures());
    assertEquals(1, next.platformFailures());
    assertEquals(NOW, next.platformSince());
    assertEquals(PLATFORM_ERROR, next.error());
    assertEquals(List.of(Event.Type.PLATFORM_RETRY), addedTypes(before, next));
    assertEquals("Refused: no", added(before, next).get(0).detail());
  }

  @Test
  void platformFailuresLeaveTheFunctionAllItsAttempts() {
    var now = NOW;
    var at = in(Status.ENQUEUED);
    for (int i = 0; i < 10; i++) {
      at = decide(at, refused(at, 0), now).next();
      now = at.dueAt();
    }
    at = Samples.decide(at, start(at), function(), now).next();
    for (int failure = 1; failure <= 3; failure++) {
      var signal =
          new Signal.AttemptFailed(EPOCH, at.attempts(), Samples.ERROR, 0, 0, at.log(), at.log());
      at = Samples.decide(at, signal, function(), now).next();
      assertEquals(failure < 3 ? Status.RETRYING : Status.FAILED, at.status());
      if (failure < 3) {
        at = Samples.decide(at, start(at), function(), now).next();
      }
    }
    assertEquals(13, at.attempts());
    assertEquals(3, at.failures());
  }

  private static Signal start(Invocation of) {
    return Samples.signal(Signal.Kind.ATTEMPT_STARTED, of);
  }

  @Test
  void attemptThatCouldNotStartHasUsedItsNumber() {
    var next = decide(in(Status.RETRYING), refused(in(Status.RETRYING), 0), NOW).next();
    assertEquals(2, next.attempts());
    assertEquals(EPOCH, next.epoch());
    assertTrue(
        Lifecycle.decide(next, refused(in(Status.RETRYING), 0), function(), BUDGET, NOW).isEmpty());
  }

  @Test
  void firstLossOfANodeIsRunAgainAtOnce() {
    var next = decide(in(Status.RUNNING), LOST, NOW).next();
    assertEquals(Status.RETRYING, next.status());
    assertEquals(NOW, next.dueAt());
    assertEquals("NodeLost: node-1 is gone", added(in(Status.RUNNING), next).get(0).detail());
  }

  @Test
  void secondLossInARowWaits() {
    assertTrue(decide(after(1, NOW), LOST, NOW).next().dueAt() > NOW);
  }

  @Test
  void pausesDoubleUpToTheCap() {
    long pause = 500;
    for (int failures = 0; failures < 12; failures++) {
      var before = after(failures, failures == 0 ? 0 : NOW);
      long waited = decide(before, refused(before, 0), NOW).next().dueAt() - NOW;
      assertTrue(waited <= pause && waited >= pause * 8 / 10, waited + " of " + pause);
      pause = Math.min(60_000, pause * 2);
    }
  }

  @Test
  void wishForAPauseIsHonouredWhenItIsTheLonger() {
    var before = in(Status.RUNNING);
    assertEquals(NOW + 90_000, decide(before, refused(before, 90_000), NOW).next().dueAt());
  }

  @ParameterizedTest
  @ValueSource(longs = {3_600_001, Long.MAX_VALUE})
  void noPauseReachesBeyondTheBudget(long wish) {
    var before = after(4, NOW - 3_000_000);
    assertEquals(NOW + 600_000, decide(before, refused(before, wish), NOW).next().dueAt());
  }

  @Test
  void itFailsWhenTheBudgetIsSpent() {
    var before = after(4, NOW - 3_600_000);
    var next = decide(before, refused(before, 0), NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals("the platform kept failing: Refused", next.reason());
    assertEquals(NOW, next.endedAt());
    assertEquals(0, next.failures());
    assertEquals(List.of(Event.Type.FAILED), addedTypes(before, next));
  }

  @Test
  void budgetLastsUntilItsLastMillisecond() {
    var before = after(4, NOW - 3_599_999);
    assertEquals(Status.RETRYING, decide(before, refused(before, 0), NOW).next().status());
  }

  @Test
  void budgetRunsFromTheFirstFailureInARow() {
    var before = after(4, NOW - 1_000);
    var next = decide(before, refused(before, 0), NOW).next();
    assertEquals(5, next.platformFailures());
    assertEquals(NOW - 1_000, next.platformSince());
  }

  @Test
  void lossOfTheNodeEndsItOnTheSameBudget() {
    var next = decide(after(4, NOW - 3_600_000), LOST, NOW).next();
    assertEquals(Status.FAILED, next.status());
    assertEquals("the platform kept failing: NodeLost", next.reason());
  }

  @Test
  void noFurtherAttemptAfterAGracefulStop() {
    var builder = in(Status.RUNNING).edit();
    builder.stop = StopMode.GRACEFUL;
    for (Signal signal : List.of(LOST, refused(builder.build(), 0))) {
      var next = decide(builder.build(), signal, NOW).next();
      assertEquals(Status.FAILED, next.status());
      assertEquals("graceful stop requested: no retry", next.reason());
    }
  }

  @Test
  void runningAttemptOfADeletedFunctionIsNotRepeated() {
    var before = in(Status.RUNNING);
    for (Signal signal : List.of(LOST, refused(before, 0))) {
      var next = Lifecycle.decide(before, signal, null, BUDGET, NOW).orElseThrow().next();
      assertEquals(Status.FAILED, next.status());
      assertEquals("function deleted: no retry", next.reason());
    }
  }

  @Test
  void waitingOneOfADeletedFunctionIsLeftToBecomeInvalid() {
    var before = in(Status.ENQUEUED);
    var next = Lifecycle.decide(before, refused(before, 0), null, BUDGET, NOW).orElseThrow().next();
    assertEquals(Status.RETRYING, next.status());
  }

  @Test
  void attemptThatWasCancelledIsGoneWithItsNode() {
    var before = in(Status.STOPPING);
    var next = decide(before, LOST, NOW).next();
    assertEquals(Status.STOPPED, next.status());
    assertEquals(List.of(Event.Type.STOP_GONE, Event.Type.STOPPED), addedTypes(before, next));
    assertEquals("NodeLost: node-1 is gone", added(before, next).get(0).detail());
    assertEquals(0, next.platformFailures());
  }

  @Test
  void lossOfANodeIsNothingToWhatWaits() {
    for (Status status : List.of(Status.ENQUEUED, Status.RETRYING)) {
      assertTrue(Lifecycle.decide(in(status), LOST, function(), BUDGET, NOW).isEmpty());
    }
  }

  @Test
  void endlessBudgetDoesNotOverflow() {
    var endless = new PlatformBudget(500, 60_000, Long.MAX_VALUE);
    var next = Lifecycle.decide(in(Status.RUNNING), LOST, function(), endless, NOW).orElseThrow();
    assertEquals(NOW, next.next().dueAt());
  }

  @Test
  void scfTriesForItsEventAgeWithPausesUpToFiveMinutes() {
    assertEquals(
        new PlatformBudget(500, 300_000, 60_000),
        PlatformBudget.of(of(Function.Flavour.SCF, 60_000)));
  }

  @Test
  void scfTriesForSixHoursUnlessItSaysOtherwise() {
    assertEquals(
        new PlatformBudget(500, 300_000, 21_600_000),
        PlatformBudget.of(of(Function.Flavour.SCF, 0)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Function.Flavour.class,
      names = {"NATIVE", "FC2", "FC3"})
  void othersTryForFiveHours(Function.Flavour flavour) {
    assertEquals(
        new PlatformBudget(500, 60_000, 18_000_000), PlatformBudget.of(of(flavour, 60_000)));
  }

  @Test
  void deletedFunctionHasTheUsualBudget() {
    assertEquals(PlatformBudget.DEFAULT, PlatformBudget.of(null));
  }

  private static Function of(Function.Flavour flavour, long eventAgeMillis) {
    Function like = function(Samples.RETRY, eventAgeMillis);
    return new Function(
        like.uid(),
        like.account(),
        like.namespace(),
        like.name(),
        flavour,
        like.version(),
        like.about(),
        like.runtime(),
        like.timeoutMillis(),
        like.concurrency(),
        like.retry(),
        like.eventAgeMillis(),
        like.retention(),
        null,
        like.createdAt(),
        like.modifiedAt(),
        like.revision());
  }

  @Test
  void budgetsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PlatformBudget(-1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new PlatformBudget(2, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new PlatformBudget(1, 1, -1));
  }

  /** Running, with {@code failures} of the platform in a row behind it. */
  private static Invocation after(int failures, long since) {
    var builder = running(failures + 1, 0).edit();
    builder.platformFailures = failures;
    builder.platformSince = since;
    return builder.build();
  }

  private static Signal refused(Invocation of, long retryAfterMillis) {
    int attempt = of.status().waiting() ? of.attempts() + 1 : of.attempts();
    return new Signal.PlatformFailed(EPOCH, attempt, PLATFORM_ERROR, retryAfterMillis);
  }

  private static Decision decide(Invocation before, Signal signal, long now) {
    return Lifecycle.decide(before, signal, function(), BUDGET, now).orElseThrow();
  }
}
