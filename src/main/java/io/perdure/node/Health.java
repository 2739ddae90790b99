package io.perdure.node;

import io.perdure.api.Readiness;
import io.perdure.bus.ShardMessages.State;
import java.util.List;
import java.util.function.Supplier;

/** Whether the node serves, and if not why. Thread-safe; told by the node, read by HTTP. */
final class Health {
  private final Supplier<String> elsewhere;
  private volatile List<Supplier<State>> shards = List.of();
  private volatile boolean started;
  private volatile boolean draining;

  /**
   * Of a node that is starting.
   *
   * @param elsewhere what else is in the way, such as other nodes that have to be there; gives null
   *     for nothing
   */
  Health(Supplier<String> elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Shards are being opened; each tells how it is doing. */
  void recovering(List<Supplier<State>> of) {
    shards = List.copyOf(of);
  }

  void serving() {
    started = true;
  }

  void draining() {
    draining = true;
  }

  Readiness readiness() {
    List<Supplier<State>> all = shards;
    if (draining) {
      return Readiness.notYet("the node is shutting down", 1);
    }
    String waiting = elsewhere.get();
    if (all.isEmpty() && !started) {
      return Readiness.notYet(waiting == null ? "the registry is being opened" : waiting, 0);
    }
    double recovered = 0;
    String reason = null;
    for (Supplier<State> shard : all) {
      State state = shard.get();
      recovered += state.recovered() / all.size();
      if (state.problem() != null) {
        reason = "shard " + state.shard() + " is " + state.phase() + ": " + state.problem();
      }
    }
    if (reason == null && !started) {
      reason = "the node is starting";
    }
    if (reason == null) {
      reason = waiting;
    }
    return reason == null ? Readiness.READY : Readiness.notYet(reason, recovered);
  }
}
