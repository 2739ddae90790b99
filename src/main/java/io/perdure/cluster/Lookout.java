package io.perdure.cluster;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.LookAtNode;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.Routes;
import io.perdure.cluster.raft.RaftGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Finds out how the cluster is. Thread: one context. */
final class Lookout {
  /** A node that takes longer to answer is taken to be gone. */
  private static final long LOOK_MILLIS = 2_000;

  private final Vertx vertx;
  private final Bus bus;
  private final Replicas replicas;

  Lookout(Vertx vertx, Bus bus, Replicas replicas) {
    this.vertx = vertx;
    this.bus = bus;
    this.replicas = replicas;
  }

  /** The table of nodes as this node has it; empty while it has none. */
  Future<Optional<NodeTable>> table() {
    RaftGroup registry = replicas.group(Routes.REGISTRY);
    return registry == null
        ? Future.succeededFuture(Optional.empty())
        : vertx.executeBlocking(() -> NodeTable.read(registry.store()), false);
  }

  /** How the nodes of {@code table} are; those that do not answer are left out. */
  Future<List<NodeSeen>> look(NodeTable table) {
    List<Future<NodeSeen>> looks = new ArrayList<>();
    for (NodeTable.Entry entry : table.nodes()) {
      looks.add(
          bus.request(Addresses.LOOK_AT_NODE.onNode(entry.name()), new LookAtNode(), LOOK_MILLIS)
              .otherwiseEmpty()); // gone is an answer, too
    }
    return Future.join(looks)
        .map(all -> looks.stream().map(Future::result).filter(Objects::nonNull).toList());
  }
}
