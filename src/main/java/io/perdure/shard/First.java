package io.perdure.shard;

import io.perdure.bus.ShardMessages.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first so many of the hits it is given. */
final class First {
  private final Comparator<Hit> order;
  private final int wanted;
  private final List<Hit> sorted = new ArrayList<>();

  /** What did not come in order: the last of it in front; null while all came in order. */
  private final PriorityQueue<Hit> mixed;

  /**
   * Keeps at most {@code wanted}, 0 or more.
   *
   * @param inOrder whether they will be given in order
   */
  First(Comparator<Hit> order, boolean inOrder, int wanted) {
    this.order = order;
    this.wanted = wanted;
    this.mixed = inOrder ? null : new PriorityQueue<>(order.reversed());
  }

  void add(Hit hit) {
    if (mixed == null) {
      if (sorted.size() < wanted) {
        sorted.add(hit);
      }
    } else if (mixed.size() < wanted) {
      mixed.add(hit);
    } else if (wanted > 0 && order.compare(hit, mixed.peek()) < 0) {
      mixed.poll();
      mixed.add(hit);
    }
  }

  /** Whether nothing that is still to come can change it. */
  boolean isFinal() {
    return wanted == 0 || (mixed == null && sorted.size() == wanted);
  }

  List<Hit> inOrder() {
    if (mixed != null) {
      sorted.addAll(mixed);
      mixed.clear();
      sorted.sort(order);
    }
    return sorted;
  }
}
