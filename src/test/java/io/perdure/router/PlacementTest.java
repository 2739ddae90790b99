package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PlacementTest {
  @Test
  void hashIsTheOneThatStoredKeysWerePlacedWith() {
    // Never to be changed: every stored key would be unknown.
    assertEquals(0xcf3b13433719c735L, Placement.hash(1, "order-1"));
    assertEquals(0x7a77d2478b7228ecL, Placement.hash(2, "order-1"));
    assertEquals(0x8491d7fe276b7923L, Placement.hash(1L << 40, "k-\u00fc-\u6f22"));
    assertEquals(3, Placement.shardOf(1, "order-1", 6));
    assertEquals(1, Placement.shardOf(1, "order-2", 6));
  }

  @Test
  void keysOfOneFunctionSpreadEvenly() {
    int[] hits = new int[6];
    for (int i = 0; i < 60_000; i++) {
      hits[Placement.shardOf(7, "order-" + i, 6)]++;
    }
    for (int hit : hits) {
      assertTrue(hit > 9_500 && hit < 10_500, () -> "uneven: " + java.util.Arrays.toString(hits));
    }
  }

  @Test
  void sameKeyOfManyFunctionsSpreadsEvenly() {
    int[] hits = new int[6];
    for (int uid = 1; uid <= 60_000; uid++) {
      hits[Placement.shardOf(uid, "k", 6)]++;
    }
    for (int hit : hits) {
      assertTrue(hit > 9_500 && hit < 10_500, () -> "uneven: " + java.util.Arrays.toString(hits));
    }
  }
}
