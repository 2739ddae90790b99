package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.bus.Addresses;
import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.ClusterChanged;
import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.GroupTold;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.NodeTold;
import io.perdure.bus.ClusterMessages.ReplicaTold;
import io.perdure.bus.Routes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.router.Answers;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class ClusterRoutesTest {
  private static final List<String> HANDING = List.of("drain", "remove");
  private static final String[] OPERATIONS = {"add", "drain", "resume", "remove"};

  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  private static volatile ChangeNode asked;

  @BeforeAll
  static void serve() throws Exception {
    NodeTold one =
        new NodeTold(
            new MemberAt("n1.0000000a", "10.0.0.1", 9101),
            "active",
            true,
            new Formats("1.2.3", 2, 1, 2, 3, 3, 3),
            1,
            1,
            2,
            false);
    NodeTold two =
        new NodeTold(
            new MemberAt("n2.0000000b", "10.0.0.2", 9101), "leaving", false, null, 0, 1, 0, true);
    List<ReplicaTold> replicas =
        List.of(new ReplicaTold("n1", true, 0), new ReplicaTold("n2", false, -1));
    ClusterTold told =
        new ClusterTold(
            "n1",
            7,
            List.of(one, two),
            List.of(
                new GroupTold(Routes.REGISTRY, "n1", 4, replicas),
                new GroupTold(0, null, 0, replicas)),
            true,
            "opening shard 0 on n1");
    Answers.of(SERVER.bus.serve(Addresses.GET_CLUSTER, get -> Future.succeededFuture(told)));
    Answers.of(SERVER.bus.serve(Addresses.CHANGE_NODE, ClusterRoutesTest::change));
    Answers.of(
        SERVER.bus.serve(Addresses.REBALANCE, r -> Future.succeededFuture(new ClusterChanged(9))));
  }

  private static Future<ClusterChanged> change(ChangeNode change) {
    asked = change;
    return change.name().equals("unknown")
        ? Future.failedFuture(new FailureException(new Failure.NotFound("node", "unknown")))
        : Future.succeededFuture(new ClusterChanged(8));
  }

  @Test
  void clusterIsToldAsItIs() {
    JsonNode cluster = SERVER.http().get("/v1/cluster").expect(200).json();
    assertEquals(7, cluster.path("version").asInt());
    assertTrue(cluster.path("moving").asBoolean());
    assertEquals("opening shard 0 on n1", cluster.path("now").asText());
    JsonNode one = cluster.path("nodes").path(0);
    assertEquals("n1", one.path("name").asText());
    assertEquals("1.2.3", one.path("version").asText());
    assertEquals(3, one.path("formats").path("store").asInt());
    assertEquals(2, one.path("guests").asInt());
    JsonNode two = cluster.path("nodes").path(1);
    assertTrue(two.path("drained").asBoolean() && !one.path("drained").asBoolean(), one::toString);
    assertEquals("leaving", two.path("state").asText());
    assertTrue(two.path("version").isNull() && two.path("formats").isNull(), two::toString);
    JsonNode registry = cluster.path("groups").path(0);
    assertEquals("registry", registry.path("name").asText());
    assertEquals("n1", registry.path("owner").asText());
    assertEquals(0, registry.path("replicas").path(0).path("lag").asInt(-1));
    JsonNode shard = cluster.path("groups").path(1);
    assertEquals("shard-0", shard.path("name").asText());
    assertTrue(shard.path("owner").isNull(), shard::toString);
    assertTrue(shard.path("replicas").path(1).path("lag").isNull(), shard::toString);
  }

  @Test
  void changesOfNodesAreAccepted() {
    for (String operation : OPERATIONS) {
      JsonNode accepted =
          SERVER.http().post("/v1/cluster/nodes/n4:" + operation, "").expect(202).json();
      assertEquals(8, accepted.path("version").asInt());
      assertEquals(
          new ChangeNode(
              "n4",
              NodeChange.valueOf(operation.toUpperCase(Locale.ROOT)),
              HANDING.contains(operation) ? 300_000 : 0),
          asked);
    }
  }

  @Test
  void attemptsAreGivenTheTimeThatIsAskedFor() {
    for (String operation : HANDING) {
      String path = "/v1/cluster/nodes/n4:" + operation;
      SERVER.http().post(path + "?grace=2h", "").expect(202);
      assertEquals(7_200_000, asked.graceMillis());
      SERVER.http().post(path + "?grace=0s", "").expect(202);
      assertEquals(0, asked.graceMillis());
      SERVER.http().post(path + "?grace=8d", "").expect(400);
      SERVER.http().post(path + "?grace=long", "").expect(400);
    }
    SERVER.http().post("/v1/cluster/nodes/n4:resume?grace=2h", "").expect(400);
  }

  @Test
  void nodeThatIsNotThereIsNotFound() {
    SERVER.http().post("/v1/cluster/nodes/unknown:drain", "").expect(404);
  }

  @Test
  void rebalanceIsAccepted() {
    assertEquals(
        9,
        SERVER.http().post("/v1/cluster/rebalance", "").expect(202).json().path("version").asInt());
  }

  @Test
  void onlyTheOperatorMayAsk() {
    HttpCalls other = SERVER.http(ApiServer.OTHER_TOKEN);
    other.get("/v1/cluster").expect(403);
    other.post("/v1/cluster/rebalance", "").expect(403);
    for (String operation : OPERATIONS) {
      other.post("/v1/cluster/nodes/n4:" + operation, "").expect(403);
    }
  }
}
