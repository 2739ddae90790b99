package io.perdure.cluster;

/** This node cannot take its place in the cluster; the message says what to do about it. */
public final class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClusterException(String message) {
    super(message);
  }
}
