package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static List<String> nodes(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "n" + i).toList();
  }

  private static Map<String, Integer> leads(Placement placement, List<String> nodes) {
    Map<String, Integer> leads = new HashMap<>();
    nodes.forEach(node -> leads.put(node, 0));
    for (int shard = 0; shard < placement.shards(); shard++) {
      leads.merge(placement.leader(shard), 1, Integer::sum);
    }
    return leads;
  }

  @Test
  void everyShardHasAsManyNodesAsAskedForAndIsLedByOneOfThem() {
    for (int count = 1; count <= 7; count++) {
      Placement placement = Placement.of(24, 3, nodes(count));
      for (int shard = 0; shard < 24; shard++) {
        List<String> of = placement.nodes(shard);
        assertEquals(Math.min(3, count), new HashSet<>(of).size());
        assertTrue(of.contains(placement.leader(shard)));
        assertTrue(placement.has(placement.leader(shard), shard));
      }
    }
  }

  @Test
  void itIsTheSameInWhateverOrderTheNodesAreNamed() {
    List<String> turned = new ArrayList<>(nodes(5));
    Collections.reverse(turned);
    Placement one = Placement.of(48, 3, nodes(5));
    Placement other = Placement.of(48, 3, turned);
    for (int shard = 0; shard < 48; shard++) {
      assertEquals(one.nodes(shard), other.nodes(shard));
      assertEquals(one.leader(shard), other.leader(shard));
    }
  }

  @Test
  void itStaysAsItWasInEarlierVersions() {
    Placement placement = Placement.of(6, 3, nodes(5));
    List<List<String>> nodes = IntStream.range(0, 6).mapToObj(placement::nodes).toList();
    List<String> leaders = IntStream.range(0, 6).mapToObj(placement::leader).toList();
    assertEquals(PINNED_NODES, nodes.toString());
    assertEquals(PINNED_LEADERS, leaders.toString());
  }

  private static final String PINNED_NODES =
      "[[n5, n4, n3], [n2, n1, n4], [n5, n4, n2], [n5, n2, n4], [n2, n1, n3], [n3, n5, n4]]";
  private static final String PINNED_LEADERS = "[n4, n1, n5, n5, n2, n3]";

  @Test
  void leadersAreEven() {
    for (int count : new int[] {1, 2, 3, 4, 5, 8, 20}) {
      for (int shards : new int[] {1, 6, 24, 100}) {
        Map<String, Integer> leads = leads(Placement.of(shards, 3, nodes(count)), nodes(count));
        int most = Collections.max(leads.values());
        int least = Collections.min(leads.values());
        boolean reached = shards >= 6 * count; // with fewer a node may have none of them at all
        assertTrue(most - least <= 1 || !reached, count + " nodes: " + leads);
        assertTrue(most <= (shards + count - 1) / count + 1, count + " nodes: " + leads);
      }
    }
  }

  @Test
  void replicasAreAboutEven() {
    Map<String, Integer> has = new HashMap<>();
    Placement placement = Placement.of(1_000, 3, nodes(10));
    for (int shard = 0; shard < 1_000; shard++) {
      placement.nodes(shard).forEach(node -> has.merge(node, 1, Integer::sum));
    }
    assertTrue(Collections.max(has.values()) < 360, has::toString); // 300 each
    assertTrue(Collections.min(has.values()) > 240, has::toString);
  }

  @Test
  void aNodeThatComesTakesItsShareAndNothingElseMoves() {
    Placement before = Placement.of(200, 3, nodes(5));
    Placement after = Placement.of(200, 3, nodes(6));
    int moved = 0;
    for (int shard = 0; shard < 200; shard++) {
      Set<String> came = new HashSet<>(after.nodes(shard));
      came.removeAll(before.nodes(shard));
      assertTrue(came.isEmpty() || came.equals(Set.of("n6")), came::toString);
      moved += came.size();
    }
    assertTrue(moved > 60 && moved < 140, "moved " + moved); // a sixth of 600
  }

  @Test
  void aNodeThatGoesLeavesItsShareAndNothingElseMoves() {
    Placement before = Placement.of(200, 3, nodes(6));
    Placement after = Placement.of(200, 3, nodes(5));
    for (int shard = 0; shard < 200; shard++) {
      Set<String> went = new HashSet<>(before.nodes(shard));
      went.removeAll(after.nodes(shard));
      assertTrue(went.isEmpty() || went.equals(Set.of("n6")), went::toString);
    }
  }

  @Test
  void noNodesAreNoPlacement() {
    assertThrows(IllegalArgumentException.class, () -> Placement.of(6, 3, List.of()));
  }
}
