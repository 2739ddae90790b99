package io.perdure.bus;

import java.util.List;

/** Instances of managed functions on this node. */
public final class InstanceMessages {
  private InstanceMessages() {}

  /** Sent to or answered by the managed runtime of a node. */
  public sealed interface OfInstances extends Message {}

  /**
   * An instance.
   *
   * @param id unique for ever
   * @param version of the function, LATEST or a number
   * @param state "starting", "idle", "busy" or "ending"
   * @param pid of its first process, 0 while there is none
   * @param running invocations it runs now
   * @param served invocations it has ended
   * @param memoryBytes what it used when it was last looked at
   * @param startedAt milliseconds since the epoch
   * @param idleSince milliseconds since the epoch, 0 while it is not idle
   */
  public record Instance(
      String id,
      long functionUid,
      String version,
      String state,
      long pid,
      int running,
      long served,
      long memoryBytes,
      long startedAt,
      long idleSince) {}

  /** The instances of a function, of all versions. */
  public record ListInstances(long functionUid) implements OfInstances, Repeatable {}

  /** Answer to {@link ListInstances}. */
  public record InstancesListed(List<Instance> instances) implements OfInstances {}

  /**
   * Starts instances of a version ahead of its invocations, until {@code count} take some.
   *
   * @param qualifier version or alias
   * @param count 1 to 1000; how many can be had depends on the node's limits
   */
  public record Warm(long functionUid, String qualifier, int count) implements OfInstances {}

  /**
   * Answer to {@link Warm}, when all of them are ready or have failed.
   *
   * @param ready instances that take invocations
   * @param problem why there are not more, or null
   */
  public record Warmed(int ready, String problem) implements OfInstances {}

  /** Ends idle instances of a function, and busy ones when their invocations have ended. */
  public record Retire(long functionUid) implements OfInstances {}
}
