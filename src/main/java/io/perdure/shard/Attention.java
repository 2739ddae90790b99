package io.perdure.shard;

import io.perdure.invocation.InvocationId;
import io.perdure.store.Keys;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * From where the reaper has to read on: the earliest entry for attention it has not looked at, as
 * far as it is committed. Belongs to the shard's thread.
 */
final class Attention {
  private static final long NEVER = Long.MAX_VALUE;

  /** What lies on disk before (cursorAt, cursorId) was looked at, but for what came since. */
  private long cursorAt;

  /** Null for the first of that time. */
  private InvocationId cursorId;

  private long building = NEVER;
  private final Queue<Long> flying = new ArrayDeque<>();
  private long committed = NEVER;

  /** The batch being built has a record that wants attention at {@code at}. */
  void written(long at) {
    building = Math.min(building, at);
  }

  /** The batch being built is on its way. */
  void flushed() {
    flying.add(building);
    building = NEVER;
  }

  /** The first of those on their way is committed: from now on a view of the store has it. */
  void committed() {
    again(flying.remove());
  }

  /** What is on disk for {@code at} is to be looked at once more. */
  void again(long at) {
    committed = Math.min(committed, at);
  }

  /** The EXPIRY key from which a view made now is to be read. */
  byte[] from() {
    if (committed <= cursorAt) {
      lookedAtBefore(committed, null);
    }
    committed = NEVER;
    return cursorId == null ? Keys.expiry(cursorAt) : Keys.expiry(cursorAt, cursorId);
  }

  /** Nothing on disk wants attention before this but what was looked at in vain. */
  long earliest() {
    return Math.min(cursorAt, committed);
  }

  /** A view was read up to {@code at} or, when not null, up to {@code id} of that time. */
  void lookedAtBefore(long at, InvocationId id) {
    cursorAt = at;
    cursorId = id;
  }
}
