package io.perdure.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which nodes have a shard, and which of them should lead it. Pure, and the same wherever it is
 * computed.
 *
 * <p>Nodes: rendezvous hashing. Each node draws a number for each shard, and the {@code replicas}
 * greatest have it; so a node that comes takes over its share and nothing else moves, and one that
 * goes leaves its share to the others. Leaders: of the nodes that have a shard the one with the
 * greatest number, as long as that is even; it costs little to move them, so evenness comes first.
 */
public final class Placement {
  private final List<List<String>> nodes; // by shard, the greatest number first
  private final List<String> leaders;

  private Placement(List<List<String>> nodes, List<String> leaders) {
    this.nodes = nodes;
    this.leaders = leaders;
  }

  /**
   * Of {@code shards} shards over {@code names}.
   *
   * @param replicas how many have each shard; all of them where there are fewer
   */
  public static Placement of(int shards, int replicas, Collection<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no nodes");
    }
    List<List<String>> nodes = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int number = shard;
      nodes.add(
          names.stream()
              .sorted(
                  Comparator.<String>comparingLong(name -> -drawn(name, number))
                      .thenComparing(Comparator.naturalOrder()))
              .limit(replicas)
              .toList());
    }
    return new Placement(nodes, leaders(nodes));
  }

  /** What {@code name} draws for {@code shard}: FNV-1a, then mixed; 0 or more. */
  private static long drawn(String name, int shard) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : (name + "/" + shard).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (hash ^ (hash >>> 33)) >>> 1;
  }

  /**
   * One leader for each shard out of {@code candidates}, its first choices first, as evenly as can
   * be; null for a shard without any. Begins with the first of each shard, and hands shards on from
   * a node that leads the most towards one that leads at least two fewer, over others if need be,
   * until there is no such path.
   */
  static List<String> leaders(List<List<String>> candidates) {
    List<String> leaders = new ArrayList<>();
    Map<String, Integer> leads = new TreeMap<>();
    for (List<String> of : candidates) {
      of.forEach(name -> leads.putIfAbsent(name, 0));
      leaders.add(of.isEmpty() ? null : of.get(0));
      of.stream().limit(1).forEach(name -> leads.merge(name, 1, Integer::sum));
    }
    boolean moved = true;
    while (moved) {
      moved = false;
      List<String> most = new ArrayList<>(leads.keySet());
      most.sort(Comparator.comparing((String name) -> -leads.get(name)));
      for (String from : most) {
        if (handOn(from, candidates, leaders, leads)) {
          moved = true;
          break;
        }
      }
    }
    return Collections.unmodifiableList(leaders);
  }

  private static boolean handOn(
      String from, List<List<String>> nodes, List<String> leaders, Map<String, Integer> leads) {
    Map<String, Integer> reachedBy = new HashMap<>(); // node -> the shard it would take
    Deque<String> reached = new ArrayDeque<>(List.of(from));
    while (!reached.isEmpty()) {
      String node = reached.poll();
      for (int shard = 0; shard < leaders.size(); shard++) {
        if (!node.equals(leaders.get(shard))) {
          continue;
        }
        for (String other : nodes.get(shard)) {
          if (other.equals(from) || reachedBy.putIfAbsent(other, shard) != null) {
            continue;
          }
          if (leads.get(other) <= leads.get(from) - 2) {
            move(from, other, reachedBy, leaders);
            leads.merge(from, -1, Integer::sum);
            leads.merge(other, 1, Integer::sum);
            return true;
          }
          reached.add(other);
        }
      }
    }
    return false;
  }

  private static void move(
      String from, String to, Map<String, Integer> reachedBy, List<String> leaders) {
    String taker = to;
    while (!taker.equals(from)) {
      int shard = reachedBy.get(taker);
      String giver = leaders.get(shard);
      leaders.set(shard, taker);
      taker = giver;
    }
  }

  /** Names of the nodes that have {@code shard}. */
  public List<String> nodes(int shard) {
    return nodes.get(shard);
  }

  /** Name of the node that should lead {@code shard} while all are there; it has the shard. */
  public String leader(int shard) {
    return leaders.get(shard);
  }

  /** Whether {@code name} has {@code shard}. */
  public boolean has(String name, int shard) {
    return nodes.get(shard).contains(name);
  }

  /** Number of shards. */
  public int shards() {
    return nodes.size();
  }
}
