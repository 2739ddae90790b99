package io.perdure.invocation;

import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.in;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The value itself: copies, its list of events, the bounds of its texts. */
class InvocationTest {
  @ParameterizedTest
  @EnumSource(Status.class)
  void copyIsEqualToItsOriginal(Status status) {
    assertEquals(in(status), in(status).edit().build());
  }

  @Test
  void editLeavesTheOriginalAlone() {
    var original = in(Status.RUNNING);
    original.edit().event(Event.Type.FAILED, T0, "");
    assertEquals(in(Status.RUNNING), original);
  }

  @Test
  void requestIsKnownByItsCallersIdElseByTheOneId() {
    var builder = in(Status.RUNNING).edit();
    builder.requestId = "req-1";
    assertEquals("req-1", builder.build().shownRequestId());
    builder.requestId = null;
    assertEquals(builder.id.toString(), builder.build().shownRequestId());
  }

  @Test
  void listsAreImmutable() {
    var invocation = in(Status.RUNNING);
    assertThrows(UnsupportedOperationException.class, invocation.events()::clear);
    assertThrows(UnsupportedOperationException.class, invocation.labels()::clear);
  }

  @Test
  void longHistoryKeepsItsBeginningAndItsEnd() {
    var builder = new InvocationBuilder();
    int events = 10 * InvocationBuilder.EVENTS_MAX;
    for (int i = 1; i <= events; i++) {
      builder.event(Event.Type.RETRYING, i, "");
    }
    assertEquals(InvocationBuilder.EVENTS_MAX, builder.events.size());
    int head = InvocationBuilder.EVENTS_HEAD;
    for (int i = 0; i < head; i++) {
      assertEquals(i + 1, builder.events.get(i).seq());
    }
    for (int i = head; i < InvocationBuilder.EVENTS_MAX; i++) {
      assertEquals(events - InvocationBuilder.EVENTS_MAX + i + 1, builder.events.get(i).seq());
    }
  }

  @Test
  void lastSeqGrowsAlsoWhenOldEventsAreDropped() {
    var builder = in(Status.ENQUEUED).edit();
    for (int i = 2; i <= 2 * InvocationBuilder.EVENTS_MAX; i++) {
      builder.event(Event.Type.RETRYING, T0, "");
      assertEquals(i, builder.build().lastSeq());
    }
  }

  @Test
  void eventIsNeverEarlierThanTheOneBefore() {
    var builder = new InvocationBuilder();
    builder.event(Event.Type.ENQUEUED, 100, "").event(Event.Type.RUNNING, 90, "");
    assertEquals(100, builder.events.get(1).at());
  }

  @Test
  void detailOfAnEventIsCut() {
    var builder = new InvocationBuilder();
    builder.event(Event.Type.FAILED, T0, "x".repeat(10_000)).event(Event.Type.FAILED, T0, null);
    assertEquals(Event.DETAIL_MAX, builder.events.get(0).detail().length());
    assertTrue(builder.events.get(0).detail().endsWith("x..."));
    assertEquals("", builder.events.get(1).detail());
  }

  @Test
  void textsOfAnErrorAreCut() {
    var error = new RunError(RunError.Kind.CRASH, "t".repeat(10_000), "m".repeat(10_000));
    assertEquals(RunError.TYPE_MAX, error.type().length());
    assertEquals(RunError.MESSAGE_MAX, error.message().length());
    assertEquals("", new RunError(RunError.Kind.CRASH, "t", null).message());
  }

  @Test
  void textIsNotCutWithinACharacter() {
    for (int max = 10; max < 16; max++) {
      String cut = Cut.to(max, "\uD83D\uDE00".repeat(20));
      assertTrue(cut.length() <= max);
      byte[] stored = cut.getBytes(StandardCharsets.UTF_8);
      assertEquals(cut, new String(stored, StandardCharsets.UTF_8));
    }
  }

  @Test
  void textThatFitsIsKept() {
    assertEquals("0123456789", Cut.to(10, "0123456789"));
    assertEquals("0123456...", Cut.to(10, "0123456789a"));
  }

  @Test
  void fingerprintIsTheBeginningOfSha256() {
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223",
        Fingerprint.of("abc".getBytes(StandardCharsets.UTF_8)).toString());
    assertNotEquals(Fingerprint.of(new byte[0]), Fingerprint.of(new byte[1]));
  }
}
