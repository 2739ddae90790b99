package io.perdure.executor;

import static io.perdure.bus.LimitMessages.PLACES_LEASE_MILLIS;

import io.perdure.bus.LimitMessages.PlacesGrant;
import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.PlacesUse;
import io.perdure.bus.LimitMessages.RenewPlaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;

/**
 * Which node has how many places of the functions whose home is one shard, in one ownership of that
 * shard. Pure but for its memory; times are nanoseconds of a clock that never goes back.
 *
 * <p>A node has what this has written down for it, or less. So nothing is ever taken from a node
 * whose lease is good: it is asked to give back, and says so with its next report. A new home knows
 * nothing of what earlier ones have granted, so it first takes down what nodes have, and grants
 * nothing more until all of them have told it or every earlier lease has ended.
 */
final class PlaceHome {
  /** For clocks that run unevenly, and for the end by force of what ran under a lost lease. */
  private static final long MARGIN_MILLIS = 1_000;

  static final long HELD_NANOS = (PLACES_LEASE_MILLIS + MARGIN_MILLIS) * 1_000_000;

  /** How long the same nodes come first where there are fewer places than nodes, 2 s. */
  private static final long TURN_NANOS = 2_000_000_000L;

  private final long epoch;
  private final long noneLeftAt;
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<Long, TreeMap<String, Holding>> functions = new HashMap<>();
  private boolean grants;
  private Set<String> present = Set.of();

  /** A node that has places, or would like some. */
  private static final class Member {
    final String node;
    long number;
    long until;
    boolean reported;

    /** The node has been started anew since: what this process ran has ended, or soon will have. */
    boolean superseded;

    final Set<Long> functions = new HashSet<>();

    Member(String node) {
      this.node = node;
    }
  }

  private static final class Holding {
    int held;
    int wanted;

    /** It has been told of its share since its last report. */
    boolean told;

    int taken() {
      return Math.max(held, wanted);
    }
  }

  /**
   * An answer.
   *
   * @param moved what other nodes are to be told
   */
  record Decision(PlacesRenewed answer, Map<String, List<PlacesGrant>> moved) {}

  /** The home from {@code nowNanos} on, in the ownership that {@code epoch} stands for. */
  PlaceHome(long epoch, long nowNanos) {
    this.epoch = epoch;
    this.noneLeftAt = nowNanos + HELD_NANOS;
  }

  long epoch() {
    return epoch;
  }

  /**
   * Takes down what a node has, and grants what is free.
   *
   * @param concurrency of a function by its uid, as this node knows it; negative for unknown
   * @param nodes names of all nodes of the cluster; empty when they are not known
   * @param present names of those that are there
   */
  Decision renew(
      RenewPlaces report,
      LongToIntFunction concurrency,
      Set<String> nodes,
      Set<String> present,
      long nowNanos) {
    expire(nowNanos);
    String name = report.node() + "/" + report.session();
    Member member = members.get(name);
    if (member == null) {
      member = join(name, report.node());
    }
    this.present = present;
    if (report.number() <= member.number) {
      return new Decision(asBefore(report, name), Map.of());
    }
    member.number = report.number();
    member.until = nowNanos + HELD_NANOS;
    member.reported |= report.homeEpoch() == epoch;
    grants = grants || nowNanos - noneLeftAt >= 0 || haveReported(nodes);
    Map<String, List<PlacesGrant>> moved = new HashMap<>();
    List<PlacesGrant> granted = new ArrayList<>(report.uses().size());
    Set<Long> left = new HashSet<>(member.functions);
    for (PlacesUse use : report.uses()) {
      left.remove(use.functionUid());
      int known = concurrency.applyAsInt(use.functionUid());
      granted.add(take(name, member, use, known < 0 ? use.concurrency() : known, nowNanos, moved));
    }
    for (long function : left) {
      release(name, member, function);
      int known = concurrency.applyAsInt(function);
      Map<String, Holding> of = functions.get(function);
      if (of != null && known >= 0) {
        tellOthers(name, function, of, known, nowNanos, moved);
      }
    }
    return new Decision(new PlacesRenewed(epoch, granted), moved);
  }

  private Member join(String name, String node) {
    for (Member earlier : members.values()) {
      earlier.superseded |= earlier.node.equals(node);
    }
    Member member = new Member(node);
    members.put(name, member);
    return member;
  }

  /** A report that has been overtaken changes nothing, and learns what has come of the later. */
  private PlacesRenewed asBefore(RenewPlaces report, String name) {
    List<PlacesGrant> known = new ArrayList<>();
    for (PlacesUse use : report.uses()) {
      Map<String, Holding> of = functions.get(use.functionUid());
      Holding holding = of == null ? null : of.get(name);
      int held = holding == null ? 0 : holding.held;
      known.add(new PlacesGrant(use.functionUid(), held, PlacesGrant.ALL));
    }
    return new PlacesRenewed(epoch, known);
  }

  private boolean haveReported(Set<String> nodes) {
    return !nodes.isEmpty()
        && nodes.stream()
            .allMatch(
                node -> members.values().stream().anyMatch(m -> m.reported && m.node.equals(node)));
  }

