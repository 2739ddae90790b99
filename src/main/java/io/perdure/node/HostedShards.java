package io.perdure.node;

import io.perdure.bus.ShardMessages.State;
import io.perdure.shard.ShardParts;
import io.perdure.shard.ShardStorage;
import io.perdure.shard.ShardVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The shards of which this node has something, each with its verticle; in a cluster they come and
 * go. Thread-safe.
 */
final class HostedShards {
  private final Vertx vertx;
  private final ShardParts parts;
  private final int threads;
  private final ShardsAtHand atHand;
  private final Health health;
  private final Map<Integer, Hosted> hosted = new TreeMap<>(); // guarded by this
  private final Map<String, WorkerExecutor> pools = new TreeMap<>(); // guarded by this

  private record Hosted(ShardVerticle shard, Future<String> deployment) {}

  /** {@code atHand} and {@code health} are told what there is. */
  HostedShards(Vertx vertx, ShardParts parts, int threads, ShardsAtHand atHand, Health health) {
    this.vertx = vertx;
    this.parts = parts;
    this.threads = threads;
    this.atHand = atHand;
    this.health = health;
  }

  /** Shard {@code number} is here from now on; completes when it answers. */
  synchronized Future<Void> host(int number, ShardStorage.Source source) {
    String pool = "perdure-shard-" + number % threads;
    // Held here: Vert.x would end the thread of a pool with its last verticle, which then waits for
    // that thread to take its last task.
    pools.computeIfAbsent(pool, name -> vertx.createSharedWorkerExecutor(name, 1));
    ShardVerticle shard = new ShardVerticle(number, parts, source);
    DeploymentOptions options =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName(pool)
            .setWorkerPoolSize(1);
    Future<String> deployment = vertx.deployVerticle(shard, options);
    hosted.put(number, new Hosted(shard, deployment));
    show();
    return deployment.mapEmpty();
  }

  /** It is not any more; completes when it has ended. */
  Future<Void> release(int number) {
    Hosted gone;
    synchronized (this) {
      gone = hosted.remove(number);
      show();
    }
    return gone == null ? Future.succeededFuture() : undeploy(gone);
  }

  private Future<Void> undeploy(Hosted of) {
    return of.deployment()
        .transform(
            deployed ->
                deployed.succeeded()
                    ? vertx.undeploy(deployed.result())
                    : Future.succeededFuture());
  }

  private void show() {
    List<ShardVerticle> shards = hosted.values().stream().map(Hosted::shard).toList();
    atHand.show(shards);
    health.recovering(shards.stream().<Supplier<State>>map(shard -> shard::state).toList());
  }

  /** Ends all; their threads stay until {@link #close}. */
  Future<Void> releaseAll() {
    List<Future<Void>> ending = new ArrayList<>();
    synchronized (this) {
      hosted.values().forEach(one -> ending.add(undeploy(one)));
      hosted.clear();
    }
    return Future.join(ending).mapEmpty();
  }

  /** Ends the threads. */
  synchronized Future<Void> close() {
    return Future.join(pools.values().stream().map(WorkerExecutor::close).toList()).mapEmpty();
  }
}
