package io.perdure.node;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** What a node has started, to be ended in the reverse order. */
final class Deployments {
  private final Vertx vertx;
  private final List<WorkerExecutor> pools = new ArrayList<>();

  /**
   * Ends what has been started, the first of it last. From any thread: some starts side by side.
   */
  private final List<Supplier<Future<Void>>> ends = Collections.synchronizedList(new ArrayList<>());

  Deployments(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<Void> deploy(Deployable verticle) {
    return deploy(verticle, new DeploymentOptions());
  }

  /** A worker with the one thread of {@code pool}, which lives until {@link #closePools}. */
  Future<Void> worker(Deployable verticle, String pool) {
    // Held here: Vert.x would end the thread of a pool with its last verticle, which then waits for
    // that thread to take its last task.
    pools.add(vertx.createSharedWorkerExecutor(pool, 1));
    return deploy(
        verticle,
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName(pool)
            .setWorkerPoolSize(1));
  }

  private Future<Void> deploy(Deployable verticle, DeploymentOptions options) {
    return vertx
        .deployVerticle(verticle, options)
        .onSuccess(id -> atEnd(() -> vertx.undeploy(id)))
        .mapEmpty();
  }

  /** {@code end} ends what has been started just now. */
  void atEnd(Supplier<Future<Void>> end) {
    ends.add(end);
  }

  /** Ends everything, in the reverse order of the start; what fails to end keeps no other. */
  Future<Void> endAll() {
    List<Supplier<Future<Void>>> all = new ArrayList<>(ends);
    Collections.reverse(all);
    Future<Void> done = Future.succeededFuture();
    for (Supplier<Future<Void>> end : all) {
      done = done.eventually(end);
    }
    return done;
  }

  /** Ends the threads of the workers, which have been undeployed. */
  Future<?> closePools() {
    return Future.join(pools.stream().map(WorkerExecutor::close).toList());
  }
}
