package io.perdure.bus;

import java.util.List;
import java.util.Map;

/**
 * What the nodes of a cluster ask one another about the groups that replicate their state, and what
 * its operator asks. A group is named by the number of its shard, that of the registry by {@link
 * Routes#REGISTRY}.
 */
public final class ClusterMessages {
  private ClusterMessages() {}

  /** Sent to or answered by what keeps the nodes of a cluster together. */
  public sealed interface OfCluster extends Message {}

  /**
   * A member of a group.
   *
   * @param id name of its node, a dot, and the random id of that node's data directory
   * @param host where its Raft port is reached
   */
  public record MemberAt(String id, String host, int port) {
    /** Name of the node it is on. */
    public String node() {
      return id.substring(0, id.lastIndexOf('.'));
    }
  }

  /**
   * A group as one of its members sees it.
   *
   * @param leader id of the member that leads as far as this one knows; null for none
   * @param ready whether this member leads and has applied all that was decided before its term
   * @param members of the group's present configuration
   * @param committed index of the last entry known to be committed
   * @param applied index of the last entry this member's store has
   * @param matched on the leader: how far the log of each other member reaches, by id; else empty
   */
  public record GroupSeen(
      int group,
      String leader,
      long term,
      boolean ready,
      List<MemberAt> members,
      long committed,
      long applied,
      Map<String, Long> matched) {}

  /**
   * What a program writes and understands; two nodes work together while each reads what the other
   * writes.
   *
   * @param version of the program
   * @param bus format of messages between nodes that it writes
   * @param busRead the oldest such format it reads
   * @param busReadTo the newest such format it reads; 0 for the one that it writes
   * @param store format of what is replicated that it writes
   * @param storeRead the oldest such format it reads
   * @param storeReadTo the newest such format it reads; 0 for the one that it writes
   */
  public record Formats(
      String version,
      int bus,
      int busRead,
      int busReadTo,
      int store,
      int storeRead,
      int storeReadTo) {
    /** What this program writes and reads, {@code store} being all of what is replicated. */
    public static Formats of(String version, int store) {
      int bus = MessageBytes.VERSION;
      return new Formats(version, bus, MessageBytes.VERSION_BASE64, bus, store, store, store);
    }

    /** Whether this program reads what {@code other} writes. */
    public boolean read(Formats other) {
      return busRead <= other.bus
          && other.bus <= Math.max(bus, busReadTo)
          && storeRead <= other.store
          && other.store <= Math.max(store, storeReadTo);
    }

    /** Such as {@code 1.2.0 (messages: writes 2, reads 1 to 2; store: writes 3, reads 3 to 3)}. */
    public String text() {
      return version
          + " (messages: "
          + text(bus, busRead, busReadTo)
          + "; store: "
          + text(store, storeRead, storeReadTo)
          + ")";
    }

    private static String text(int writes, int from, int to) {
      return "writes " + writes + ", reads " + from + " to " + Math.max(writes, to);
    }
  }

  /** How a node and its groups are doing. Answered by {@link NodeSeen}. */
  public record LookAtNode() implements OfCluster, Repeatable {}

  /**
   * Answer to {@link LookAtNode}.
   *
   * @param id of its members
   * @param stopping whether it is about to end, and is not to lead anything any more
   * @param groups it has a replica of
   * @param now what it is doing, or waits for, to bring replicas and leaders to where they should
   *     be; null when there is nothing to do, or another node is to do it
   * @param guests attempts of other nodes that it runs
   */
  public record NodeSeen(
      String id, Formats formats, boolean stopping, List<GroupSeen> groups, String now, int guests)
      implements OfCluster {}

  /**
   * A node that waits makes itself part of the cluster.
   *
   * @param charter what has to be known of the cluster, as its nodes have written it down
   * @param members of the registry's group, which this node is none of yet
   */
  public record JoinCluster(String charter, List<MemberAt> members)
      implements OfCluster, Repeatable {}

  /**
   * A node opens a replica, empty at first, of a shard; nothing happens if it has one.
   *
   * @param members of the group, which this node is none of yet
   */
  public record OpenReplica(int group, List<MemberAt> members) implements OfCluster, Repeatable {}

