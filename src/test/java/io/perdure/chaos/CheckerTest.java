package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.chaos.Ledger.Execution;
import io.perdure.chaos.Op.Kind;
import io.perdure.chaos.Op.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Made-up histories; times are seconds. */
class CheckerTest {
  private static final long S = 1_000_000_000L;

  private final List<Op> ops = new ArrayList<>();
  private final Map<String, List<Execution>> executions = new HashMap<>();
  private final Map<String, List<String>> deliveries = new HashMap<>();
  private final Map<String, Final> finals = new HashMap<>();
  private final List<Incident> incidents = new ArrayList<>();

  @Test
  void whatHasGoneWellIsClean() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 2, 3);
    read("a", "n2", 3, 4, "SUCCEEDED", 1);
    page(1, 5, 6, false, "a");
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void whatWasAcknowledgedAndIsNotThereIsLost() {
    submit("a", "n1", 1, 2);
    broken("acknowledged and lost");
  }

  @Test
  void whatWasNotAnsweredMayBeAbsent() {
    ops.add(op(Kind.SUBMIT, "n1", 1, 2, "a", 0, List.of()));
    broken();
  }

  @Test
  void aReadThatBeganAfterTheEndWasToldMayNotShowAnEarlierState() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "SUCCEEDED", 1);
    read("a", "n3", 5, 6, "RUNNING", 1);
    ended("a", "SUCCEEDED");
    broken("stale status");
  }

  @Test
  void readsAtTheSameTimeMayShowEitherState() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    read("a", "n2", 3, 5, "SUCCEEDED", 1);
    read("a", "n3", 4, 6, "RUNNING", 1);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void aStartThatWasNotWrittenDownMayBeUndone() {
    submit("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "RUNNING", 1);
    read("a", "n3", 5, 6, "ENQUEUED", 0);
    ran("a", "n1", 6, 7);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void aFailedAttemptThatWasToldMayNotBeUndone() {
    submit("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "RETRYING", 1);
    read("a", "n3", 5, 6, "RUNNING", 1);
    ran("a", "n1", 6, 7);
    ended("a", "SUCCEEDED");
    broken("stale status");
  }

  @Test
  void anAnswerThatTellsNoAttemptsIsNotStaleForThat() {
    submit("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "RETRYING", 2);
    read("a", "n3", 5, 6, "RETRYING", Seen.UNTOLD);
    ran("a", "n1", 6, 7);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void anAnswerThatTellsNoAttemptsMayNotUndoAnEnd() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "SUCCEEDED", 1);
    read("a", "n3", 5, 6, "RETRYING", Seen.UNTOLD);
    ended("a", "SUCCEEDED");
    broken("stale status");
  }

  @Test
  void whatWasAcknowledgedIsFoundByWhoeverAsksThen() {
    submit("a", "n1", 1, 2);
    ops.add(op(Kind.READ, "n2", 3, 4, "a", 404, List.of()));
    ran("a", "n1", 4, 5);
    ended("a", "SUCCEEDED");
    broken("stale status");
  }

  @Test
  void aListShowsNoEarlierStateEither() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "SUCCEEDED", 1);
    Seen earlier = new Seen("a", "ENQUEUED", 0);
    ops.add(
        new Op(
            Kind.LIST,
            "n3",
            5 * S,
            6 * S,
            0,
            null,
            1,
            null,
            200,
            false,
            List.of(earlier),
            false,
            null));
    ended("a", "SUCCEEDED");
    broken("stale status");
  }

  @Test
  void oneInvocationHasOneOutcome() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    read("a", "n2", 3, 4, "FAILED", 1);
    ended("a", "SUCCEEDED");
    broken("two outcomes");
  }

  @Test
  void itsOutcomeIsDeliveredAsOneToo() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    ended("a", "SUCCEEDED");
    deliveries.put("a", List.of("SUCCEEDED", "FAILED"));
    broken("two outcomes");
  }

  @Test
  void itsEventsHaveOneEnd() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    ended("a", "SUCCEEDED");
    finals.put("a", new Final("a", "SUCCEEDED", List.of("ENQUEUED", "STOPPED", "SUCCEEDED")));
    broken("finished other than once");
  }

  @Test
  void nothingStaysOpen() {
    submit("a", "n1", 1, 2);
    finals.put("a", new Final("a", "ENQUEUED", List.of("ENQUEUED")));
    broken("not ended");
  }

  @Test
  void anOutcomeIsDelivered() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    ended("a", "SUCCEEDED");
    deliveries.clear();
    broken("outcome not delivered");
  }

  @Test
  void nothingSucceedsThatNeverRan() {
    submit("a", "n1", 1, 2);
    ended("a", "SUCCEEDED");
    broken("succeeded and never ran");
  }

  @Test
  void whatWasStoppedByTheAnswerStaysStopped() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 2, 9);
    stop("a", "n2", 3, 4, "STOPPING");
    ended("a", "SUCCEEDED");
    broken("stopped by the answer, not by the state");
  }

  @Test
  void noCallBeginsAfterAStopWasAnswered() {
    submit("a", "n1", 1, 2);
    stop("a", "n2", 3, 4, "STOPPED");
    ran("a", "n1", 10, 11);
    ended("a", "STOPPED");
    broken("ran after its end was told");
  }

  @Test
  void anOwnerThatWasCutOffMayCallAfterTheOtherSideAnsweredAStop() {
    submit("a", "n1", 1, 2);
    incident(Fault.CUT_ONE, Set.of("n1"), Set.of(), 2, 20);
    stop("a", "n2", 3, 4, "STOPPED");
    ran("a", "n1", 10, 11);
    ended("a", "STOPPED");
    broken();
  }

  @Test
  void aSecondCallNeedsAReason() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 2, 3);
    ran("a", "n2", 5, 6);
    ended("a", "SUCCEEDED");
    broken("ran again, and its node was well");
  }

  @Test
  void theDeathOfAnotherNodeIsNoReasonForASecondCall() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 2, 3);
    incident(Fault.KILL_LEADER, Set.of("n3"), Set.of(), 4, 5);
    ran("a", "n2", 5, 6);
    ended("a", "SUCCEEDED");
    broken("ran again, and its node was well");
  }

  @Test
  void theDeathOfItsNodeIsAReason() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 2, 3);
    incident(Fault.KILL_LEADER, Set.of("n1"), Set.of(), 4, 5);
    ran("a", "n2", 5, 6);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void aNodeThatWasPausedMayDoWhatOthersHaveDoneMeanwhile() {
    submit("a", "n2", 1, 2);
    incident(Fault.PAUSE, Set.of("n2"), Set.of(), 2, 6);
    ran("a", "n1", 4, 5);
    ran("a", "n2", 6, 7);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void aNodeThatWasKilledHasNothingLeftToDo() {
    submit("a", "n2", 1, 2);
    incident(Fault.KILL_LEADER, Set.of("n2"), Set.of(), 2, 6);
    ran("a", "n1", 4, 5);
    ran("a", "n2", 6, 7);
    ended("a", "SUCCEEDED");
    broken("ran again, and its node was well");
  }

  @Test
  void aFailureOnPurposeIsAReason() {
    submit("a", "n1", 1, 2);
    executions
        .computeIfAbsent("a", id -> new ArrayList<>())
        .add(new Execution("a", 1, 1, "n1", S, 2 * S, true));
    ran("a", "n1", 5, 6);
    ended("a", "SUCCEEDED");
    broken();
  }

  @Test
  void aMinorityAcceptsNothing() {
    incident(Fault.CUT_ONE, Set.of("n3"), Set.of("n3"), 1, 10);
    submit("a", "n3", 2, 3);
    ran("a", "n1", 11, 12);
    ended("a", "SUCCEEDED");
    broken("a minority accepted a write");
  }

  @Test
  void aMajorityDoesAndSoDoesAMinorityOnceItIsNone() {
    incident(Fault.CUT_ONE, Set.of("n3"), Set.of("n3"), 1, 10);
    submit("a", "n1", 2, 3);
    submit("b", "n3", 9, 11);
    ran("a", "n1", 11, 12);
    ran("b", "n1", 11, 12);
    ended("a", "SUCCEEDED");
    ended("b", "SUCCEEDED");
    broken();
  }

  @Test
  void aRefusalSaysWhenToTryAgain() {
    ops.add(op(Kind.SUBMIT, "n1", 1, 2, null, 503, List.of()));
    broken("refused without saying when to try again");
  }

  @Test
  void anErrorOfTheServerIsNoAnswer() {
    ops.add(op(Kind.SUBMIT, "n1", 1, 2, null, 500, List.of()));
    ops.add(op(Kind.SUBMIT, "n1", 1, 2, null, 404, List.of()));
    broken("answered with what is no answer");
  }

  @Test
  void aKeyNamesOneInvocation() {
    keyed("a", "k", 1);
    keyed("b", "k", 3);
    ran("a", "n1", 2, 3);
    ran("b", "n1", 2, 3);
    ended("a", "SUCCEEDED");
    ended("b", "SUCCEEDED");
    broken("two ids under one key", "ran under two ids, with one key");
  }

  @Test
  void aWalkHasWhatWasAcknowledgedBeforeItBegan() {
    submit("a", "n1", 1, 2);
    submit("b", "n1", 2, 3);
    submit("c", "n1", 2, 5);
    page(1, 4, 5, true, "b");
    page(1, 6, 7, false);
    for (String id : List.of("a", "b", "c")) {
      ran(id, "n1", 2, 3);
      ended(id, "SUCCEEDED");
    }
    broken("acknowledged and not listed");
  }

  @Test
  void aWalkHasNothingTwice() {
    submit("a", "n1", 1, 2);
    ran("a", "n1", 1, 2);
    page(1, 4, 5, true, "a");
    page(1, 6, 7, false, "a");
    ended("a", "SUCCEEDED");
    broken("listed twice");
  }

  private void submit(String id, String node, long start, long end) {
    ops.add(op(Kind.SUBMIT, node, start, end, null, 202, List.of(new Seen(id, "ENQUEUED", 0))));
  }

  private void keyed(String id, String key, long start) {
    List<Seen> seen = List.of(new Seen(id, "ENQUEUED", 0));
    ops.add(
        new Op(
            Kind.SUBMIT,
            "n1",
            start * S,
            start * S + 1,
            1,
            key,
            0,
            null,
            202,
            false,
            seen,
            false,
            null));
  }

  private void read(String id, String node, long start, long end, String status, int attempts) {
    ops.add(op(Kind.READ, node, start, end, id, 200, List.of(new Seen(id, status, attempts))));
  }

  private void stop(String id, String node, long start, long end, String status) {
    ops.add(op(Kind.STOP, node, start, end, id, 202, List.of(new Seen(id, status, 0))));
  }

  private void page(int walk, long start, long end, boolean more, String... ids) {
    List<Seen> seen = new ArrayList<>();
    for (String id : ids) {
      seen.add(new Seen(id, "SUCCEEDED", 1));
    }
    ops.add(
        new Op(
            Kind.LIST, "n1", start * S, end * S, 0, null, walk, null, 200, false, seen, more,
            null));
  }

  private static Op op(
      Kind kind, String node, long start, long end, String target, int code, List<Seen> seen) {
    return new Op(
        kind, node, start * S, end * S, 1, null, 0, target, code, false, seen, false, null);
  }

  private void ran(String id, String node, long start, long end) {
    executions
        .computeIfAbsent(id, none -> new ArrayList<>())
        .add(new Execution(id, 1, 1, node, start * S, end * S, false));
  }

  private void ended(String id, String status) {
    finals.put(id, new Final(id, status, List.of("ENQUEUED", status)));
    deliveries.put(id, List.of(status));
  }

  private void incident(Fault fault, Set<String> nodes, Set<String> minority, long from, long to) {
    incidents.add(new Incident(fault, nodes, minority, Map.of(), from * S, to * S, to * S, to * S));
  }

  private void broken(String... promises) {
    Ledger ledger = new Ledger(executions, deliveries);
    Findings findings = new Checker(ops, ledger, finals, incidents).check();
    assertEquals(List.of(promises), findings.broken(), findings::text);
  }
}
