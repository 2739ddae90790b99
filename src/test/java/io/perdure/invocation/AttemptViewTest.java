package io.perdure.invocation;

import static io.perdure.invocation.Samples.EPOCH;
import static io.perdure.invocation.Samples.LOG;
import static io.perdure.invocation.Samples.RESULT;
import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.enqueued;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.signal;
import static io.perdure.invocation.Samples.sync;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.AttemptView.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptViewTest {
  private Invocation now = enqueued();
  private long millis = T0;

  /** What becomes of it a second later. */
  private AttemptViewTest then(Signal.Kind kind) {
    return then(signal(kind, now));
  }

  private AttemptViewTest then(Signal signal) {
    millis += 1_000;
    now = decide(now, signal, function(), millis).next();
    return this;
  }

  private List<AttemptView> attempts() {
    return AttemptView.of(now);
  }

  private static AttemptView attempt(int number, int from, int to, Outcome outcome) {
    return new AttemptView(number, at(from), at(to), outcome, "", "");
  }

  private static AttemptView failed(int number, int from, int to) {
    return new AttemptView(number, at(from), at(to), Outcome.FAILED, "ExitCode", "exit code 3");
  }

  /** 0 for never. */
  private static long at(int second) {
    return second == 0 ? 0 : T0 + second * 1_000L;
  }

  @Test
  void whatWaitsHasMadeNone() {
    assertEquals(List.of(), attempts());
  }

  @Test
  void whatRunsHasNoEnd() {
    then(Signal.Kind.ATTEMPT_STARTED);
    assertEquals(List.of(attempt(1, 1, 0, Outcome.RUNNING)), attempts());
  }

  @Test
  void successHasItsTimes() {
    then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.ATTEMPT_SUCCEEDED);
    assertEquals(List.of(attempt(1, 1, 2, Outcome.SUCCEEDED)), attempts());
  }

  @Test
  void everyRetryIsAnAttemptOfItsOwn() {
    for (int i = 0; i < 2; i++) {
      then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.ATTEMPT_FAILED);
    }
    then(Signal.Kind.ATTEMPT_STARTED);
    assertEquals(
        List.of(failed(1, 1, 2), failed(2, 3, 4), attempt(3, 5, 0, Outcome.RUNNING)), attempts());
    then(Signal.Kind.ATTEMPT_FAILED);
    assertEquals(List.of(failed(1, 1, 2), failed(2, 3, 4), failed(3, 5, 6)), attempts());
  }

  @Test
  void platformFailureOfWhatNeverStartedIsShown() {
    then(Signal.Kind.PLATFORM_FAILED);
    AttemptView refused = new AttemptView(1, 0, at(1), Outcome.PLATFORM_FAILED, "Refused", "no");
    assertEquals(List.of(refused), attempts());
    then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.ATTEMPT_SUCCEEDED);
    assertEquals(List.of(refused, attempt(2, 2, 3, Outcome.SUCCEEDED)), attempts());
  }

  @Test
  void whatWasTurnedAwayIsShown() {
    now = sync(now);
    then(Signal.Kind.PLATFORM_FAILED);
    assertEquals(
        List.of(new AttemptView(1, 0, at(1), Outcome.PLATFORM_FAILED, "Refused", "no")),
        attempts());
  }

  @Test
  void whatWasLostBeforeItWasKnownToRunIsTheFirst() {
    now = sync(now);
    then(Signal.Kind.NODE_LOST);
    assertEquals(
        List.of(
            new AttemptView(1, 0, at(1), Outcome.PLATFORM_FAILED, "NodeLost", "node-1 is gone")),
        attempts());
  }

  @Test
  void lossOfTheNodeEndsTheAttempt() {
    then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.NODE_LOST);
    assertEquals(
        List.of(
            new AttemptView(
                1, at(1), at(2), Outcome.PLATFORM_FAILED, "NodeLost", "node-1 is gone")),
        attempts());
  }

  @Test
  void cancelledAttemptEndsStopped() {
    then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.CANCEL_REQUESTED);
    assertEquals(List.of(attempt(1, 1, 0, Outcome.RUNNING)), attempts());
    then(Signal.Kind.ATTEMPT_SUCCEEDED);
    assertEquals(List.of(attempt(1, 1, 3, Outcome.STOPPED)), attempts());
  }

  @Test
  void stopBetweenTwoAttemptsIsNone() {
    then(Signal.Kind.ATTEMPT_STARTED).then(Signal.Kind.ATTEMPT_FAILED);
    then(Signal.Kind.CANCEL_REQUESTED);
    assertEquals(List.of(failed(1, 1, 2)), attempts());
  }

  @Test
  void whatExpiredOrBecameInvalidWasNotAttempted() {
    then(Signal.Kind.FUNCTION_DELETED);
    assertEquals(List.of(), attempts());
  }

  @Test
  void latestErrorIsWholeAndOthersAreAsTheirEventHasThem() {
    String longText = "x".repeat(RunError.MESSAGE_MAX);
    for (int i = 0; i < 2; i++) {
      then(Signal.Kind.ATTEMPT_STARTED);
      RunError error = new RunError(RunError.Kind.FUNCTION, "E" + i, longText);
      then(new Signal.AttemptFailed(EPOCH, now.attempts(), error, 0, 0, RESULT, LOG));
    }
    List<AttemptView> attempts = attempts();
    assertEquals("E0", attempts.get(0).errorType());
    assertTrue(attempts.get(0).errorMessage().length() < Event.DETAIL_MAX);
    assertEquals("E1", attempts.get(1).errorType());
    assertEquals(longText, attempts.get(1).errorMessage());
  }

  @Test
  void errorWithoutMessageIsItsTypeAlone() {
    for (String type : List.of("One", "Two")) {
      then(Signal.Kind.ATTEMPT_STARTED);
      RunError error = new RunError(RunError.Kind.FUNCTION, type, "");
      then(new Signal.AttemptFailed(EPOCH, now.attempts(), error, 0, 0, RESULT, LOG));
    }
    assertEquals(List.of("One", "Two"), attempts().stream().map(AttemptView::errorType).toList());
    assertEquals(List.of("", ""), attempts().stream().map(AttemptView::errorMessage).toList());
  }

  @Test
  void historyWithAGapShowsWhatIsKept() {
    Function patient = function(RetryPolicy.of(1_000, 0, 0), 0);
    for (int i = 0; i < 300; i++) {
      now = decide(now, signal(Signal.Kind.ATTEMPT_STARTED, now), patient, ++millis).next();
      now = decide(now, signal(Signal.Kind.ATTEMPT_FAILED, now), patient, ++millis).next();
    }
    List<AttemptView> attempts = attempts();
    assertEquals(1, attempts.get(0).number());
    assertEquals(300, attempts.get(attempts.size() - 1).number());
    assertTrue(attempts.stream().allMatch(one -> one.outcome() == Outcome.FAILED));
    for (int i = 1; i < attempts.size(); i++) {
      assertTrue(attempts.get(i).number() > attempts.get(i - 1).number());
    }
  }
}
