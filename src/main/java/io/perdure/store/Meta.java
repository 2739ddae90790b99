package io.perdure.store;

/**
 * Names of the single values in {@link io.perdure.journal.Family#META}; each is an 8-byte number,
 * absent means 0. Counters are there too, see {@link Keys#counter}.
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
  static byte[] applied() {
    return Keys.meta("applied");
  }

  /** The number stored as {@code value}; 0 for null. */
  public static long number(byte[] value) {
    return value == null ? 0 : Keys.longAt(value, 0);
  }
}
