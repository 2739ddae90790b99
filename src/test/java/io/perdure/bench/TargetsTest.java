package io.perdure.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bench.Targets.Target;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void aLowerBoundIsMetFromItselfUpwards() {
    Target target = new Target(true, 0.3);

    assertTrue(target.isMet(0.3));
    assertFalse(target.isMet(0.29));
    assertEquals(">= 0.30", target.toString());
  }

  @Test
  void anUpperBoundIsMetFromItselfDownwards() {
    Target target = new Target(false, 100);

    assertTrue(target.isMet(100));
    assertFalse(target.isMet(101));
    assertEquals("<= 100", target.toString());
  }

  @Test
  void aTargetBelongsToAFigureAndItsLimit() {
    assertTrue(Targets.find("status by id", Limits.EMPTY_GET).isPresent());
    assertTrue(Targets.find("status by id", null).isEmpty());
    assertTrue(Targets.find("status by id" + Names.retained(1_000_000), null).isEmpty());
  }

  @Test
  void roundsAreNamedAsTheTargetsNameThem() {
    String round = Names.retained(1_000_000);

    assertTrue(Targets.find("list, page of 100, p50" + round, null).isPresent());
    assertTrue(Targets.find("ready after kill -9" + round, null).isPresent());
    assertTrue(Targets.find("steady: written" + round, Limits.PLAIN_LOG_BYTES).isPresent());
  }
}
