package io.perdure.cluster.raft;

/** Another member leads, or none does at the moment. */
public final class NotLeaderException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String leader;

  /**
   * Refused by a member of {@code group}.
   *
   * @param leader id of the member to be asked, null when it is not known
   */
  public NotLeaderException(String group, String leader) {
    super(
        leader == null
            ? group + " has no leader at the moment"
            : group + " is led by " + leader + " now");
    this.leader = leader;
  }

  /** Id of the member to be asked; null when it is not known. */
  public String leader() {
    return leader;
  }
}