  /**
   * A node leaves a group and removes what it has of it.
   *
   * @param id of the member that is meant: another one on that node is left alone
   */
  public record DropReplica(int group, String id) implements OfCluster, Repeatable {}

  /**
   * The node that leads a group makes {@code to} its members, who catch up first. Fails as a
   * conflict unless {@code from} are the ids of the present ones.
   */
  public record SetMembers(int group, List<String> from, List<MemberAt> to) implements OfCluster {}

  /**
   * The node that leads a group hands that over to the member with id {@code to}. A shard is
   * brought to rest before; fails as unavailable where attempts run on, unless {@code anyway}.
   *
   * @param restMillis how long attempts may take to end, before it fails
   * @param leavingMillis how long the shard may stay in all: it is asked again until then, and
   *     starts little meanwhile. 0 for no time, and for a shard that need not leave
   */
  public record HandLeadership(
      int group, String to, long restMillis, boolean anyway, long leavingMillis)
      implements OfCluster {}

  /**
   * The members of a group, told by the node that leads it and has made sure that it still does.
   * Answered by {@link MembersTold}; fails as unavailable when it does not.
   */
  public record TellMembers(int group) implements OfCluster, Repeatable {}

  /** Answer to {@link TellMembers}: their ids. */
  public record MembersTold(List<String> ids) implements OfCluster {}

  /** Published each second by a node that waits until it is added. */
  public record NodeWaits(MemberAt member, Formats formats) implements OfCluster {}

  // ---- the operator

  /** How the cluster is. Answered by {@link ClusterTold}. */
  public record GetCluster() implements OfCluster, Repeatable {}

  /**
   * A node as the operator sees it.
   *
   * @param state active, draining, leaving or waiting
   * @param formats null while it cannot be reached
   * @param leads how many shards
   * @param replicas of how many shards
   * @param guests attempts of other nodes that it runs
   * @param drained whether it is not to lead anything, leads nothing, and runs nothing of others
   *     that is to be waited for
   */
  public record NodeTold(
      MemberAt member,
      String state,
      boolean alive,
      Formats formats,
      int leads,
      int replicas,
      int guests,
      boolean drained) {}

  /**
   * A replica.
   *
   * @param lag entries of the log that it does not have yet; -1 for unknown
   */
  public record ReplicaTold(String node, boolean alive, long lag) {}

  /**
   * A group as the operator sees it.
   *
   * @param owner name of the node that leads it; null for none
   * @param term 0 while nobody leads
   */
  public record GroupTold(int group, String owner, long term, List<ReplicaTold> replicas) {}

  /**
   * Answer to {@link GetCluster}.
   *
   * @param node that answers
   * @param version of the table of nodes, 0 while there is none
   * @param groups the registry's first
   * @param moving whether replicas are being moved, until each is where it should be
   * @param now what is being done, or waited for; null when nothing is, or it is not known here
   */
  public record ClusterTold(
      String node,
      long version,
      List<NodeTold> nodes,
      List<GroupTold> groups,
      boolean moving,
      String now)
      implements OfCluster {}

  /** What can be done with a node. */
  public enum NodeChange {
    /** One that waits becomes part of the cluster, and gets its share of replicas. */
    ADD,
    /** It hands over what it leads, in its time, and leads nothing until it is resumed. */
    DRAIN,
    /** It may lead again. */
    RESUME,
    /** Its replicas are moved elsewhere; then it is no part of the cluster any more. */
    REMOVE
  }

  /**
   * Begins {@code change}; done already is done again. Fails as not found, or as a conflict when
   * the cluster's state does not allow it. Answered by {@link ClusterChanged}.
   *
   * @param graceMillis where the node is to hand over what it leads: how long a shard may stay with
   *     it because attempts run there; asked again, from then on
   */
  public record ChangeNode(String name, NodeChange change, long graceMillis)
      implements OfCluster, Repeatable {}

  /** Moves replicas to where they should be. Answered by {@link ClusterChanged}. */
  public record Rebalance() implements OfCluster, Repeatable {}

  /**
   * It is written down, and goes on from now.
   *
   * @param version of the table of nodes since
   */
  public record ClusterChanged(long version) implements OfCluster {}
}
