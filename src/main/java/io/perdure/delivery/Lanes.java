package io.perdure.delivery;

import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.invocation.DeliveryPolicy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Whose turn it is: so many attempts to one destination at once, and so many in all, but one for
 * each destination whatever the others do. What waits is bounded by what the shards hand over. One
 * thread.
 */
final class Lanes {
  private static final class Lane {
    final String group;
    final ArrayDeque<Deliver> waiting = new ArrayDeque<>();
    int running;
    boolean held;

    Lane(String group) {
      this.group = group;
    }
  }

  private final DeliveryPolicy policy;
  private final Consumer<Deliver> start;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Those that wait for others to end, in order. */
  private final ArrayDeque<Lane> held = new ArrayDeque<>();

  private int running;
  private int waiting;

  /**
   * None yet.
   *
   * @param start told what is to be attempted now; {@link #ended} follows for each
   */
  Lanes(DeliveryPolicy policy, Consumer<Deliver> start) {
    this.policy = policy;
    this.start = start;
  }

  int running() {
    return running;
  }

  int waiting() {
    return waiting;
  }

  /** {@code deliver} is to have its turn. */
  void add(Deliver deliver) {
    Lane lane = lanes.computeIfAbsent(group(deliver), Lane::new);
    lane.waiting.add(deliver);
    waiting++;
    serve(lane);
  }

  /** The attempt of {@code deliver}, which was started, is over. */
  void ended(Deliver deliver) {
    Lane lane = lanes.get(group(deliver));
    lane.running--;
    running--;
    while (running < policy.total() && !held.isEmpty()) {
      Lane next = held.poll();
      next.held = false;
      if (!next.waiting.isEmpty() && next.running < policy.perTarget()) {
        start(next);
        hold(next);
      }
    }
    serve(lane);
    if (lane.running == 0 && lane.waiting.isEmpty()) {
      lanes.remove(lane.group);
    }
  }

  private void serve(Lane lane) {
    while (!lane.waiting.isEmpty() && lane.running < policy.perTarget()) {
      if (running >= policy.total() && lane.running > 0) {
        hold(lane);
        return;
      }
      start(lane);
    }
  }

  private void hold(Lane lane) {
    if (!lane.held && !lane.waiting.isEmpty()) {
      lane.held = true;
      held.add(lane);
    }
  }

  private void start(Lane lane) {
    lane.running++;
    running++;
    waiting--;
    start.accept(lane.waiting.poll());
  }

  private static String group(Deliver deliver) {
    return deliver.invocation().delivery().destination().group(deliver.invocation().account());
  }
}
