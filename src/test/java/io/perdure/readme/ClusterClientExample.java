package io.perdure.readme;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;

/** Is what the README shows of a program that is no node of a cluster, and joins its event bus. */
public final class ClusterClientExample {
  private ClusterClientExample() {}

  // README begin
  /** A Vert.x of the cluster that is no node: for a PerdureClient, and for functions it serves. */
  public static Future<Vertx> join(String ownHost, List<String> nodes) {
    Config members = new Config().setClusterName("perdure"); // cluster.name
    members.setLiteMember(true); // it holds nothing of the others', and may go at any moment
    JoinConfig join = members.getNetworkConfig().setPort(0).getJoin();
    members.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(ownHost);
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig()
        .setEnabled(true)
        .setMembers(nodes); // host:port, the third in cluster.nodes
    EventBusOptions bus = new EventBusOptions().setHost(ownHost); // and the cluster's TLS, if any
    return Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(bus))
        .withClusterManager(new HazelcastClusterManager(members))
        .buildClustered();
  }

  // README end
}
