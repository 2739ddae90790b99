package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.Readiness;
import io.perdure.bus.ShardMessages.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final State SERVING = new State(0, "serving", null, 1);

  private final Health health = new Health(() -> null);

  @Test
  void beforeTheShardsTheRegistryIsOpened() {
    Readiness now = health.readiness();
    assertFalse(now.ready());
    assertEquals("the registry is being opened", now.reason());
    assertEquals(0, now.recovered());
  }

  @Test
  void theShareRecoveredIsThatOfAllShards() {
    State half = new State(1, "recovering", "reading what runs", 0.5);
    health.recovering(List.of(() -> SERVING, () -> half));
    Readiness now = health.readiness();
    assertFalse(now.ready());
    assertEquals("shard 1 is recovering: reading what runs", now.reason());
    assertEquals(0.75, now.recovered(), 1e-9);
  }

  @Test
  void recoveredShardsAloneDoNotServe() {
    health.recovering(List.of(() -> SERVING));
    assertFalse(health.readiness().ready());
    health.serving();
    assertTrue(health.readiness().ready());
  }

  @Test
  void aShardThatFailsLaterIsToldAgain() {
    State[] state = {SERVING};
    health.recovering(List.of(() -> state[0]));
    health.serving();
    state[0] = new State(0, "recovering", "the disk is full", 0);
    assertEquals("shard 0 is recovering: the disk is full", health.readiness().reason());
    state[0] = SERVING;
    assertTrue(health.readiness().ready());
  }

  @Test
  void aNodeThatShutsDownIsNotReady() {
    health.recovering(List.of(() -> SERVING));
    health.serving();
    health.draining();
    assertEquals("the node is shutting down", health.readiness().reason());
  }
}
