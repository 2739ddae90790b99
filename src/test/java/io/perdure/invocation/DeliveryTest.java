package io.perdure.invocation;

import static io.perdure.invocation.Samples.T0;
import static io.perdure.invocation.Samples.addedTypes;
import static io.perdure.invocation.Samples.function;
import static io.perdure.invocation.Samples.in;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Delivery.State;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is owed when an invocation ends, and what becomes of it. */
class DeliveryTest {
  private static final Destination GOOD = new Destination("good", new ToAddress("good"));
  private static final Destination BAD = new Destination("bad", new ToFunction("n", "f", null));

  /** 1 s, 2 s, 4 s at most, for a minute; three in a row. */
  private static final DeliveryPolicy POLICY = new DeliveryPolicy(1_000, 4_000, 60_000, 3, 1, 1);

  private static final DeliveryTerms TERMS = terms(GOOD, BAD);
  private static final long NOW = T0 + 1_000;

  private static DeliveryTerms terms(Destination onSuccess, Destination onFailure) {
    return new DeliveryTerms(
        new AsyncSettings(null, null, null, null, onSuccess, onFailure, ""), POLICY);
  }

  private static Decision decide(Invocation of, Signal.Kind kind, DeliveryTerms terms) {
    return Lifecycle.decide(
            of, Samples.signal(kind, of), function(), terms, PlatformBudget.DEFAULT, NOW)
        .orElseThrow();
  }

  private static Decision delivered(Invocation of, DeliveryOutcome outcome, long now) {
    return Lifecycle.delivered(of, outcome, function(), POLICY, now).orElseThrow();
  }

  private static Invocation owing() {
    return decide(in(Status.RUNNING), Signal.Kind.ATTEMPT_SUCCEEDED, TERMS).next();
  }

  private static DeliveryOutcome failed(int attempt) {
    return new DeliveryOutcome.Failed(attempt, "HTTP 500", false, 0);
  }

