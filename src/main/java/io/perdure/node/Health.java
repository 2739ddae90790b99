package io.perdure.node;

import io.perdure.api.Readiness;
import io.perdure.bus.ShardMessages.State;
import java.util.List;
import java.util.function.Supplier;

/** Whether the node serves, and if not why. Thread-safe; told by the node, read by HTTP. */
final class Health {
  private volatile List<Supplier<State>> shards = List.of();
  private volatile boolean started;
  private volatile boolean draining;

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
    if (all.isEmpty()) {
      return Readiness.notYet("the registry is being opened", 0);
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
    return reason == null ? Readiness.READY : Readiness.notYet(reason, recovered);
  }
}
