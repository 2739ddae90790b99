package io.perdure.store;

/**
 * A node that belongs to a cluster, as each of its nodes has written it down.
 *
 * @param name unique in the cluster
 * @param incarnation random id of its data directory, 8 hexadecimal digits: another one is another
 *     disk, which has nothing of what this one has promised
 * @param host where the others reach it: a name or an address
 * @param raftPort of the replicated logs
 * @param busPort of messages between nodes
 * @param memberPort of what tells who is there
 */
public record ClusterMember(
    String name, String incarnation, String host, int raftPort, int busPort, int memberPort) {
  /** Unique in the cluster, and never used again once its disk is lost. */
  public String id() {
    return name + "." + incarnation;
  }
}
