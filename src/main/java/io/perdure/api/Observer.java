package io.perdure.api;

/** Is told of every answer, for the metrics. Called on event loops; must not block. */
@FunctionalInterface
public interface Observer {
  /** Sees nothing. */
  Observer NONE = (dialect, operation, status, nanos) -> {};

  /**
   * A request was answered.
   *
   * @param dialect "native", "scf", "fc"
   * @param operation the dialect's name of it, from a fixed list
   * @param status of the HTTP answer; of a dialect that answers with 200 always, what says the same
   * @param nanos since the request's head was read
   */
  void answered(String dialect, String operation, int status, long nanos);
}