  private PlacesGrant take(
      String name,
      Member member,
      PlacesUse use,
      int concurrency,
      long nowNanos,
      Map<String, List<PlacesGrant>> moved) {
    Map<String, Holding> of = functions.computeIfAbsent(use.functionUid(), key -> new TreeMap<>());
    Holding holding = of.computeIfAbsent(name, key -> new Holding());
    member.functions.add(use.functionUid());
    // What an earlier home has granted is good for as long as leases of that time can be.
    holding.held = grants ? Math.min(use.held(), holding.held) : use.held();
    holding.wanted = Math.min(use.wanted(), concurrency);
    holding.told = false;
    int share = shareOf(name, of, concurrency, nowNanos);
    int free = concurrency - sum(of);
    int more = Math.min(holding.wanted, share) - holding.held;
    if (grants && free > 0 && more > 0) {
      holding.held += Math.min(free, more);
    }
    tellOthers(name, use.functionUid(), of, concurrency, nowNanos, moved);
    boolean isShort = holding.held < holding.wanted && holding.held <= share;
    int told = isShort && hasGoneWithSome(name, of) ? PlacesGrant.ALL : share;
    return new PlacesGrant(use.functionUid(), holding.held, told);
  }

  private boolean hasGoneWithSome(String asking, Map<String, Holding> of) {
    for (Map.Entry<String, Holding> other : of.entrySet()) {
      Member member = members.get(other.getKey());
      boolean gone = member.superseded || !present.contains(member.node);
      if (gone && other.getValue().held > 0 && !other.getKey().equals(asking)) {
        return true;
      }
    }
    return false;
  }

  /** Whom this concerns: those with more than their share if anybody is short, and the short. */
  private void tellOthers(
      String name,
      long function,
      Map<String, Holding> of,
      int concurrency,
      long nowNanos,
      Map<String, List<PlacesGrant>> moved) {
    if (of.size() < 2 && of.containsKey(name)) {
      return;
    }
    Map<String, Integer> shares = shares(of, concurrency, nowNanos);
    int held = sum(of);
    boolean anyShort =
        held > concurrency
            || of.entrySet().stream()
                .anyMatch(one -> isShort(one.getValue(), shares.get(one.getKey())));
    for (Map.Entry<String, Holding> other : of.entrySet()) {
      Holding its = other.getValue();
      int share = shares.get(other.getKey());
      boolean couldHave = isShort(its, share) && held < concurrency && grants;
      boolean hasTooMany = its.held > share && anyShort;
      if (!other.getKey().equals(name) && !its.told && (couldHave || hasTooMany)) {
        its.told = true;
        moved
            .computeIfAbsent(members.get(other.getKey()).node, key -> new ArrayList<>())
            .add(new PlacesGrant(function, its.held, share));
      }
    }
  }

  private static boolean isShort(Holding one, int share) {
    return one.held < Math.min(share, one.wanted);
  }

  private void release(String name, Member member, long function) {
    member.functions.remove(function);
    Map<String, Holding> of = functions.get(function);
    of.remove(name);
    if (of.isEmpty()) {
      functions.remove(function);
    }
  }

  private void expire(long nowNanos) {
    Iterator<Map.Entry<String, Member>> all = members.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Member> next = all.next();
      Member member = next.getValue();
      if (nowNanos - member.until >= 0) {
        List.copyOf(member.functions).forEach(function -> release(next.getKey(), member, function));
        all.remove();
      }
    }
  }

  // ---- shares

  private static int sum(Map<String, Holding> of) {
    int sum = 0;
    for (Holding one : of.values()) {
      sum += one.held;
    }
    return sum;
  }

  private static int shareOf(String name, Map<String, Holding> of, int concurrency, long nowNanos) {
    return shares(of, concurrency, nowNanos).get(name);
  }

  /**
   * How many places each may have: all of them where there is enough for what is had and wanted.
   */
  private static Map<String, Integer> shares(
      Map<String, Holding> of, int concurrency, long nowNanos) {
    Map<String, Integer> shares = new HashMap<>();
    long taken = 0;
    for (Holding one : of.values()) {
      taken += one.taken();
    }
    if (taken <= concurrency) {
      of.keySet().forEach(name -> shares.put(name, PlacesGrant.ALL));
      return shares;
    }
    of.keySet().forEach(name -> shares.put(name, 0));
    int left = concurrency;
    while (left > 0) {
      List<String> wanting = new ArrayList<>();
      for (Map.Entry<String, Holding> one : of.entrySet()) {
        if (shares.get(one.getKey()) < one.getValue().wanted) {
          wanting.add(one.getKey());
        }
      }
      if (wanting.isEmpty()) {
        break;
      }
      int first = Math.floorMod(nowNanos / TURN_NANOS, wanting.size());
      int each = Math.max(1, left / wanting.size());
      for (int i = 0; i < wanting.size() && left > 0; i++) {
        String name = wanting.get((first + i) % wanting.size());
        int more = Math.min(Math.min(each, left), of.get(name).wanted - shares.get(name));
        shares.merge(name, more, Integer::sum);
        left -= more;
      }
    }
    return shares;
  }
}
