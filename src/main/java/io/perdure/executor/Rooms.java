package io.perdure.executor;

import io.perdure.invocation.Function;
import io.perdure.runtime.FunctionRuntime;
import java.util.Map;

/**
 * Where a version of a function has room: in its runtime on this node, which is asked once until it
 * says that there may be some again ({@link FunctionQueue#unblock}), or on another node. Belongs to
 * the executor's event loop.
 */
final class Rooms {
  private final Map<String, FunctionRuntime> runtimes;
  private Elsewhere elsewhere = Elsewhere.NOWHERE;

  /** On a node that stands alone. */
  Rooms(Map<String, FunctionRuntime> runtimes) {
    this.runtimes = runtimes;
  }

  /** In a cluster, whose other nodes have {@code room} for what this one has none for. */
  void inCluster(Elsewhere room) {
    elsewhere = room;
  }

  /** Slots of other nodes that are free as far as it is known. */
  int elsewhere() {
    return elsewhere.slots();
  }

  /** Whether {@code runs} can start here; so can what no runtime of this node is for: it fails. */
  boolean here(FunctionQueue queue, Function runs) {
    if (queue.full.contains(runs.version())) {
      return false;
    }
    FunctionRuntime runtime = runtimes.get(runs.runtime().kind());
    if (runtime == null || runtime.hasRoom(runs)) {
      return true;
    }
    queue.full.add(runs.version());
    return false;
  }

  /**
   * The node that is to run it as this one cannot, one of its slots being taken; null for none.
   *
   * @param hasSlot whether this node has one, so that only its runtime may be in the way
   */
  String otherNode(FunctionQueue queue, Function runs, boolean hasSlot) {
    if (hasSlot) {
      FunctionRuntime runtime = runtimes.get(runs.runtime().kind());
      if (!runtime.isFull(runs)) {
        return null; // it is a matter of time, or of the function
      }
      queue.lacksNode = true;
    }
    return elsewhere.pick(queue.functionUid);
  }
}
