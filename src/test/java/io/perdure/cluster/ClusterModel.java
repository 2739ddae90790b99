package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.GroupSeen;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.Routes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A cluster in memory, to which decisions are applied: who is up, what each group has as members,
 * what each node has on its disk and how far that is.
 */
final class ClusterModel {
  static final Formats FORMATS = new Formats("1", 1, 1, 1, 1, 1, 1);
  static final long COMMITTED = 10_000;

  final Map<String, Node> nodes = new TreeMap<>();
  final Map<Integer, Group> groups = new TreeMap<>();
  NodeTable table;
  long now;
  final Map<Integer, String> held = new TreeMap<>(); // group -> why

  static final class Node {
    final MemberAt member;
    boolean up = true;
    boolean stopping;
    int guests;
    final Map<Integer, Long> has = new TreeMap<>(); // group -> how far it is

    Node(MemberAt member) {
      this.member = member;
    }
  }

  static final class Group {
    List<MemberAt> members = List.of();
    String leader; // id
    long term = 1;
  }

  ClusterModel(int shards, int replicas, String... names) {
    List<MemberAt> members = new ArrayList<>();
    for (String name : names) {
      members.add(start(name).member);
    }
    table = NodeTable.formed(replicas, members);
    Placement placement = Placement.of(shards, replicas, List.of(names));
    form(Routes.REGISTRY, List.of(names));
    for (int shard = 0; shard < shards; shard++) {
      form(shard, placement.nodes(shard));
    }
  }

  private void form(int number, List<String> names) {
    Group group = new Group();
    group.members = names.stream().map(name -> nodes.get(name).member).toList();
    names.forEach(name -> nodes.get(name).has.put(number, COMMITTED));
    groups.put(number, group);
    elect();
  }

  /** A node that waits to be added. */
  Node start(String name) {
    Node node = new Node(new MemberAt(name + ".0000000a", "127.0.0.1", 1));
    nodes.put(name, node);
    return node;
  }

  void add(String name) {
    table = table.with(nodes.get(name).member).moved(table.replicas());
  }

  void remove(String name) {
    table = table.with(name, NodeTable.State.LEAVING).moved(table.replicas());
  }

  int shards() {
    return groups.size() - 1;
  }

  private Node at(MemberAt member) {
    return nodes.get(member.node());
  }

  private boolean current(int number, MemberAt member) {
    return at(member).up && at(member).has.getOrDefault(number, -1L) >= COMMITTED;
  }

  /** Where a majority is up and one of it has everything, one of those leads; nowhere else. */
  void elect() {
    groups.forEach(
        (number, group) -> {
          long up = group.members.stream().filter(m -> at(m).up).count();
          boolean leads =
              group.leader != null
                  && group.members.stream().anyMatch(m -> m.id().equals(group.leader) && at(m).up);
          if (up <= group.members.size() / 2) {
            group.leader = null;
          } else if (!leads) {
            group.term++;
            group.leader =
                group.members.stream()
                    .filter(m -> current(number, m))
                    .map(MemberAt::id)
                    .findFirst()
                    .orElse(null);
          }
        });
  }

  /** Members that are up and reach their leader get everything. */
  void replicate() {
    groups.forEach(
        (number, group) -> {
          if (group.leader != null) {
            group.members.stream()
                .filter(m -> at(m).up)
                .forEach(m -> at(m).has.computeIfPresent(number, (n, far) -> COMMITTED));
          }
        });
  }

  Sight sight() {
    return sight(nodes.keySet());
  }

  Sight sight(Set<String> steady) {
    Collection<NodeSeen> seen = new ArrayList<>();
    for (Node node : nodes.values()) {
      if (node.up) {
        List<GroupSeen> has =
            node.has.entrySet().stream().map(e -> seen(node, e.getKey(), e.getValue())).toList();
        seen.add(new NodeSeen(node.member.id(), FORMATS, node.stopping, has, null, node.guests));
      }
    }
    return new Sight(table, shards(), seen, steady, held, now);
  }

  private GroupSeen seen(Node node, int number, long far) {
    Group group = groups.get(number);
    boolean leads = node.member.id().equals(group.leader);
    Map<String, Long> matched = new HashMap<>();
    if (leads) {
      for (MemberAt member : group.members) {
        if (!member.equals(node.member)) {
          matched.put(member.id(), at(member).has.getOrDefault(number, 0L));
        }
      }
    }
    return new GroupSeen(
        number, group.leader, group.term, leads, group.members, COMMITTED, far, matched);
  }

  /** Does what was decided. Fails when that would leave a group without a majority that is up. */
  void apply(Step step) {
    if (step instanceof Step.Open open) {
      nodes.get(open.node()).has.putIfAbsent(open.group(), 0L);
    } else if (step instanceof Step.Members change) {
      change(change);
    } else if (step instanceof Step.Hand hand) {
      Group group = groups.get(hand.group());
      MemberAt heir =
          group.members.stream().filter(m -> m.id().equals(hand.to())).findFirst().orElseThrow();
      if (!current(hand.group(), heir)) {
        throw new AssertionError(hand + " to one that has not caught up");
      }
      group.leader = hand.to();
      group.term++;
    } else if (step instanceof Step.Drop drop) {
      if (Sight.ids(groups.get(drop.group()).members).contains(drop.id())) {
        throw new AssertionError(drop + " of a member");
      }
      nodes.get(drop.node()).has.remove(drop.group());
    } else if (step instanceof Step.Forget forget) {
      table = table.without(forget.name());
    } else if (step instanceof Step.Settle) {
      table = table.settled();
    }
  }

  private void change(Step.Members change) {
    Group group = groups.get(change.group());
    if (!Sight.ids(group.members).equals(change.from())) {
      throw new AssertionError(change + " of " + group.members);
    }
    Set<String> full = new TreeSet<>();
    for (MemberAt member : change.to()) {
      boolean isNew = !group.members.contains(member);
      if (isNew && !at(member).has.containsKey(change.group())) {
        throw new AssertionError(change + " before it was opened");
      }
      if (at(member).up && (isNew || current(change.group(), member))) {
        full.add(member.id());
      }
    }
    if (full.size() <= change.to().size() / 2) {
      throw new AssertionError(change + " leaves too few that are up: " + full);
    }
    group.members = change.to();
    if (!Sight.ids(group.members).contains(group.leader)) {
      throw new AssertionError(change + " takes the leader out");
    }
  }

  /** Names of the members of {@code group}. */
  Set<String> members(int group) {
    Set<String> names = new TreeSet<>();
    groups.get(group).members.forEach(member -> names.add(member.node()));
    return names;
  }

  String leader(int group) {
    String id = groups.get(group).leader;
    return id == null ? null : id.substring(0, id.indexOf('.'));
  }

  /** How many shards each node leads. */
  Map<String, Integer> leads() {
    Map<String, Integer> leads = new TreeMap<>();
    for (int shard = 0; shard < shards(); shard++) {
      leads.merge(leader(shard), 1, Integer::sum);
    }
    return leads;
  }

  /** Decides and applies until there is nothing to do, or only to wait; the steps. */
  List<Step> run() {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      elect();
      replicate();
      Step step = Balancer.next(sight(), null, Set.of());
      if (step instanceof Step.Rest || step instanceof Step.Wait) {
        steps.add(step);
        return steps;
      }
      apply(step);
      steps.add(step);
    }
    throw new AssertionError("no end: " + steps.subList(9_900, 10_000));
  }
}
