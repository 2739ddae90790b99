package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.GroupTold;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.NodeTold;
import io.perdure.bus.ClusterMessages.ReplicaTold;
import io.perdure.bus.Routes;
import io.perdure.cluster.LiveCluster.LiveNode;
import io.perdure.cluster.raft.RaftGroup;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real groups, moved while they are written to. */
@Timeout(300)
class MembershipTest {
  @TempDir Path dir;

  private LiveCluster cluster;
  private Writers writers;

  @BeforeEach
  void form() {
    cluster = new LiveCluster(dir, "n1", "n2", "n3");
    int[] times = {0}; // each is asked in turn, and one may not have the table yet
    cluster.until(
        "an even spread, as all nodes have it",
        told -> {
          times[0] = LiveCluster.leads(told).size() == 3 ? times[0] + 1 : 0;
          return times[0] == 3;
        });
  }

  @AfterEach
  void end() {
    if (writers != null) {
      writers.stop();
    }
    cluster.close();
  }

  private static Set<String> nodes(GroupTold group) {
    Set<String> names = new TreeSet<>();
    group.replicas().stream().map(ReplicaTold::node).forEach(names::add);
    return names;
  }

  private static boolean settled(ClusterTold told) {
    return told.version() > 1 && !told.moving();
  }

  private static NodeTold node(ClusterTold told, String name) {
    return told.nodes().stream()
        .filter(node -> node.member().node().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** Whether every replica that there should be has all that was acknowledged. */
  private void assertNothingLost(String... names) {
    Placement placement = Placement.of(LiveCluster.SHARDS, 3, List.of(names));
    for (int shard = 0; shard < LiveCluster.SHARDS; shard++) {
      assertTrue(writers.acknowledged(shard) > 0, "nothing was written to shard " + shard);
      for (String name : placement.nodes(shard)) {
        RaftGroup group = cluster.nodes.get(name).group(shard);
        cluster.catchUp(group);
        assertEquals(0, writers.lost(shard, group.store()), "shard " + shard + " on " + name);
      }
    }
  }

  private void assertPlaced(ClusterTold told, String... names) {
    Placement placement = Placement.of(LiveCluster.SHARDS, 3, List.of(names));
    for (GroupTold group : told.groups()) {
      List<String> expected = group.group() < 0 ? List.of(names) : placement.nodes(group.group());
      assertEquals(new TreeSet<>(expected), nodes(group));
    }
    for (LiveNode node : cluster.nodes.values()) {
      for (int shard = 0; shard < LiveCluster.SHARDS; shard++) {
        assertEquals(
            List.of(names).contains(node.name) && placement.has(node.name, shard),
            node.group(shard) != null,
            node.name + " and shard " + shard);
      }
    }
  }

  @Test
  void nodesComeAndGoWhileAllIsWrittenToAndNothingIsLost() {
    LiveNode fourth = cluster.join("n4");
    cluster.until("a node that waits", told -> node(told, "n4") != null);
    writers = new Writers(cluster);

    cluster.change("n4", NodeChange.ADD);
    ClusterTold grown = cluster.until("a place for everything", MembershipTest::settled);
    assertEquals("what is known of the cluster", fourth.charter);
    assertEquals("active", node(grown, "n4").state());
    assertPlaced(grown, "n1", "n2", "n3", "n4");

    cluster.change("n2", NodeChange.REMOVE);
    ClusterTold shrunk =
        cluster.until("the removal", told -> settled(told) && node(told, "n2") == null);
    writers.stop();
    assertPlaced(shrunk, "n1", "n3", "n4");
    assertNothingLost("n1", "n3", "n4");
  }

  @Test
  void drainedNodeLeadsNothingUntilItIsResumed() {
    writers = new Writers(cluster);
    cluster.change("n1", NodeChange.DRAIN);
    ClusterTold drained =
        cluster.until(
            "the drain",
            told ->
                node(told, "n1").state().equals("draining")
                    && told.groups().stream()
                        .noneMatch(group -> group.owner() == null || group.owner().equals("n1")));
    assertEquals(3, node(drained, "n1").replicas());
    cluster.change("n1", NodeChange.RESUME);
    cluster.until("an even spread", told -> LiveCluster.leads(told).size() == 3);
    writers.stop();
    assertNothingLost("n1", "n2", "n3");
  }

  @Test
  void drainedNodeKnowsThatItIsToBeWithoutWork() {
    LiveCluster.LiveNode n1 = cluster.nodes.get("n1");
    assertTrue(n1.membership.isActive());
    cluster.change("n1", NodeChange.DRAIN);
    cluster.until("its own table", told -> !n1.membership.isActive());
    assertTrue(cluster.nodes.get("n2").membership.isActive());
    cluster.change("n1", NodeChange.RESUME);
    cluster.until("its return", told -> n1.membership.isActive());
  }

  private static boolean leadsNothing(ClusterTold told, String name) {
    return told.groups().stream()
        .noneMatch(group -> group.owner() == null || group.owner().equals(name));
  }

  /** A shard of whichever node: one of them may lead the registry and nothing else. */
  private GroupTold aShard() {
    return cluster.look().groups().stream()
        .filter(group -> group.group() >= 0 && group.owner() != null)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shardWhoseAttemptsRunStaysWithADrainedNodeForTheTimeItIsGiven() {
    GroupTold busy = aShard();
    String owner = busy.owner();
    String name = "shard " + busy.group();
    cluster.nodes.get(owner).busy.add(busy.group());
    cluster.change(owner, NodeChange.DRAIN, 3_600_000);
    cluster.until(
        "one shard that is left",
        told ->
            LiveCluster.leads(told).getOrDefault(owner, 0) == 1
                && told.now() != null
                && told.now().startsWith(name + " stays on " + owner + ", until ")
                && told.now().endsWith(": attempts of " + name + " run"));
    cluster.nodes.get(owner).busy.clear();
    cluster.until("the end of the drain", told -> leadsNothing(told, owner));
  }

  @Test
  void shardThatWasToLeaveANodeGoesOnThereOnceThatIsResumed() {
    GroupTold busy = aShard();
    LiveNode owner = cluster.nodes.get(busy.owner());
    owner.busy.add(busy.group());
    cluster.change(owner.name, NodeChange.DRAIN, 3_600_000);
    cluster.until("a shard that is to leave", told -> owner.leaving.contains(busy.group()));
    cluster.change(owner.name, NodeChange.RESUME);
    cluster.until("one that is to stay", told -> !owner.leaving.contains(busy.group()));
  }

  @Test
  void shardWhoseAttemptsRunIsTakenFromADrainedNodeOnceItsTimeIsOver() {
    String owner = aShard().owner();
    for (int shard = 0; shard < LiveCluster.SHARDS; shard++) {
      cluster.nodes.get(owner).busy.add(shard);
    }
    cluster.change(owner, NodeChange.DRAIN, 3_600_000);
    cluster.until("a wait", told -> told.now() != null && told.now().contains("stays on " + owner));
    cluster.change(owner, NodeChange.DRAIN, 0);
    cluster.until("the end of the drain", told -> leadsNothing(told, owner));
  }

  @Test
  void nodeIsDrainedOnceItRunsNothingOfOthers() {
    LiveNode n1 = cluster.nodes.get("n1");
    n1.guests = 2;
    cluster.change("n1", NodeChange.DRAIN, 3_600_000);
    ClusterTold told =
        cluster.until(
            "a wait for guests",
            now ->
                leadsNothing(now, "n1")
                    && now.now() != null
                    && now.now().startsWith("n1 runs 2 attempts of other nodes, until "));
    assertEquals(2, node(told, "n1").guests());
    assertFalse(node(told, "n1").drained());
    n1.guests = 0;
    cluster.until("the end of the drain", now -> node(now, "n1").drained() && now.now() == null);
    cluster.change("n1", NodeChange.RESUME);
    cluster.until("the end of all that", now -> !node(now, "n1").drained());
  }

  @Test
  void nodeIsDrainedThoughItRunsSomethingOfOthersOnceItsTimeIsOver() {
    cluster.nodes.get("n1").guests = 1;
    cluster.change("n1", NodeChange.DRAIN, 0);
    cluster.until("the end of the drain", now -> node(now, "n1").drained());
  }

  @Test
  void nodeThatEndsHandsOverAndIsHandedNothing() {
    LiveNode first = cluster.nodes.get("n1");
    LiveCluster.get(first.membership.handOver(30_000));
    ClusterTold told =
        cluster.until(
            "leaders", now -> now.groups().stream().noneMatch(group -> group.owner() == null));
    assertFalse(LiveCluster.leads(told).containsKey("n1"), told::toString);
    assertTrue(
        told.groups().stream().noneMatch(group -> "n1".equals(group.owner())), told::toString);
  }

  @Test
  void whatIsChangedWhileTheRegistryIsHandedOnIsChangedByWhoHasItThen() {
    long version = cluster.look().version();
    for (int i = 0; i < 3; i++) {
      String owner = registryOwner(cluster.look());
      LiveNode next = cluster.nodes.get(owner.equals("n1") ? "n2" : "n1");
      RaftGroup registry = cluster.nodes.get(owner).group(Routes.REGISTRY);
      Future<Void> handed = registry.transferTo(next.self().id());
      do {
        assertEquals(++version, cluster.change("n3", NodeChange.DRAIN, 3_600_000).version());
        assertEquals(++version, cluster.change("n3", NodeChange.RESUME).version());
      } while (!handed.isComplete());
      LiveCluster.get(handed);
      cluster.until("another owner", told -> next.name.equals(registryOwner(told)));
    }
  }

  private static String registryOwner(ClusterTold told) {
    return told.groups().stream()
        .filter(group -> group.group() == Routes.REGISTRY && group.owner() != null)
        .map(GroupTold::owner)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void rebalanceOfWhatIsInItsPlaceMovesNothing() {
    ClusterTold before = cluster.look();
    cluster.rebalance();
    ClusterTold after = cluster.until("the end of it", told -> settled(told) && told.now() == null);
    assertEquals(before.version() + 2, after.version());
    assertPlaced(after, "n1", "n2", "n3");
  }
}
