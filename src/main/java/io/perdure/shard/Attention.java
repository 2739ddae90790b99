package io.perdure.shard;

/**
 * From where the reaper has to read on: the earliest time for attention it has not dealt with, as
 * far as it is committed. Belongs to the shard's thread.
 */
final class Attention {
  private static final long NEVER = Long.MAX_VALUE;

  /** Nothing on disk is due before this, but for what was committed since. */
  private long cursor;

  private long building = NEVER;
  private long flying = NEVER;
  private long committed = NEVER;

  /** The batch being built has a record that wants attention at {@code at}. */
  void written(long at) {
    building = Math.min(building, at);
  }

  /** The batch being built is on its way. */
  void flushed() {
    flying = building;
    building = NEVER;
  }

  /** It is committed: from now on a view of the store has it. */
  void committed() {
    committed = Math.min(committed, flying);
    flying = NEVER;
  }

  /** From where to read a view made now. */
  long from() {
    cursor = Math.min(cursor, committed);
    committed = NEVER;
    return cursor;
  }

  /** Nothing in a view made now wants attention before this. */
  long cursor() {
    return Math.min(cursor, committed);
  }

  /** A view was read up to {@code at}; all before is dealt with. */
  void dealtWithBefore(long at) {
    cursor = at;
  }
}
