package io.perdure.shard;

import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the first so many of the hits it is given, whatever order they come in. */
final class First {
  private final Comparator<Hit> order;
  private final int wanted;
  private final PriorityQueue<Hit> kept; // the last of them in front

  /** Keeps at most {@code wanted}, 0 or more. */
  First(Order order, boolean descending, int wanted) {
    this.order = order.comparator(descending);
    this.wanted = wanted;
    this.kept = new PriorityQueue<>(this.order.reversed());
  }

  void add(Hit hit) {
    if (kept.size() < wanted) {
      kept.add(hit);
    } else if (wanted > 0 && order.compare(hit, kept.peek()) < 0) {
      kept.poll();
      kept.add(hit);
    }
  }

  boolean isFull() {
    return kept.size() == wanted;
  }

  List<Hit> inOrder() {
    List<Hit> hits = new ArrayList<>(kept);
    hits.sort(order);
    return hits;
  }
}
