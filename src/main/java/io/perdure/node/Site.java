package io.perdure.node;

import io.perdure.cluster.ClusteredVertx;
import io.perdure.store.DataDirectory;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The locked data directory that a process is to run on, before there is a Vert.x: a start that
 * fails here has used no port yet. Thread: the one that starts the process.
 */
interface Site {
  /** Ground, and the Vert.x that it is reached by. */
  record Ready(Vertx vertx, Ground ground) {}

  /** The directory. */
  Path path();

  /** Begins to use it; it belongs to the ground from then on. Blocks. */
  Ready ready(VertxOptions options)
      throws ExecutionException, TimeoutException, InterruptedException;

  /** Gives it up, unused. */
  void close();

  /**
   * Locks the directory of {@code config}.
   *
   * @throws StoreException saying what is wrong with it
   */
  static Site take(NodeConfig config) {
    return config.cluster().enabled() ? ofCluster(config) : alone(config);
  }

  private static Site alone(NodeConfig config) {
    DataDirectory directory =
        DataDirectory.begin(config.data().directory(), config.data().shards(), config.store());
    return new Site() {
      @Override
      public Path path() {
        return directory.path();
      }

      @Override
      public Ready ready(VertxOptions options) {
        Vertx vertx = Vertx.vertx(options);
        return new Ready(vertx, new AloneGround(directory, vertx));
      }

      @Override
      public void close() {
        directory.close();
      }
    };
  }

  private static Site ofCluster(NodeConfig config) {
    ReplicatedDirectory directory =
        ReplicatedDirectory.open(
            config.data().directory(),
            config.data().shards(),
            config.store(),
            config.cluster().node());
    return new Site() {
      @Override
      public Path path() {
        return directory.path();
      }

      @Override
      public Ready ready(VertxOptions options)
          throws ExecutionException, TimeoutException, InterruptedException {
        ClusteredVertx cluster =
            ClusteredVertx.start(config.cluster(), options)
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES);
        return new Ready(cluster.vertx(), new ClusterGround(directory, config, cluster));
      }

      @Override
      public void close() {
        directory.close();
      }
    };
  }
}
