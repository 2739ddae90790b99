package io.perdure.cluster;

import io.perdure.bus.ClusterMessages.GroupSeen;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.Routes;
import io.perdure.cluster.raft.Member;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides what is to be done next to bring replicas and leaders to where {@link Placement} wants
 * them. Pure: it knows nothing but a {@link Sight}, so that whoever is to decide after a failure
 * goes on from what is there.
 *
 * <ol>
 *   <li>Nodes that may not lead hand over what they lead, the registry last; where attempts run on,
 *       that shard is tried again later, and the others go on. What they run for other nodes is
 *       waited for before they are taken out of the cluster.
 *   <li>If moves were asked for: a group gets one member more, who catches up; then it loses one
 *       that is not to be there, as long as a majority of the rest is there and has caught up. One
 *       group after another. Only after that what a node has of a group is removed from its disk.
 *   <li>Leaders are spread evenly over the nodes that have been there for a while, with as few
 *       changes as that takes: who leads goes on as long as nobody leads two fewer.
 * </ol>
 */
final class Balancer {
  private final Sight sight;
  private final NodeTable table;
  private final Placement placement;
  private final String underWay;
  private final Set<Integer> staying;
  private String waits;

  private Balancer(Sight sight, String underWay, Set<Integer> staying) {
    this.sight = sight;
    this.underWay = underWay;
    this.staying = staying;
    this.table = sight.table();
    this.placement = Placement.of(sight.shards(), table.replicas(), table.staying());
  }

  /**
   * What is to be done next.
   *
   * @param underWay what is being done to a replica at the moment, in words; no other is touched
   *     meanwhile. Null for nothing
   * @param staying shards that are not handed over only so that leaders are spread evenly
   */
  static Step next(Sight sight, String underWay, Set<Integer> staying) {
    return new Balancer(sight, underWay, staying).next();
  }

  private Step next() {
    Step step = evacuate();
    table.nodes().forEach(this::awaitGuests);
    if (step == null && underWay == null) {
      step = table.moving() ? move() : drop();
    } else if (step == null) {
      waitFor(underWay);
    }
    if (step == null && underWay == null) {
      step = spread(); // not between two moves: what comes next may undo it
    }
    if (step != null) {
      return step;
    }
    return waits == null ? new Step.Rest() : new Step.Wait(waits);
  }

  /** Notes why something is not done now; the first reason counts. */
  private Step waitFor(String why) {
    waits = waits == null ? why : waits;
    return null;
  }

  // ---- leaders that may not lead

  private Step evacuate() {
    for (int shard = 0; shard < sight.shards(); shard++) {
      Step step = handOver(shard);
      if (step != null) {
        return step;
      }
    }
    return handOver(Routes.REGISTRY);
  }

  /** What runs there for others would be lost to them if the node ended now. */
  private boolean awaitGuests(NodeTable.Entry node) {
    int guests = sight.awaited(node);
    if (guests > 0) {
      waitFor(
          "%s runs %d attempts of other nodes, until %s at most"
              .formatted(node.name(), guests, Instant.ofEpochMilli(node.graceUntil())));
    }
    return guests > 0;
  }

  private Step handOver(int group) {
    GroupSeen of = sight.led(group);
    return of == null || sight.mayLead(Sight.leader(of)) ? null : handToBest(of);
  }

  /** To a member that may lead, that has not come and gone lately, and that leads few others. */
  private Step handToBest(GroupSeen of) {
    if (sight.held(of.group()) != null) {
      return waitFor(sight.held(of.group()));
    }
    String leader = Sight.leader(of);
    return of.members().stream()
        .filter(member -> !member.id().equals(of.leader()))
        .filter(member -> sight.mayLead(member.node()) && sight.caughtUp(of, member))
        .min(
            Comparator.comparing((MemberAt member) -> !sight.isSteady(member.node()))
                .thenComparing(member -> sight.leads(member.node()))
                .thenComparing(MemberAt::id))
        .<Step>map(heir -> new Step.Hand(leader, of.group(), heir.id()))
        .orElseGet(
            () -> waitFor("no other member of " + Step.name(of.group()) + " could lead it now"));
  }

  // ---- replicas

