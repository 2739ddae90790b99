package io.perdure.node;

import io.perdure.bus.Homes;
import io.perdure.bus.Routes;
import io.perdure.cluster.Replicas;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The limits of a cluster have their homes where its shards have their leaders. */
record ClusterHomes(
    Replicas replicas, Routes routes, Supplier<Set<String>> there, BooleanSupplier active)
    implements Homes {
  @Override
  public int shards() {
    return replicas.shards();
  }

  @Override
  public Future<Long> confirm(int shard) {
    RaftGroup group = replicas.group(shard);
    long term = group == null ? 0 : group.leading();
    if (term == 0) {
      return fenced(shard, routes.owner(shard));
    }
    return group
        .confirm(term)
        .map(term)
        .recover(e -> fenced(shard, null)); // whether it still leads is not known
  }

  /** To be asked elsewhere, unless the one to ask is this node, which has just said no. */
  private Future<Long> fenced(int shard, String owner) {
    String other = routes.self().equals(owner) ? null : owner;
    return Future.failedFuture(new FailureException(new Failure.Fenced(shard, other)));
  }

  @Override
  public Set<String> nodes() {
    RaftGroup registry = replicas.group(Routes.REGISTRY);
    return registry == null
        ? Set.of()
        : registry.state().members().stream().map(Member::node).collect(Collectors.toSet());
  }

  @Override
  public Set<String> present() {
    return there.get();
  }

  @Override
  public boolean takesIn() {
    return active.getAsBoolean();
  }
}
