package io.perdure.cluster;

import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.vertx.core.Future;
import java.util.List;

/**
 * What this node has of the cluster's groups, and how it gets more or fewer of them: the port on
 * which membership stands. Groups go by the number of their shard, the registry's by {@link
 * io.perdure.bus.Routes#REGISTRY}. Thread-safe; nothing blocks. Futures complete on the context of
 * the caller.
 */
public interface Replicas {
  /** This node as a member of any group. */
  Member self();

  /** Number of shards of the cluster. */
  int shards();

  /** Whether this node is to join a cluster and waits to be added. */
  boolean waits();

  /** How many nodes are to have each shard, as this node's settings say. */
  int wanted();

  /** This node's member of {@code group}; null when it has none. */
  RaftGroup group(int group);

  /** What a node that joins has to know of the cluster, as text; only where it does not wait. */
  String charter();

  /**
   * This node, which waits, becomes part of the cluster that {@code charter} tells of.
   *
   * @param members of the registry's group, which this node is none of yet
   */
  Future<Void> join(String charter, List<Member> members);

  /**
   * Opens a replica of {@code shard}, empty if there is none; nothing happens if one is open.
   *
   * @param members of the group, which this node is none of yet
   */
  Future<Void> open(int shard, List<Member> members);

  /** Leaves the group of {@code shard} and removes what this node has of it. */
  Future<Void> drop(int shard);
}
