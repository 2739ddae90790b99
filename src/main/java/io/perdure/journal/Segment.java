package io.perdure.journal;

import java.nio.file.Path;

/** A file of the log in use. */
final class Segment {
  private final long number;
  private final Path file;
  private final long stamp;
  private final long firstGroup;
  private final long[] before;

  /**
   * Describes one.
   *
   * @param number in its name
   * @param stamp that its groups have
   * @param firstGroup number of its first group
   * @param before for each store, the sequence number of its last entry in earlier segments
   */
  Segment(long number, Path file, long stamp, long firstGroup, long[] before) {
    this.number = number;
    this.file = file;
    this.stamp = stamp;
    this.firstGroup = firstGroup;
    this.before = before;
  }

  long number() {
    return number;
  }

  Path file() {
    return file;
  }

  long stamp() {
    return stamp;
  }

  long firstGroup() {
    return firstGroup;
  }

  /** Not to be changed. */
  long[] before() {
    return before;
  }

  /** True when stores that have what {@code persisted} says need no earlier segment. */
  boolean beginsWithin(long[] persisted) {
    for (int store = 0; store < persisted.length; store++) {
      if (before[store] > persisted[store]) {
        return false;
      }
    }
    return true;
  }
}
