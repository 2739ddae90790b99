package io.perdure.bus;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.net.NetServer;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A Vert.x that has joined others by its event bus, all on loopback and on free ports. */
final class JoinedVertx {
  private static final long PATIENCE_SECONDS = 60;

  private final String cluster;
  private final HazelcastInstance hazelcast;
  private final Vertx vertx;

  private JoinedVertx(String cluster, HazelcastInstance hazelcast, Vertx vertx) {
    this.cluster = cluster;
    this.hazelcast = hazelcast;
    this.vertx = vertx;
  }

  /** The first of a cluster. */
  static JoinedVertx first() throws Exception {
    return start("test-" + UUID.randomUUID());
  }

  /** One more. */
  JoinedVertx another() throws Exception {
    return start(cluster, this);
  }

  private static JoinedVertx start(String cluster, JoinedVertx... others) throws Exception {
    Config config = new Config().setClusterName(cluster);
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.getJetConfig().setEnabled(false);
    var network = config.getNetworkConfig().setPort(0).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    var join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    Arrays.stream(others)
        .map(other -> other.hazelcast.getCluster().getLocalMember().getAddress().getPort())
        .forEach(port -> join.getTcpIpConfig().addMember("127.0.0.1:" + port));
    var manager = new HazelcastClusterManager(config);
    Vertx vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventBusOptions(
                        new EventBusOptions()
                            .setHost("127.0.0.1")
                            .setPort(0)
                            .setReconnectAttempts(0)))
            .withClusterManager(manager)
            .buildClustered()
            .toCompletionStage()
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new JoinedVertx(cluster, manager.getHazelcastInstance(), vertx);
  }

  Vertx vertx() {
    return vertx;
  }

  /** Ends without a word to the others. */
  void kill() throws Exception {
    hazelcast.getLifecycleService().terminate();
    vertx
        .close()
        .otherwiseEmpty() // it cannot leave what has ended
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Its messages reach the others, which see it among them, but none of theirs reach it. */
  void deafen() throws Exception {
    EventBus bus = vertx.eventBus();
    Field server = bus.getClass().getDeclaredField("server");
    server.setAccessible(true);
    ((NetServer) server.get(bus))
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Leaves the others as is due. */
  void leave() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