  private Step move() {
    List<String> nodes = registryMembers();
    Step step = move(Routes.REGISTRY, nodes, false); // a new node needs it before all others
    for (int shard = 0; step == null && shard < sight.shards(); shard++) {
      step = isUnderWay(shard) ? move(shard, target(shard), true) : null;
    }
    if (step == null) {
      step = drop();
    }
    if (step == null && catchingUp()) {
      return null; // one group after another
    }
    for (int shard = 0; step == null && shard < sight.shards(); shard++) {
      step = move(shard, target(shard), true);
    }
    if (step == null) {
      step = move(Routes.REGISTRY, nodes, true);
    }
    return step == null ? end() : step;
  }

  private List<String> target(int shard) {
    return placement.nodes(shard).stream()
        .map(name -> table.node(name).orElseThrow().member().id())
        .toList();
  }

  /** All that stay, and those that leave as long as they may have something of a shard. */
  private List<String> registryMembers() {
    return table.nodes().stream()
        .filter(entry -> entry.stays() || !isClear(entry))
        .map(entry -> entry.member().id())
        .toList();
  }

  /** Whether it is certain that no shard has {@code entry} as a member. */
  private boolean isClear(NodeTable.Entry entry) {
    for (int shard = 0; shard < sight.shards(); shard++) {
      GroupSeen of = sight.led(shard);
      if (of == null || Sight.isMember(of, entry.member().id()) || sight.has(entry.name(), shard)) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code shard} has been given a member and is to lose one. */
  private boolean isUnderWay(int shard) {
    GroupSeen of = sight.led(shard);
    return of != null && of.members().size() > target(shard).size();
  }

  /** Whether a member that has been added is there and lacks something. */
  private boolean catchingUp() {
    for (int shard = 0; shard < sight.shards(); shard++) {
      GroupSeen of = sight.led(shard);
      if (of != null && isUnderWay(shard) && lagging(of, target(shard)) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Brings {@code group} one step nearer to having the members {@code target}.
   *
   * @param shrinks whether it may lose members; if not, it only gets more
   */
  private Step move(int group, List<String> target, boolean shrinks) {
    GroupSeen of = sight.led(group);
    if (of == null) {
      return waitFor(Step.name(group) + " has no leader");
    }
    List<String> missing = target.stream().filter(id -> !Sight.isMember(of, id)).toList();
    List<MemberAt> surplus =
        of.members().stream().filter(member -> !target.contains(member.id())).toList();
    boolean grows = !missing.isEmpty() && (surplus.isEmpty() || !isLarger(of, target));
    if (grows || !shrinks) {
      return missing.isEmpty() ? null : grow(of, missing, surplus);
    }
    return surplus.isEmpty() ? null : shrink(of, target, surplus);
  }

  private static boolean isLarger(GroupSeen of, List<String> target) {
    return of.group() != Routes.REGISTRY && of.members().size() > target.size();
  }

  private Step grow(GroupSeen of, List<String> missing, List<MemberAt> surplus) {
    for (String id : missing) {
      MemberAt member = entry(id).member();
      if (!sight.isThere(member.node())) {
        waitFor(member.node() + " is not there to take " + Step.name(of.group()));
        continue;
      }
      if (!sight.has(member.node(), of.group())) {
        return new Step.Open(member.node(), of.group(), of.members());
      }
      List<MemberAt> to = new ArrayList<>(of.members());
      to.add(member);
      // In the place of one that is gone: both together would be harder to have a majority of.
      surplus.stream().filter(s -> !isThere(s)).findFirst().ifPresent(to::remove);
      long ready = to.stream().filter(m -> m.equals(member) || sight.caughtUp(of, m)).count();
      if (ready > to.size() / 2) {
        return members(of, to);
      }
      waitFor("too few members of " + Step.name(of.group()) + " have caught up to give it another");
    }
    return null;
  }

  private Step shrink(GroupSeen of, List<String> target, List<MemberAt> surplus) {
    List<MemberAt> goneFirst = new ArrayList<>(surplus);
    goneFirst.sort(
        Comparator.comparing(this::isThere)
            .thenComparing(member -> member.id().equals(of.leader()))
            .thenComparing(MemberAt::id));
    for (MemberAt member : goneFirst) {
      List<MemberAt> rest = new ArrayList<>(of.members());
      rest.remove(member);
      if (rest.stream().filter(m -> sight.caughtUp(of, m)).count() <= rest.size() / 2) {
        waitFor("too few other members of " + Step.name(of.group()) + " have caught up");
        continue;
      }
      String lagging = lagging(of, target);
      if (isThere(member) && lagging != null) {
        waitFor(lagging + " is catching up with " + Step.name(of.group()));
        continue;
      }
      return member.id().equals(of.leader()) ? handToBest(of) : members(of, rest);
    }
    return null;
  }

  /**
   * Name of a node that is to be a member, is one, is there, and lacks something; null for none.
   */
  private String lagging(GroupSeen of, List<String> target) {
    return of.members().stream()
        .filter(member -> target.contains(member.id()) && isThere(member))
        .filter(member -> !sight.caughtUp(of, member))
        .map(MemberAt::node)
        .findFirst()
        .orElse(null);
  }

  private boolean isThere(MemberAt member) {
    return sight.there().stream().anyMatch(node -> node.id().equals(member.id()));
  }

  private static Step members(GroupSeen of, List<MemberAt> to) {
    return new Step.Members(Sight.leader(of), of.group(), Sight.ids(of.members()), to);
  }

  private NodeTable.Entry entry(String id) {
    return table.nodes().stream()
        .filter(entry -> entry.member().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** What nodes have of shards they are neither members of nor to become. */
  private Step drop() {
    for (NodeSeen node : sight.there()) {
      String name = Member.nodeOf(node.id());
      for (GroupSeen seen : node.groups()) {
        if (seen.group() < 0 || seen.group() >= sight.shards()) {
          continue;
        }
        GroupSeen of = sight.led(seen.group());
        boolean wanted = of == null || Sight.isMember(of, node.id());
        if (!wanted && !target(seen.group()).contains(node.id())) {
          return new Step.Drop(name, seen.group(), node.id());
        }
      }
    }
    return null;
  }

  private Step end() {
    GroupSeen registry = sight.led(Routes.REGISTRY);
    for (NodeTable.Entry entry : table.nodes()) {
      if (!entry.stays()) {
        if (awaitGuests(entry)) {
          return null;
        }
        boolean out = registry != null && !Sight.isMember(registry, entry.member().id());
        return out && isClear(entry)
            ? new Step.Forget(entry.name())
            : waitFor(entry.name() + " is still a member of something");
      }
    }
    return waits == null ? new Step.Settle() : null;
  }

  // ---- leaders

  private Step spread() {
    List<List<String>> candidates = new ArrayList<>();
    for (int shard = 0; shard < sight.shards(); shard++) {
      candidates.add(candidates(shard));
    }
    List<String> leaders = Placement.leaders(candidates);
    for (int shard = 0; shard < sight.shards(); shard++) {
      GroupSeen of = sight.led(shard);
      String next = leaders.get(shard);
      if (of == null
          || next == null
          || next.equals(Sight.leader(of))
          || !sight.mayLead(Sight.leader(of))) { // which has been seen to already
        continue;
      }
      if (sight.held(shard) != null) {
        waitFor(sight.held(shard));
        continue;
      }
      MemberAt heir =
          of.members().stream().filter(m -> m.node().equals(next)).findFirst().orElseThrow();
      if (staying.contains(shard)) {
        waitFor(Step.name(shard) + " was to be handed over a while ago, and stays for now");
      } else if (sight.caughtUp(of, heir)) {
        return new Step.Hand(Sight.leader(of), shard, heir.id());
      } else {
        waitFor(next + " is catching up with " + Step.name(shard));
      }
    }
    return null;
  }

  /** Names of the nodes that could lead {@code shard}: who does, then those that are to have it. */
  private List<String> candidates(int shard) {
    GroupSeen of = sight.led(shard);
    if (of == null) {
      return List.of();
    }
    Set<String> members =
        of.members().stream()
            .filter(this::isThere)
            .map(MemberAt::node)
            .filter(sight::mayLead)
            .filter(name -> sight.isSteady(name) || name.equals(Sight.leader(of)))
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> names = new ArrayList<>();
    names.add(Sight.leader(of));
    names.addAll(placement.nodes(shard));
    names.addAll(members);
    return names.stream().filter(members::contains).distinct().toList();
  }
}
