package io.perdure.cluster.raft;

/**
 * One member of a group.
 *
 * @param id unique in the cluster and never used again once its disk is lost: the node's name, a
 *     dot, and the random id of its data directory
 * @param host where its Raft port is reached: a name or an address
 * @param port its Raft port, 1 to 65535
 */
public record Member(String id, String host, int port) {
  /** Name of the node it is on. */
  public String node() {
    return nodeOf(id);
  }

  /** Name of the node that the member called {@code id} is on; null for null. */
  public static String nodeOf(String id) {
    return id == null ? null : id.substring(0, id.lastIndexOf('.'));
  }
}