  @Test
  void successIsOwedToTheDestinationOfSuccess() {
    Decision decision = decide(in(Status.RUNNING), Signal.Kind.ATTEMPT_SUCCEEDED, TERMS);
    assertEquals(Delivery.owed(GOOD, NOW), decision.next().delivery());
    Effect deliver = new Effect.Deliver(decision.next().id());
    assertTrue(decision.effects().contains(deliver), decision.effects()::toString);
    assertEquals(List.of(Event.Type.SUCCEEDED), addedTypes(in(Status.RUNNING), decision.next()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Signal.Kind.class,
      names = {"CANCEL_REQUESTED", "FUNCTION_DELETED", "EVENT_AGE_EXCEEDED"})
  void anyOtherEndIsOwedToTheDestinationOfFailure(Signal.Kind kind) {
    Function aging = function(RetryPolicy.NONE, 1);
    Invocation of = in(Status.ENQUEUED);
    Invocation next =
        Lifecycle.decide(of, Samples.signal(kind, of), aging, TERMS, PlatformBudget.DEFAULT, NOW)
            .orElseThrow()
            .next();
    assertTrue(next.status().terminal());
    assertEquals(Delivery.owed(BAD, NOW), next.delivery());
  }

  @Test
  void failureIsOwedOnlyWhenNoAttemptFollows() {
    Invocation again = decide(in(Status.RUNNING), Signal.Kind.ATTEMPT_FAILED, TERMS).next();
    assertEquals(Status.RETRYING, again.status());
    assertNull(again.delivery());
  }

  @Test
  void nothingIsOwedWithoutADestinationForTheOutcome() {
    Decision decision = decide(in(Status.RUNNING), Signal.Kind.ATTEMPT_SUCCEEDED, terms(null, BAD));
    assertNull(decision.next().delivery());
    assertEquals(List.of(new Effect.Ended(decision.next().id())), decision.effects());
  }

  @Test
  void whatItsCallerWaitsForOwesNothing() {
    Invocation sync = Samples.sync(in(Status.RUNNING));
    assertNull(decide(sync, Signal.Kind.ATTEMPT_SUCCEEDED, TERMS).next().delivery());
  }

  @Test
  void deliveryChangesNothingButItselfAndTheEvents() {
    Invocation before = owing();
    Decision decision =
        delivered(before, new DeliveryOutcome.Succeeded(1, "HTTP 204"), NOW + 5_000);
    Invocation next = decision.next();
    assertEquals(before.status(), next.status());
    assertEquals(before.endedAt(), next.endedAt());
    assertEquals(before.attentionAt(), next.attentionAt());
    assertEquals(
        new Delivery(GOOD, State.SUCCEEDED, 1, 0, null, NOW + 5_000, NOW + 5_000), next.delivery());
    assertEquals(List.of(Event.Type.DELIVERED), addedTypes(before, next));
    assertEquals(List.of(new Effect.DeliveryEnded(next.id())), decision.effects());
    assertTrue(next.over());
  }

  @Test
  void failedDeliveryIsTriedAgainAfterAPauseThatGrows() {
    Invocation now = owing();
    long last = 0;
    for (int attempt = 1; attempt <= 4; attempt++) {
      long at = NOW + attempt * 5_000L;
      Decision decision = delivered(now, failed(attempt), at);
      now = decision.next();
      assertEquals(attempt, now.delivery().attempts());
      assertEquals("HTTP 500", now.delivery().error());
      long pause = now.delivery().nextAt() - at;
      assertTrue(pause >= last && pause <= 4_000, pause + " after " + last);
      last = Math.min(pause, 3_200);
      assertEquals(List.of(new Effect.Deliver(now.id())), decision.effects());
      assertTrue(now.owes());
    }
  }

  @Test
  void destinationsWishForALongerPauseIsHeard() {
    Invocation next =
        delivered(owing(), new DeliveryOutcome.Failed(1, "HTTP 429", false, 30_000), NOW).next();
    assertEquals(NOW + 30_000, next.delivery().nextAt());
  }

  @Test
  void lastAttemptIsMadeWhenTheTimeIsOverAndNotLater() {
    Invocation next =
        delivered(owing(), new DeliveryOutcome.Failed(1, "HTTP 429", false, 600_000), NOW).next();
    assertEquals(NOW + 60_000, next.delivery().nextAt());
    Decision last = delivered(next, failed(2), NOW + 60_000);
    assertEquals(State.FAILED, last.next().delivery().state());
    assertEquals(NOW + 60_000, last.next().delivery().endedAt());
    assertEquals(List.of(Event.Type.DELIVERY_FAILED), addedTypes(next, last.next()));
    assertEquals(Status.SUCCEEDED, last.next().status());
  }

  @Test
  void failureThatLastsEndsTheDelivery() {
    Invocation next =
        delivered(owing(), new DeliveryOutcome.Failed(1, "HTTP 404", true, 0), NOW).next();
    assertEquals(State.FAILED, next.delivery().state());
    assertEquals("HTTP 404", next.delivery().error());
    assertFalse(next.owes());
  }

  @Test
  void outcomeOfAnotherAttemptIsRefused() {
    Invocation second = delivered(owing(), failed(1), NOW).next();
    for (int attempt : new int[] {0, 1, 3}) {
      assertTrue(Lifecycle.delivered(second, failed(attempt), function(), POLICY, NOW).isEmpty());
    }
    Invocation over = delivered(second, new DeliveryOutcome.Succeeded(2, ""), NOW).next();
    assertTrue(Lifecycle.delivered(over, failed(3), function(), POLICY, NOW).isEmpty());
    assertTrue(
        Lifecycle.delivered(in(Status.RUNNING), failed(1), function(), POLICY, NOW).isEmpty());
  }

  @Test
  void chainOfDeliveriesEndsAtTheDepthLimit() {
    InvocationBuilder deep = in(Status.RUNNING).edit();
    deep.depth = 2;
    Invocation last = decide(deep.build(), Signal.Kind.ATTEMPT_SUCCEEDED, terms(BAD, null)).next();
    assertTrue(last.owes(), "the third may still submit");
    deep.depth = 3;
    Decision cut = decide(deep.build(), Signal.Kind.ATTEMPT_SUCCEEDED, terms(BAD, null));
    assertEquals(State.FAILED, cut.next().delivery().state());
    assertEquals(0, cut.next().delivery().attempts());
    assertTrue(cut.next().delivery().error().contains("delivery.depth-max is 3"));
    assertEquals(
        List.of(Event.Type.SUCCEEDED, Event.Type.DELIVERY_FAILED),
        addedTypes(deep.build(), cut.next()));
    assertTrue(cut.effects().contains(new Effect.DeliveryEnded(deep.id)));
  }

  @Test
  void depthDoesNotMatterToWhatSubmitsNothing() {
    InvocationBuilder deep = in(Status.RUNNING).edit();
    deep.depth = 100;
    assertTrue(decide(deep.build(), Signal.Kind.ATTEMPT_SUCCEEDED, TERMS).next().owes());
  }

  @Test
  void whatWasKeptBeyondItsRetentionGoesAfterItsDelivery() {
    InvocationBuilder kept = owing().edit();
    kept.attentionAt = NOW + 10 * 3_600_000L;
    long late = NOW + 2 * 3_600_000L;
    Invocation next = delivered(kept.build(), new DeliveryOutcome.Succeeded(1, ""), late).next();
    assertEquals(late, next.attentionAt());
  }

  @Test
  void destinationsOfOneHostOneFunctionOrOneAddressAreOneGroup() {
    assertEquals(
        "https://h.example:8443",
        new Destination("", new ToWebhook("https://H.example:8443/a?b#c")).group("acc"));
    assertEquals("http://h", new Destination("", new ToWebhook("http://h?x")).group("acc"));
    assertEquals(
        "function:acc/n/f", new Destination("", new ToFunction("n", "f", "1")).group("acc"));
    assertEquals("event-bus:a", new Destination("", new ToAddress("a")).group("acc"));
  }
}
