package io.perdure.invocation;

import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.decide;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static io.perdure.invocation.Samples.signal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What time alone does: event age, deletion of the function, bodies to move, retention. */
class AttentionTest {
  private static final long AGE = 60_000;
  private static final Function AGING = function(Samples.RETRY, AGE);
  private static final Signal TOO_OLD = new Signal.EventAgeExceeded();
  private static final Signal DELETED = new Signal.FunctionDeleted("function resize was deleted");

  @Test
  void whatWaitedLongerThanItsEventAgeExpires() {
    var before = in(Status.ENQUEUED);
    var next = decide(before, TOO_OLD, AGING, T0 + AGE).next();
    assertEquals(Status.EXPIRED, next.status());
    assertEquals("waited longer than its event age", next.reason());
    assertEquals("EventAgeExceeded", next.error().type());
    assertEquals(T0 + AGE, next.endedAt());
    assertEquals(List.of(Event.Type.EXPIRED), addedTypes(before, next));
  }

  @Test
  void itDoesNotExpireBeforeItsTime() {
    assertEquals(Optional.empty(), tooOld(in(Status.ENQUEUED), AGING, T0 + AGE - 1));
  }

  @Test
  void itDoesNotExpireWithoutAnEventAge() {
    assertEquals(Optional.empty(), tooOld(in(Status.ENQUEUED), function(), Long.MAX_VALUE - 1));
  }

  @Test
  void itDoesNotExpireOnceTheFunctionIsDeletedButBecomesInvalid() {
    assertEquals(Optional.empty(), tooOld(in(Status.ENQUEUED), null, T0 + AGE));
  }

  @Test
  void eventAgeCountsOnUntilTheFirstStart() {
    var before = in(Status.ENQUEUED);
    var refused = signal(Signal.Kind.PLATFORM_FAILED, before);
    var retrying = decide(before, refused, AGING, T0 + 10_000).next();
    assertEquals(T0 + AGE, retrying.attentionAt());
    assertEquals(Status.EXPIRED, decide(retrying, TOO_OLD, AGING, T0 + AGE).next().status());
  }

  @Test
  void eventAgeIsOverWithTheFirstStart() {
    assertEquals(Optional.empty(), tooOld(in(Status.RETRYING), AGING, T0 + AGE));
    assertEquals(Optional.empty(), tooOld(in(Status.RUNNING), AGING, T0 + AGE));
  }

  private static Optional<Decision> tooOld(Invocation invocation, Function function, long now) {
    return Lifecycle.decide(invocation, TOO_OLD, function, PlatformBudget.DEFAULT, now);
  }

  @Test
  void whatWaitsForADeletedFunctionIsInvalid() {
    for (Status status : List.of(Status.ENQUEUED, Status.RETRYING)) {
      var before = in(status);
      var next = decide(before, DELETED, null, T0 + 5_000).next();
      assertEquals(Status.INVALID, next.status());
      assertEquals("function resize was deleted", next.reason());
      assertEquals("FunctionDeleted", next.error().type());
      assertEquals(T0 + 5_000, next.endedAt());
      assertEquals(List.of(Event.Type.INVALID), addedTypes(before, next));
    }
  }

  @Test
  void deletionOfTheFunctionLeavesItsRunningAttemptsAlone() {
    for (Status status : List.of(Status.RUNNING, Status.STOPPING)) {
      assertEquals(
          Optional.empty(),
          Lifecycle.decide(in(status), DELETED, null, PlatformBudget.DEFAULT, T0 + 5_000));
    }
  }

  @Test
  void unfinishedWithNothingToWatchNeedsNoAttention() {
    assertEquals(Long.MAX_VALUE, attention(Status.ENQUEUED, BodyRef.NONE, BodyRef.NONE, null));
    assertEquals(Long.MAX_VALUE, attention(Status.RUNNING, BodyRef.NONE, BodyRef.NONE, function()));
  }

  @Test
  void attentionIsDueAtTheEventAge() {
    assertEquals(T0 + AGE, attention(Status.ENQUEUED, BodyRef.NONE, BodyRef.NONE, AGING));
  }

