package io.perdure.node;

import io.perdure.invocation.Failure;
import io.perdure.ops.DiskGuard;
import io.perdure.shard.Admission;

/** Whether the node takes anything new: not while it shuts down or the disk is nearly full. */
final class Admittance implements Admission {
  private final DiskGuard disk;
  private volatile Failure draining;

  Admittance(DiskGuard disk) {
    this.disk = disk;
  }

  /** From now on nothing new is accepted or started. */
  void close(long graceMillis) {
    draining = new Failure.Unavailable("the node is shutting down", Math.max(1_000, graceMillis));
  }

  boolean closed() {
    return draining != null;
  }

  @Override
  public Failure refusal() {
    return draining != null ? draining : disk.refusal();
  }

  /** Why {@code bytes} bytes more may not be stored, or null; looks at the disk, and so blocks. */
  Failure refusal(long bytes) {
    return draining != null ? draining : disk.refusal(bytes);
  }

  @Override
  public boolean startsAttempts() {
    return draining == null;
  }
}
