package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.GroupSeen;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.Routes;
import io.perdure.cluster.raft.Member;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A cluster as it was at one moment: what its operator wants, and what its nodes have told. */
final class Sight {
  /**
   * A member that lacks at most so many of the committed entries has caught up: about what is on
   * its way at any moment under load.
   */
  static final long LAG_MAX = 256;

  private final NodeTable table;
  private final int shards;
  private final Map<String, NodeSeen> there = new HashMap<>(); // by name
  private final Map<Integer, GroupSeen> led = new HashMap<>();
  private final Set<String> steady;
  private final Map<Integer, String> held;
  private final long now;

  /**
   * Of one moment.
   *
   * @param seen what nodes have answered; those that did not are taken to be gone
   * @param steady names of those that have been there for long enough to be given what costs
   *     something to be taken back
   * @param held groups that are not to be handed over just now, and why
   * @param now milliseconds since the epoch, as {@link NodeTable.Entry#graceUntil} has it
   */
  Sight(
      NodeTable table,
      int shards,
      Collection<NodeSeen> seen,
      Set<String> steady,
      Map<Integer, String> held,
      long now) {
    this.now = now;
    this.table = table;
    this.shards = shards;
    this.steady = steady;
    this.held = held;
    for (NodeTable.Entry entry : table.nodes()) {
      for (NodeSeen node : seen) {
        if (node.id().equals(entry.member().id())) { // or else it has another disk
          there.put(entry.name(), node);
          node.groups().forEach(group -> note(node, group));
        }
      }
    }
  }

  private void note(NodeSeen node, GroupSeen group) {
    if (group.ready() && node.id().equals(group.leader())) {
      led.merge(group.group(), group, (one, other) -> one.term() > other.term() ? one : other);
    }
  }

  NodeTable table() {
    return table;
  }

  int shards() {
    return shards;
  }

  /** The nodes of the table that have answered. */
  Collection<NodeSeen> there() {
    return there.values();
  }

  /** Whether the node called {@code name} has answered. */
  boolean isThere(String name) {
    return there.containsKey(name);
  }

  /** What the node called {@code name} has answered; null for nothing. */
  NodeSeen seen(String name) {
    return there.get(name);
  }

  boolean isSteady(String name) {
    return steady.contains(name) && isThere(name);
  }

  /** How {@code group} is seen by the member that leads it; null when none is known to. */
  GroupSeen led(int group) {
    return led.get(group);
  }

  /** Why {@code group} is not to be handed over just now; null when it may be. */
  String held(int group) {
    return held.get(group);
  }

  /**
   * How many attempts of other nodes have time to end on {@code node}, which is to be without work.
   */
  int awaited(NodeTable.Entry node) {
    NodeSeen seen = there.get(node.name());
    boolean waits = node.state() != NodeTable.State.ACTIVE && now < node.graceUntil();
    return waits && seen != null ? seen.guests() : 0;
  }

  /** Whether the node called {@code name} may be handed, and keep, what it leads. */
  boolean mayLead(String name) {
    NodeSeen node = there.get(name);
    return node != null
        && !node.stopping()
        && table.node(name).filter(e -> e.state() == NodeTable.State.ACTIVE).isPresent();
  }

  /** Whether the node called {@code name} has a replica of {@code group} open. */
  boolean has(String name, int group) {
    NodeSeen node = there.get(name);
    return node != null && node.groups().stream().anyMatch(seen -> seen.group() == group);
  }

  /**
   * Whether {@code member} is there and has what has been committed, but for what is on its way.
   */
  boolean caughtUp(GroupSeen of, MemberAt member) {
    NodeSeen node = there.get(member.node());
    if (node == null || !node.id().equals(member.id())) {
      return false;
    }
    return member.id().equals(of.leader())
        || (has(member.node(), of.group())
            && of.matched().getOrDefault(member.id(), -1L) >= of.committed() - LAG_MAX);
  }

  /** How many shards the node called {@code name} leads. */
  long leads(String name) {
    return led.values().stream()
        .filter(group -> group.group() != Routes.REGISTRY && leader(group).equals(name))
        .count();
  }

  /** Name of the node that leads {@code group}. */
  static String leader(GroupSeen group) {
    return Member.nodeOf(group.leader());
  }

  /** Whether {@code id} is that of a member of {@code group}. */
  static boolean isMember(GroupSeen group, String id) {
    return group.members().stream().anyMatch(member -> Objects.equals(member.id(), id));
  }

  static List<String> ids(List<MemberAt> members) {
    return members.stream().map(MemberAt::id).toList();
  }
}