  @Test
  void runningOnesDoNotAge() {
    assertEquals(Long.MAX_VALUE, attention(Status.RUNNING, BodyRef.NONE, BodyRef.NONE, AGING));
  }

  @Test
  void attentionIsDueTwoBucketsBeforeABodyWouldGo() {
    var body = new BodyRef(1, BodyRef.bucketUntil(T0 + 100 * BodyRef.BUCKET_MILLIS));
    long due = body.removableFrom() - 2 * BodyRef.BUCKET_MILLIS;
    assertEquals(due, attention(Status.RUNNING, body, BodyRef.NONE, AGING));
    assertEquals(due, attention(Status.RUNNING, BodyRef.NONE, body, AGING));
  }

  @Test
  void attentionIsDueAtTheEarliestOfAll() {
    var late = new BodyRef(1, BodyRef.bucketUntil(T0 + 100 * BodyRef.BUCKET_MILLIS));
    var early = new BodyRef(1, BodyRef.bucketUntil(T0 + 50 * BodyRef.BUCKET_MILLIS));
    long due = early.removableFrom() - 2 * BodyRef.BUCKET_MILLIS;
    assertEquals(due, attention(Status.RUNNING, early, late, AGING));
    assertEquals(due, attention(Status.RUNNING, late, early, AGING));
    assertEquals(T0 + AGE, attention(Status.ENQUEUED, late, early, AGING));
  }

  private static long attention(Status status, BodyRef payload, BodyRef log, Function function) {
    var builder = in(status).edit();
    builder.payload = payload;
    builder.log = log;
    return Lifecycle.attentionAt(builder, function);
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"ATTEMPT_SUCCEEDED", "ATTEMPT_FAILED", "CANCEL_REQUESTED", "FUNCTION_DELETED"})
  void retentionRunsFromTheEndByOutcome(Signal.Kind kind) {
    var function = function(RetryPolicy.NONE, 0, new RetentionPolicy(1_000, 2_000));
    var waits = kind == Signal.Kind.CANCEL_REQUESTED || kind == Signal.Kind.FUNCTION_DELETED;
    var before = in(waits ? Status.ENQUEUED : Status.RUNNING);
    var ended = decide(before, signal(kind, before), function, T0 + 5_000).next();
    long kept = ended.status() == Status.SUCCEEDED ? 1_000 : 2_000;
    assertEquals(T0 + 5_000 + kept, ended.attentionAt());
    assertEquals(ended.attentionAt(), ended.expiresAt());
  }

  @Test
  void unfinishedHasNoEndOfRetention() {
    assertEquals(0, in(Status.RUNNING).expiresAt());
  }

  @Test
  void retentionOfADeletedFunctionIsTheDefault() {
    var ended = decide(in(Status.ENQUEUED), DELETED, null, T0).next();
    assertEquals(T0 + RetentionPolicy.DEFAULT.failedMillis(), ended.attentionAt());
  }

  @Test
  void bucketOutlivesTheTimeAskedForByAtMostOneSpan() {
    for (long until : new long[] {0, 1, T0, T0 + 1, T0 / 3_600_000 * 3_600_000 - 1}) {
      long gone = new BodyRef(1, BodyRef.bucketUntil(until)).removableFrom();
      assertTrue(gone > until && gone <= until + BodyRef.BUCKET_MILLIS);
    }
  }

  @Test
  void bodiesAreStoredInPieces() {
    assertEquals(0, BodyRef.NONE.chunks());
    assertEquals(1, new BodyRef(1, 0).chunks());
    assertEquals(1, new BodyRef(BodyRef.CHUNK_BYTES, 0).chunks());
    assertEquals(2, new BodyRef(BodyRef.CHUNK_BYTES + 1, 0).chunks());
  }

  @Test
  void retentionOutOfRangeIsRefused() {
    long most = RetentionPolicy.MILLIS_MAX;
    assertEquals(most, new RetentionPolicy(0, most).longestMillis());
    assertThrows(IllegalArgumentException.class, () -> new RetentionPolicy(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new RetentionPolicy(0, -1));
    assertThrows(IllegalArgumentException.class, () -> new RetentionPolicy(most + 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new RetentionPolicy(0, most + 1));
  }
}
