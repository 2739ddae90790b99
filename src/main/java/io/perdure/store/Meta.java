package io.perdure.store;

/**
 * Names of the single values in {@link io.perdure.journal.Family#META}; each is an 8-byte number
 * unless it says otherwise, absent means 0. Counters are there too, see {@link Keys#counter}.
 */
public final class Meta {
  private Meta() {}

  /** How often the store has been opened for writing: with the epoch base, the fencing epoch. */
  public static byte[] boots() {
    return Keys.meta("boots");
  }

  /** Bodies of buckets below this one are removed, whether their bytes are still there or not. */
  public static byte[] lowWater() {
    return Keys.meta("low-water");
  }

  /**
   * No record that has been removed was minted later than this, in milliseconds since the epoch:
   * keeps ids ascending when the newest are removed and the clock steps back.
   */
  public static byte[] removedThrough() {
    return Keys.meta("removed-through");
  }

  /** Number of the last change from the node's log that the store has; see {@link Store#apply}. */
  public static byte[] applied() {
    return Keys.meta("applied");
  }

  /** Term of the last entry of a group's log that the store has; see {@link Replica#apply}. */
  static byte[] appliedTerm() {
    return Keys.meta("applied-term");
  }

  /**
   * No invocation is minted at or before this time, in milliseconds since the epoch, but what the
   * store has: promised to readers of lists, and held by whoever owns the shard next.
   */
  public static byte[] mintedThrough() {
    return Keys.meta("minted-through");
  }

  /** How many parts of a batch too large for one entry of a group's log are in the store. */
  public static byte[] parts() {
    return Keys.meta("parts");
  }

  /** Term of the entries that those parts came with. */
  public static byte[] partsTerm() {
    return Keys.meta("parts-term");
  }

  /** Bytes, not a number: the part {@code number}, from 0. */
  public static byte[] part(int number) {
    return Keys.meta("part-" + number);
  }

  /** The value of {@code number}. */
  public static byte[] value(long number) {
    return Keys.number(number);
  }

  /** The nodes of a cluster: of the registry's store, and no number. */
  public static byte[] nodes() {
    return Keys.meta("nodes");
  }

  /** The number stored as {@code value}; 0 for null. */
  public static long number(byte[] value) {
    return value == null ? 0 : Keys.longAt(value, 0);
  }
}
