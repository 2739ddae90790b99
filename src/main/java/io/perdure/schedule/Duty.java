package io.perdure.schedule;

/** Which node fires the schedules: told whether it is this one. */
@FunctionalInterface
public interface Duty {
  /** For the node that stands alone. */
  Duty ALWAYS = (gained, lost) -> gained.run();

  /**
   * Has {@code gained} run when this node fires from now on, and {@code lost} when it does not;
   * beginning with how it is at this moment, on any thread.
   */
  void watch(Runnable gained, Runnable lost);
}
