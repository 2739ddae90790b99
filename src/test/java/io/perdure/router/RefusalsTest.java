package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.perdure.invocation.Failure;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final Failure OWN = new Failure.Unavailable("the node is draining", 1_000);
  private static final Failure OTHER = new Failure.Unavailable("cut off", 1_000);

  private final Refusals refusals = new Refusals();

  private void refused(Failure all, Failure submits) {
    assertSame(all, refusals.ofAll());
    assertSame(submits, refusals.ofSubmits());
  }

  @Test
  void whoRefusesSubmitsAnswersTheRest() {
    refusals.refuseSubmits(OWN);
    refused(null, OWN);
    refusals.acceptAll();
    refused(null, null);
  }

  @Test
  void whoRefusesAllRefusesSubmits() {
    refusals.refuseAll(OWN);
    refused(OWN, OWN);
    refusals.acceptAll();
    refused(null, null);
  }

  @Test
  void aReasonFromOutsideLastsAsLongAsItIsGivenAndComesSecond() {
    AtomicReference<Failure> outside = new AtomicReference<>(OTHER);
    refusals.refuseWhile(outside::get);
    refused(OTHER, OTHER);
    refusals.refuseSubmits(OWN);
    refused(OTHER, OWN);
    refusals.acceptAll();
    refused(OTHER, OTHER);
    outside.set(null);
    assertNull(refusals.ofAll());
    assertNull(refusals.ofSubmits());
  }
}
