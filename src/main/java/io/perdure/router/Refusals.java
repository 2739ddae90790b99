package io.perdure.router;

import io.perdure.invocation.Failure;
import java.util.function.Supplier;

/**
 * What a node does not answer at the moment, and why: everything, or submits. Thread-safe, but for
 * {@link #refuseWhile}.
 */
final class Refusals {
  private Supplier<Failure> outside = () -> null;
  private volatile Failure closed;
  private volatile Failure refusal;

  /** Everything is refused from now on. */
  void refuseAll(Failure why) {
    closed = why;
    refusal = why;
  }

  /** Submits are refused from now on; what else was stays so. */
  void refuseSubmits(Failure why) {
    refusal = why;
  }

  /**
   * While {@code outside} gives a reason, everything is refused. Called before anything is asked.
   */
  void refuseWhile(Supplier<Failure> outside) {
    this.outside = outside;
  }

  /** Nothing is refused any more but for a reason from outside. */
  void acceptAll() {
    closed = null;
    refusal = null;
  }

  /** Why everything is refused; null when it is not. The node's own reason comes first. */
  Failure ofAll() {
    Failure own = closed;
    return own != null ? own : outside.get();
  }

  /** Why submits are refused; null when they are not. The node's own reason comes first. */
  Failure ofSubmits() {
    Failure own = refusal;
    return own != null ? own : outside.get();
  }
}
