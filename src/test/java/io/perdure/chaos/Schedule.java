package io.perdure.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes when: an endless sequence that depends on the seed, the faults and the number
 * of nodes alone. Each fault comes once before any comes again.
 */
final class Schedule implements Iterator<Schedule.Step> {
  private static final int LULL_MILLIS_MAX = 3_000;

  /**
   * One fault.
   *
   * @param number from 1
   * @param lullMillis of undisturbed load before it
   * @param holdMillis how long it lasts: a cut, a pause, the time a killed node stays away
   * @param node index of the node it is about, unless leadership decides
   * @param shard pick of the shard whose leader is meant; taken modulo the number of shards
   * @param choice seed of whatever else there is to choose
   */
  record Step(
      int number, Fault fault, long lullMillis, long holdMillis, int node, int shard, long choice) {
    @Override
    public String toString() {
      return "%d. %s after %d ms for %d ms (node %d, shard pick %d)"
          .formatted(number, fault.word(), lullMillis, holdMillis, node + 1, shard);
    }
  }

  private final Random random;
  private final List<Fault> faults;
  private final int nodes;
  private final List<Fault> left = new ArrayList<>();
  private int number;

  Schedule(long seed, List<Fault> faults, int nodes) {
    this.random = new Random(seed);
    this.faults = List.copyOf(faults);
    this.nodes = nodes;
  }

  @Override
  public boolean hasNext() {
    return !faults.isEmpty();
  }

  @Override
  public Step next() {
    if (left.isEmpty()) {
      left.addAll(faults);
      Collections.shuffle(left, random);
    }
    Fault fault = left.remove(0);
    number++;
    return new Step(
        number,
        fault,
        500 + random.nextInt(LULL_MILLIS_MAX - 500),
        holdMillis(fault),
        random.nextInt(nodes),
        random.nextInt(1 << 12),
        random.nextLong());
  }

  /** Some shorter than an election, most longer. */
  private long holdMillis(Fault fault) {
    return switch (fault) {
      case PAUSE -> 500 + random.nextInt(7_500);
      case KILL_FOLLOWER, KILL_LEADER, KILL_ALL, CORRUPT_LOG -> random.nextInt(6_000);
      case CUT_ONE, CUT_HALVES, ONE_WAY -> 1_000 + random.nextInt(11_000);
      case LOSSY, SLOW -> 5_000 + random.nextInt(10_000);
      case FULL_DISK, CLOCK_JUMP -> 2_000 + random.nextInt(6_000);
    };
  }
}
