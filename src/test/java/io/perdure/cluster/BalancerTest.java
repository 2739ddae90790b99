package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Routes;
import io.perdure.cluster.NodeTable.State;
import io.perdure.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private static final int SHARDS = 12;

  private final ClusterModel cluster = new ClusterModel(SHARDS, 3, "n1", "n2", "n3");

  private static Step last(List<Step> steps) {
    return steps.get(steps.size() - 1);
  }

  private static boolean even(ClusterModel of) {
    return Collections.max(of.leads().values()) - Collections.min(of.leads().values()) <= 1;
  }

  @Test
  void leadersAreSpreadEvenlyOverNewNodes() {
    cluster.run();
    assertEquals(Set.of("n1", "n2", "n3"), cluster.leads().keySet());
    assertTrue(even(cluster), cluster.leads()::toString);
  }

  @Test
  void nodeThatFailsIsNoReasonToCopyAnything() {
    ClusterModel four = new ClusterModel(SHARDS, 3, "n1", "n2", "n3", "n4");
    four.nodes.get("n2").up = false;
    for (Step step : four.run()) {
      assertTrue(step instanceof Step.Hand || step instanceof Step.Rest, step::toString);
    }
  }

  @Test
  void addedNodeGetsTheRegistryFirstAndThenItsShare() {
    cluster.start("n4");
    cluster.add("n4");
    List<Step> steps = cluster.run();
    assertInstanceOf(Step.Open.class, steps.get(0));
    assertEquals(Routes.REGISTRY, ((Step.Open) steps.get(0)).group());
    assertInstanceOf(Step.Rest.class, last(steps));
    assertFalse(cluster.table.moving());
    Placement placement = Placement.of(SHARDS, 3, List.of("n1", "n2", "n3", "n4"));
    for (int shard = 0; shard < SHARDS; shard++) {
      assertEquals(new TreeSet<>(placement.nodes(shard)), cluster.members(shard));
    }
    assertTrue(even(cluster), cluster.leads()::toString);
    assertEquals(4, cluster.leads().size());
  }

  @Test
  void groupsAreMovedOneAfterAnother() {
    cluster.start("n4");
    cluster.add("n4");
    Set<Integer> large = new TreeSet<>();
    for (Step step = Balancer.next(cluster.sight(), null, Set.of());
        !(step instanceof Step.Rest);
        step = Balancer.next(cluster.sight(), null, Set.of())) {
      cluster.apply(step);
      cluster.replicate();
      large.clear();
      for (int shard = 0; shard < SHARDS; shard++) {
        if (cluster.members(shard).size() > 3) {
          large.add(shard);
        }
      }
      assertTrue(large.size() <= 1, large::toString);
    }
  }

  @Test
  void memberLeavesOnlyWhenItsSuccessorHasCaughtUp() {
    cluster.run();
    cluster.start("n4");
    cluster.add("n4");
    Step step = Balancer.next(cluster.sight(), null, Set.of());
    while (!(step instanceof Step.Members change && change.group() >= 0)) {
      cluster.apply(step);
      cluster.replicate();
      step = Balancer.next(cluster.sight(), null, Set.of());
    }
    cluster.apply(step); // now n4 is a member and has nothing
    assertInstanceOf(Step.Wait.class, Balancer.next(cluster.sight(), null, Set.of()));
    cluster.replicate();
    assertInstanceOf(Step.Members.class, Balancer.next(cluster.sight(), null, Set.of()));
  }

  @Test
  void whatADrainedNodeRunsForOthersIsWaitedFor() {
    cluster.run();
    cluster.nodes.get("n2").guests = 3;
    cluster.table = cluster.table.with("n2", NodeTable.State.DRAINING, 60_000);
    assertEquals(
        new Step.Wait("n2 runs 3 attempts of other nodes, until 1970-01-01T00:01:00Z at most"),
        last(cluster.run()));
    assertFalse(cluster.leads().containsKey("n2"));
    cluster.now = 60_000;
    assertInstanceOf(Step.Rest.class, last(cluster.run()));
  }

  @Test
  void nodeIsTakenOutOnceItRunsNothingOfOthers() {
    ClusterModel four = new ClusterModel(SHARDS, 3, "n1", "n2", "n3", "n4");
    four.run();
    four.nodes.get("n2").guests = 1;
    four.table = four.table.with("n2", NodeTable.State.LEAVING, 60_000).moved(3);
    assertInstanceOf(Step.Wait.class, last(four.run()));
    assertTrue(four.table.node("n2").isPresent());
    four.nodes.get("n2").guests = 0;
    assertInstanceOf(Step.Rest.class, last(four.run()));
    assertTrue(four.table.node("n2").isEmpty());
  }

  @Test
  void drainedNodeLeadsNothingTheRegistryLast() {
    cluster.run();
    cluster.groups.get(Routes.REGISTRY).leader = "n1.0000000a";
    cluster.table = cluster.table.with("n1", State.DRAINING);
    List<Step> steps = cluster.run();
    assertFalse(cluster.leads().containsKey("n1"), cluster.leads()::toString);
    assertEquals(3, cluster.members(0).size());
    Step.Hand handed = (Step.Hand) steps.get(4); // behind the four shards of a third
    assertEquals(Routes.REGISTRY, handed.group());
  }

  @Test
  void whatCannotBeHandedOverNowIsPassedOverAndToldOf() {
    cluster.run();
    cluster.table = cluster.table.with("n1", State.DRAINING);
    int busy = 0;
    while (!cluster.leader(busy).equals("n1")) {
      busy++;
    }
    cluster.held.put(busy, "it is busy");
    List<Step> steps = cluster.run();
    assertEquals(new Step.Wait("it is busy"), last(steps));
    assertEquals(1, cluster.leads().get("n1"));
    assertEquals("n1", cluster.leader(busy));
    cluster.held.clear();
    cluster.run();
    assertFalse(cluster.leads().containsKey("n1"), cluster.leads()::toString);
  }

  @Test
  void whileAReplicaIsMovedOnlyThoseWhoMayNotLeadHandOver() {
    cluster.start("n4");
    cluster.add("n4");
    Step waits = Balancer.next(cluster.sight(), "copying", Set.of());
    assertEquals(new Step.Wait("copying"), waits);
    cluster.table = cluster.table.with(cluster.leader(0), State.DRAINING);
    assertInstanceOf(Step.Hand.class, Balancer.next(cluster.sight(), "copying", Set.of()));
  }

  @Test
  void resumedNodeLeadsAgain() {
    cluster.table = cluster.table.with("n1", State.DRAINING);
    cluster.run();
    cluster.table = cluster.table.with("n1", State.ACTIVE);
    cluster.run();
    assertEquals(4, cluster.leads().get("n1"));
  }

  @Test
  void stoppingNodeIsHandedNothing() {
    cluster.run();
    cluster.nodes.get("n3").stopping = true;
    cluster.run();
    assertFalse(cluster.leads().containsKey("n3"), cluster.leads()::toString);
  }

  @Test
  void nodeThatComesAndGoesIsHandedNothing() {
    cluster.nodes.get("n1").up = false;
    cluster.run();
    cluster.nodes.get("n1").up = true;
    cluster.elect();
    cluster.replicate();
    assertInstanceOf(
        Step.Rest.class, Balancer.next(cluster.sight(Set.of("n2", "n3")), null, Set.of()));
    assertInstanceOf(Step.Hand.class, Balancer.next(cluster.sight(), null, Set.of()));
  }

  @Test
  void whoLeadsGoesOnWhileLeadersAreEven() {
    cluster.run();
    List<String> before = leaders();
    String one = cluster.leader(0);
    String other = cluster.leader(1).equals(one) ? "n3" : cluster.leader(1);
    hand(0, other);
    hand(before.lastIndexOf(other), one);
    assertInstanceOf(Step.Rest.class, Balancer.next(cluster.sight(), null, Set.of()));
  }

  private List<String> leaders() {
    List<String> leaders = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      leaders.add(cluster.leader(shard));
    }
    return leaders;
  }

  private void hand(int shard, String to) {
    cluster.apply(new Step.Hand(cluster.leader(shard), shard, cluster.nodes.get(to).member.id()));
  }

  @Test
  void aNodeThatIsNotHeardForAMomentMovesNothing() {
    cluster.run();
    cluster.nodes.get("n2").up = false; // though it still leads what it led
    Step unheard = Balancer.next(cluster.sight(Set.of("n1", "n3")), null, Set.of());
    assertInstanceOf(Step.Rest.class, unheard);
    cluster.nodes.get("n2").up = true;
    Step heard = Balancer.next(cluster.sight(Set.of("n1", "n3")), null, Set.of());
    assertInstanceOf(Step.Rest.class, heard);
    assertInstanceOf(Step.Rest.class, Balancer.next(cluster.sight(), null, Set.of()));
  }

  @Test
  void aNodeThatComesBackIsHandedNoMoreThanItsShare() {
    cluster.run();
    cluster.nodes.get("n3").up = false;
    cluster.run();
    cluster.nodes.get("n3").up = true;
    List<Step> steps = cluster.run();
    long handed = steps.stream().filter(Step.Hand.class::isInstance).count();
    assertEquals(SHARDS / 3, handed, steps::toString);
  }

  @Test
  void aShardThatStaysIsHandedOverOnlyByWhoMayNotLead() {
    cluster.nodes.get("n3").up = false;
    cluster.run();
    cluster.nodes.get("n3").up = true;
    Set<Integer> all = new TreeSet<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      all.add(shard);
    }
    assertInstanceOf(Step.Wait.class, Balancer.next(cluster.sight(), null, all));
    cluster.nodes.get("n1").stopping = true;
    assertInstanceOf(Step.Hand.class, Balancer.next(cluster.sight(), null, all));
  }

  @Test
  void removedNodeIsForgottenWhenNothingIsLeftOfIt() {
    cluster.start("n4");
    cluster.add("n4");
    cluster.run();
    cluster.remove("n2");
    List<Step> steps = cluster.run();
    assertEquals(Set.of("n1", "n3", "n4"), cluster.members(Routes.REGISTRY));
    assertTrue(cluster.table.node("n2").isEmpty());
    assertEquals(Set.of(Routes.REGISTRY), cluster.nodes.get("n2").has.keySet());
    assertTrue(steps.contains(new Step.Forget("n2")));
    assertInstanceOf(Step.Rest.class, last(steps));
    for (int shard = 0; shard < SHARDS; shard++) {
      assertEquals(Set.of("n1", "n3", "n4"), cluster.members(shard));
    }
  }

  @Test
  void nodeWhoseDiskIsLostIsReplacedByOneOfTheSameName() {
    cluster.nodes.get("n2").up = false;
    cluster.remove("n2");
    cluster.run();
    assertTrue(cluster.table.node("n2").isEmpty());
    cluster.nodes.remove("n2");
    cluster.start("n2");
    cluster.add("n2");
    cluster.run();
    assertEquals(Set.of("n1", "n2", "n3"), cluster.members(0));
    assertTrue(even(cluster), cluster.leads()::toString);
  }

  @Test
  void majorityIsKeptThoughANodeThatStaysHasFailed() {
    cluster.nodes.get("n3").up = false;
    cluster.remove("n2");
    List<Step> steps = cluster.run(); // the model refuses what would leave too few
    assertInstanceOf(Step.Wait.class, last(steps));
    assertEquals(Set.of("n1", "n2", "n3"), cluster.members(0));
    cluster.nodes.get("n3").up = true;
    cluster.run();
    assertEquals(Set.of("n1", "n3"), cluster.members(0));
  }

  @Test
  void everySequenceOfFailuresEndsWhereTheOperatorWants() {
    Seeds.each(200, BalancerTest::walk);
  }

  private static void walk(Random random) {
    ClusterModel of = new ClusterModel(1 + random.nextInt(8), 3, "n1", "n2", "n3", "n4");
    of.start("n5");
    of.start("n6");
    for (int turn = 0; turn < 300; turn++) {
      disturb(of, random);
      of.elect();
      if (random.nextInt(3) > 0) {
        of.replicate();
      }
      Step step = Balancer.next(of.sight(some(of, random)), null, Set.of());
      if (random.nextInt(4) > 0) { // or else the one that decided has failed before it did it
        of.apply(step);
      }
    }
    of.nodes.values().forEach(node -> node.up = true);
    for (String name : of.table.staying()) {
      of.table = of.table.with(name, State.ACTIVE);
    }
    Step end = last(of.run());
    assertInstanceOf(Step.Rest.class, end, end::toString);
    Placement placement = Placement.of(of.shards(), 3, of.table.staying());
    assertEquals(new TreeSet<>(of.table.staying()), of.members(Routes.REGISTRY));
    if (of.table.nodes().stream().allMatch(NodeTable.Entry::stays)) {
      for (int shard = 0; shard < of.shards(); shard++) {
        assertEquals(new TreeSet<>(placement.nodes(shard)), of.members(shard));
      }
    }
  }

  private static Set<String> some(ClusterModel of, Random random) {
    Set<String> names = new TreeSet<>(of.nodes.keySet());
    names.removeIf(name -> random.nextInt(5) == 0);
    return names;
  }

  private static void disturb(ClusterModel of, Random random) {
    List<String> names = new ArrayList<>(of.nodes.keySet());
    String name = names.get(random.nextInt(names.size()));
    boolean known = of.table.node(name).isPresent();
    switch (random.nextInt(12)) {
      case 0 -> of.nodes.get(name).up = false;
      case 1, 2, 3 -> of.nodes.get(name).up = true;
      case 4 -> {
        if (!known) {
          of.nodes.get(name).has.clear();
          of.add(name);
        }
      }
      case 5 -> {
        if (known && of.table.staying().size() > 2 && of.table.staying().contains(name)) {
          of.remove(name);
        }
      }
      case 6 -> {
        if (known && of.table.staying().contains(name)) {
          of.table = of.table.with(name, State.DRAINING);
        }
      }
      case 7 -> {
        if (known && of.table.staying().contains(name)) {
          of.table = of.table.with(name, State.ACTIVE);
        }
      }
      default -> {} // nothing happens
    }
  }
}
