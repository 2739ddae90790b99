package io.perdure.api.fc.sign;

import java.util.concurrent.atomic.LongAdder;

/**
 * Numbers in the order in which they came, each until its time: a ring, and a hash table of places
 * in it. Written by hand since a map of objects takes four times the memory. Any thread.
 */
final class SeenOnce {
  private static final int SMALLEST = 16;

  /** Those past their time that one call drops at most, so that none takes long. */
  private static final int DROPPED_AT_ONCE = 8;

  private static final int EMPTY = 0;

  private final int most;
  private final LongAdder kept;
  private final LongAdder forgotten;

  /** The ring; its length is a power of two. */
  private long[] numbers;

  private long[] untilMillis;
  private int oldest;
  private int size;

  /** Places in the ring plus 1, at the number's hash or behind it; twice as long as the ring. */
  private int[] table;

  /**
   * Keeps {@code most}.
   *
   * @param kept counts what all of a kind keep
   * @param forgotten counts what was dropped before its time
   */
  SeenOnce(int most, LongAdder kept, LongAdder forgotten) {
    this.most = most;
    this.kept = kept;
    this.forgotten = forgotten;
    allocate(SMALLEST);
  }

  /** Keeps {@code number}, whose bits are random; false when it is kept already. */
  synchronized boolean first(long number, long until, long now) {
    int at = find(number);
    if (table[at] != EMPTY) {
      int place = table[at] - 1;
      boolean past = untilMillis[place] <= now;
      if (past) {
        untilMillis[place] = until;
      }
      return past;
    }
    for (int i = 0; i < DROPPED_AT_ONCE && size > 0 && untilMillis[oldest] <= now; i++) {
      drop();
    }
    if (size == most) {
      drop();
      forgotten.increment();
    }
    if (size == numbers.length) {
      grow();
    }
    add(number, until);
    kept.increment();
    return true;
  }

  private void add(long number, long until) {
    int place = (oldest + size) & (numbers.length - 1);
    numbers[place] = number;
    untilMillis[place] = until;
    table[find(number)] = place + 1;
    size++;
  }

  /** Where in the table {@code number} is, or would be put. */
  private int find(long number) {
    int at = home(number);
    while (table[at] != EMPTY && numbers[table[at] - 1] != number) {
      at = next(at);
    }
    return at;
  }

  private void drop() {
    remove(find(numbers[oldest]));
    oldest = (oldest + 1) & (numbers.length - 1);
    size--;
    kept.decrement();
    if (size == 0 && numbers.length > SMALLEST) {
      allocate(SMALLEST); // gives back what a burst took
    }
  }

  /** Empties a place of the table, and moves up those behind it that would not be found then. */
  private void remove(int at) {
    int hole = at;
    for (int i = next(hole); table[i] != EMPTY; i = next(i)) {
      int home = home(numbers[table[i] - 1]);
      boolean reachable = hole < i ? home > hole && home <= i : home > hole || home <= i;
      if (!reachable) {
        table[hole] = table[i];
        hole = i;
      }
    }
    table[hole] = EMPTY;
  }

  private void grow() {
    long[] oldNumbers = numbers;
    long[] oldUntil = untilMillis;
    int first = oldest;
    int count = size;
    allocate(oldNumbers.length * 2);
    for (int i = 0; i < count; i++) {
      int place = (first + i) & (oldNumbers.length - 1);
      add(oldNumbers[place], oldUntil[place]);
    }
  }

  private void allocate(int length) {
    numbers = new long[length];
    untilMillis = new long[length];
    table = new int[length * 2];
    oldest = 0;
    size = 0;
  }

  private int home(long number) {
    return (int) number & (table.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (table.length - 1);
  }
}
