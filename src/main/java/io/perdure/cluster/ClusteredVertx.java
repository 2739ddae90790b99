package io.perdure.cluster;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * A Vert.x whose event bus reaches the other nodes of the cluster, and who of them is there.
 * Thread-safe.
 *
 * <p>Hazelcast tells who is there and who listens at which address; it has nothing else of ours. In
 * its open edition its own port is neither encrypted nor authenticated, so it is bound to the
 * interface of the node alone; messages take the port of the event bus, which asks for a
 * certificate.
 */
public final class ClusteredVertx {
  /** Tells the name of a node to the others; clients have none. */
  private static final String NODE = "perdure.node";

  /** Connection attempts, the bus's own questions and the rest that should not take minutes. */
  private static final int SOON_MILLIS = 2_000;

  private static final System.Logger LOG = System.getLogger(ClusteredVertx.class.getName());

  /**
   * What it says of itself: it warns of JVM options that large maps would gain by, and with many
   * lines of each connection to a node that has gone. Held here, as a logger that nobody holds
   * forgets its level.
   */
  private static final Logger TALK = Logger.getLogger("com.hazelcast");

  /** What it says of the cluster: who is suspected, and whom it does not let in. */
  private static final Logger CLUSTER_TALK = Logger.getLogger("com.hazelcast.internal.cluster");

  static {
    TALK.setLevel(Level.SEVERE);
    CLUSTER_TALK.setLevel(Level.WARNING);
  }

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;

  private ClusteredVertx(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
  }

  /**
   * Joins the nodes that are there, or begins alone. Completes, after seconds, on a context of the
   * new Vert.x; fails when a port is in use or a file of TLS is not what it should be.
   *
   * @param options for all but the event bus
   * @throws ClusterException when the host of this node is not known to this machine
   */
  public static Future<ClusteredVertx> start(ClusterConfig config, VertxOptions options) {
    Peer self = config.self();
    HazelcastClusterManager manager = new HazelcastClusterManager(hazelcast(config, self));
    return Vertx.builder()
        .with(new VertxOptions(options).setEventBusOptions(eventBus(config, self)))
        .withClusterManager(manager)
        .buildClustered()
        .map(vertx -> new ClusteredVertx(vertx, manager.getHazelcastInstance()))
        .onSuccess(
            joined ->
                joined.watch(
                    name -> LOG.log(INFO, "node {0} is there", name),
                    name -> LOG.log(WARNING, "node {0} has gone", name)));
  }

  private static Config hazelcast(ClusterConfig config, Peer self) {
    Config hazelcast = new Config();
    hazelcast.setClusterName(config.name());
    hazelcast.setInstanceName(config.name() + "-" + self.name() + "-" + self.memberPort());
    hazelcast.getMemberAttributeConfig().setAttribute(NODE, self.name());
    network(hazelcast.getNetworkConfig(), config, self);
    hazelcast.setProperty("hazelcast.logging.type", "jdk");
    hazelcast.setProperty("hazelcast.phone.home.enabled", "false");
    hazelcast.setProperty("hazelcast.shutdownhook.enabled", "false"); // ours ends it, last
    hazelcast.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    hazelcast.setProperty("hazelcast.max.no.heartbeat.seconds", "5");
    hazelcast.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
    hazelcast.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    hazelcast.setProperty("hazelcast.wait.seconds.before.join", "0");
    // It waits twice as long, which is a little longer than it takes to give a member up. Where a
    // link that had lost one direction healed, who asked for an address waited on: the question was
    // lost, and nobody gone. What is sent to that node waits with it.
    hazelcast.setProperty("hazelcast.operation.call.timeout.millis", "3000");
    hazelcast.setProperty("hazelcast.operation.backup.timeout.millis", "2000");
    hazelcast.setProperty("hazelcast.socket.bind.any", "false");
    hazelcast.setProperty("hazelcast.socket.connect.timeout.seconds", "2");
    threads(hazelcast);
    hazelcast.setProperty("hazelcast.slow.operation.detector.enabled", "false");
    hazelcast.setProperty("hazelcast.health.monitoring.level", "OFF");
    hazelcast.getMetricsConfig().setEnabled(false);
    hazelcast.getIntegrityCheckerConfig().setEnabled(false);
    hazelcast.getJetConfig().setEnabled(false);
    // Who listens where: two nodes may go at once without the others having to say it again.
    hazelcast.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(2)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    hazelcast.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(2));
    hazelcast.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(2));
    return hazelcast;
  }

  private static void network(NetworkConfig network, ClusterConfig config, Peer self) {
    network.setPort(self.memberPort()).setPortAutoIncrement(false).setReuseAddress(true);
    network.setPublicAddress(self.at(self.memberPort()));
    network.getInterfaces().setEnabled(true).addInterface(address(self.host()));
    var join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(2);
    for (Peer peer : config.nodes()) {
      join.getTcpIpConfig().addMember(peer.at(peer.memberPort()));
    }
  }

  /** Interfaces are told apart by address only. */
  private static String address(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new ClusterException(
          "the host of this node in cluster.nodes, " + host + ", is unknown");
    }
  }

  /** It carries a few messages a second at most: its defaults are made for a data grid. */
  private static void threads(Config hazelcast) {
    hazelcast.setProperty("hazelcast.io.thread.count", "1");
    hazelcast.setProperty("hazelcast.operation.thread.count", "2");
    hazelcast.setProperty("hazelcast.operation.generic.thread.count", "2");
    hazelcast.setProperty("hazelcast.operation.priority.generic.thread.count", "1");
    hazelcast.setProperty("hazelcast.operation.response.thread.count", "1");
    hazelcast.setProperty("hazelcast.event.thread.count", "1");
    hazelcast.setProperty("hazelcast.clientengine.thread.count", "1");
    hazelcast.setProperty("hazelcast.clientengine.query.thread.count", "1");
    hazelcast.setProperty("hazelcast.clientengine.blocking.thread.count", "1");
  }

  private static EventBusOptions eventBus(ClusterConfig config, Peer self) {
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(self.host())
            .setPort(self.busPort())
            .setConnectTimeout(SOON_MILLIS)
            .setReconnectAttempts(0) // who sends has a deadline, and asks again
            .setClusterPingInterval(SOON_MILLIS)
            .setClusterPingReplyInterval(SOON_MILLIS)
            .setTcpKeepAlive(true);
    config
        .tls()
        .ifPresent(
            tls ->
                bus.setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString()))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority().toString()))
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setSslHandshakeTimeout(SOON_MILLIS));
    return bus;
  }

  /** The Vert.x; closing it leaves the cluster. */
  public Vertx vertx() {
    return vertx;
  }

  /** Names of the nodes that are there, this one among them. */
  public Set<String> nodes() {
    return hazelcast.getCluster().getMembers().stream()
        .map(member -> member.getAttribute(NODE))
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  /**
   * Tells of each node that comes and goes, from now on, by name. Called on threads of Hazelcast,
   * one at a time: to be handed over at once.
   */
  public void watch(Consumer<String> came, Consumer<String> went) {
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipAdapter() {
              @Override
              public void memberAdded(MembershipEvent event) {
                tell(came, event);
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                tell(went, event);
              }
            });
  }

  private static void tell(Consumer<String> listener, MembershipEvent event) {
    String name = event.getMember().getAttribute(NODE);
    if (name != null) {
      listener.accept(name);
    }
  }
}
