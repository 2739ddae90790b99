package io.perdure.shard;

import io.perdure.bus.ShardMessages.Hit;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;

/**
 * An invocation as far as an entry of an index tells of it.
 *
 * @param status null when it is not told
 * @param endedAt 0 for what has not ended, {@link #UNKNOWN} when it is not told
 */
record Row(InvocationId id, Status status, long endedAt) {
  static final long UNKNOWN = -1;

  /** Whatever its status is. */
  static Row of(InvocationId id) {
    return new Row(id, null, UNKNOWN);
  }

  static Row of(InvocationId id, Status status) {
    return new Row(id, status, status.terminal() ? UNKNOWN : 0);
  }

  static Row of(Invocation of) {
    return new Row(of.id(), of.status(), of.status().terminal() ? of.endedAt() : 0);
  }

  /** Its place in an order; in that of ends only when its end is known. */
  Hit hit() {
    return new Hit(id, endedAt);
  }
}
