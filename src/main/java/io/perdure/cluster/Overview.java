package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.GroupSeen;
import io.perdure.bus.ClusterMessages.GroupTold;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.ClusterMessages.NodeTold;
import io.perdure.bus.ClusterMessages.NodeWaits;
import io.perdure.bus.ClusterMessages.ReplicaTold;
import io.perdure.bus.Routes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** A {@link Sight} as it is told to an operator. Pure. */
final class Overview {
  private static final String WAITING = "waiting";

  private Overview() {}

  /** Told by the node {@code self}, with those that wait to be added. */
  static ClusterTold of(String self, Sight sight, Collection<NodeWaits> waiting) {
    List<NodeTold> nodes = new ArrayList<>();
    for (NodeTable.Entry entry : sight.table().nodes()) {
      nodes.add(node(entry, sight));
    }
    addWaiting(waiting, nodes);
    List<GroupTold> groups = new ArrayList<>();
    for (int group = Routes.REGISTRY; group < sight.shards(); group++) {
      groups.add(group(group, sight));
    }
    String now =
        sight.there().stream().map(NodeSeen::now).filter(Objects::nonNull).findFirst().orElse(null);
    return new ClusterTold(
        self, sight.table().version(), nodes, groups, sight.table().moving(), now);
  }

  /** Told by a node that is no part of a cluster yet. */
  static ClusterTold outside(String self, Collection<NodeWaits> waiting) {
    List<NodeTold> nodes = new ArrayList<>();
    addWaiting(waiting, nodes);
    return new ClusterTold(self, 0, nodes, List.of(), false, null);
  }

  private static void addWaiting(Collection<NodeWaits> waiting, List<NodeTold> nodes) {
    waiting.stream()
        .filter(node -> nodes.stream().noneMatch(n -> n.member().id().equals(node.member().id())))
        .sorted(Comparator.comparing(node -> node.member().id()))
        .map(node -> new NodeTold(node.member(), WAITING, true, node.formats(), 0, 0, 0, false))
        .forEach(nodes::add);
  }

  private static NodeTold node(NodeTable.Entry entry, Sight sight) {
    NodeSeen seen = sight.seen(entry.name());
    long replicas =
        seen == null ? 0 : seen.groups().stream().filter(group -> group.group() >= 0).count();
    return new NodeTold(
        entry.member(),
        entry.state().text(),
        seen != null,
        seen == null ? null : seen.formats(),
        (int) sight.leads(entry.name()),
        (int) replicas,
        seen == null ? 0 : seen.guests(),
        isDrained(entry, sight));
  }

  private static boolean isDrained(NodeTable.Entry node, Sight sight) {
    boolean rid = node.state() != NodeTable.State.ACTIVE && sight.awaited(node) == 0;
    for (int group = 0; rid && group < sight.shards(); group++) {
      rid = isElsewhere(group, node, sight);
    }
    return rid && isElsewhere(Routes.REGISTRY, node, sight);
  }

  private static boolean isElsewhere(int group, NodeTable.Entry node, Sight sight) {
    GroupSeen led = sight.led(group);
    return led != null && !Sight.leader(led).equals(node.name());
  }

  private static GroupTold group(int number, Sight sight) {
    GroupSeen led = sight.led(number);
    if (led != null) {
      List<ReplicaTold> replicas =
          led.members().stream().map(member -> replica(member, led, sight)).toList();
      return new GroupTold(number, Sight.leader(led), led.term(), replicas);
    }
    List<ReplicaTold> replicas = new ArrayList<>(); // as any of its members has it
    for (NodeSeen node : sight.there()) {
      for (GroupSeen group : node.groups()) {
        if (group.group() == number && replicas.isEmpty()) {
          group.members().stream()
              .map(m -> new ReplicaTold(m.node(), sight.has(m.node(), number), -1))
              .forEach(replicas::add);
        }
      }
    }
    return new GroupTold(number, null, 0, replicas);
  }

  private static ReplicaTold replica(MemberAt member, GroupSeen led, Sight sight) {
    boolean there = sight.has(member.node(), led.group());
    Long matched =
        member.id().equals(led.leader())
            ? Long.valueOf(led.committed())
            : led.matched().get(member.id());
    return new ReplicaTold(
        member.node(), there, matched == null ? -1 : Math.max(0, led.committed() - matched));
  }
}
