package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.ApiVerticle;
import io.perdure.api.Bodies;
import io.perdure.api.HttpConfig;
import io.perdure.api.Observer;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.v1.NativeApi;
import io.perdure.api.v1.NativeConfig;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
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
import io.perdure.cluster.StandsAlone;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.registry.Registry;
import io.perdure.router.Answers;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.time.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClusterRequestsTest {
  private static final String TOKEN = "token-of-the-operator";
  private static final MemberAt N1 = new MemberAt("n1.0000000a", "10.0.0.1", 9101);
  private static final MemberAt N2 = new MemberAt("n2.0000000b", "10.0.0.2", 9101);

  @TempDir Path data;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private final List<ChangeNode> asked = new ArrayList<>();
  private Vertx vertx;
  private Bus bus;
  private int port;
  private volatile String owner = "n1";

  /** So often it is refused to tell of the cluster. */
  private final AtomicInteger untold = new AtomicInteger();

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    bus = Bus.install(vertx);
    Router router =
        new Router(bus, new Registry(), 1, new SystemClock(vertx), new RouterConfig(1_000));
    Accounts accounts =
        Accounts.builder().add(new Account("1", "operator", List.of()), List.of(TOKEN)).build();
    HttpConfig http = HttpConfig.ANY_PORT;
    NativeApi api =
        new NativeApi(
            bus, router, accounts, new Bodies(http), NativeConfig.DEFAULT, false, Observer.NONE);
    port = Answers.of(ApiVerticle.deploy(vertx, http, List.of(api))).port();
    Files.writeString(data.resolve("http.port"), Integer.toString(port));
    Files.writeString(
        data.resolve("accounts.json"),
        "{\"accounts\": [{\"id\": \"1\", \"tokens\": [\"" + TOKEN + "\"]}]}");
  }

  private void serveCluster() {
    Answers.of(
        bus.serve(
            Addresses.GET_CLUSTER,
            get ->
                untold.getAndDecrement() > 0
                    ? Future.failedFuture(
                        new FailureException(new Failure.Unavailable("nobody leads", 1_000)))
                    : Future.succeededFuture(cluster())));
    Answers.of(
        bus.serve(
            Addresses.CHANGE_NODE,
            change -> {
              asked.add(change);
              owner = "n2";
              return Future.succeededFuture(new ClusterChanged(2));
            }));
  }

  private ClusterTold cluster() {
    return new ClusterTold(
        "n1",
        1,
        List.of(
            new NodeTold(
                N1,
                "draining",
                true,
                new Formats("1.2.3", 1, 1, 1, 1, 1, 1),
                1,
                1,
                2,
                owner.equals("n2")),
            new NodeTold(N2, "active", false, null, 0, 1, 0, false)),
        List.of(
            new GroupTold(Routes.REGISTRY, owner, 3, List.of(new ReplicaTold("n1", true, 0))),
            new GroupTold(
                0,
                owner,
                4,
                List.of(
                    new ReplicaTold("n1", true, 0),
                    new ReplicaTold("n2", false, -1),
                    new ReplicaTold("n3", true, 12)))),
        true,
        "opening shard 0 on n3");
  }

  @AfterEach
  void end() throws Exception {
    Answers.of(vertx.close());
  }

  private int run(String... words) {
    Problems problems = new Problems();
    NodeConfig config =
        new Settings(problems)
            .set(Map.of("data.dir", data.toString(), "http.port", "0"))
            .read(NodeConfig::read);
    problems.throwIfAny();
    printed.reset();
    return ClusterRequests.run(config, List.of(words), out, out);
  }

  private String said() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void statusIsPrintedAsTables() {
    serveCluster();
    assertEquals(0, run("status"), this::said);
    assertEquals(
        """
        NODE  STATE     ALIVE  LEADS  REPLICAS  GUESTS  VERSION  ADDRESS
        n1    draining  yes    1      1         2       1.2.3    10.0.0.1:9101
        n2    active    NO     0      1         0       -        10.0.0.2:9101

        GROUP     OWNER  TERM  REPLICAS (entries behind)
        registry  n1     3     n1
        shard-0   n1     4     n1 n2(GONE) n3(12)

        moving replicas: opening shard 0 on n3
        """,
        said());
  }

  @Test
  void drainIsAwaitedUntilTheNodeLeadsNothing() {
    serveCluster();
    assertEquals(0, run("drain", "n1", "--wait", "30"), this::said);
    assertEquals(List.of(new ChangeNode("n1", NodeChange.DRAIN, 300_000)), asked);
    assertEquals("drain n1: accepted\ndrain n1: done\n", said());
  }

  @Test
  void waitingGoesOnWhileNobodyCanTell() {
    untold.set(1);
    serveCluster();
    assertEquals(0, run("drain", "n1", "--wait", "30"), this::said);
    assertEquals("drain n1: accepted\n503: nobody leads\ndrain n1: done\n", said());
    untold.set(1);
    assertEquals(1, run("status"));
    assertEquals("perdure: 503: nobody leads\n", said());
  }

  @Test
  void attemptsAreGivenTheTimeThatIsAskedFor() {
    serveCluster();
    assertEquals(0, run("remove", "n1", "--grace", "10m"), this::said);
    assertEquals(List.of(new ChangeNode("n1", NodeChange.REMOVE, 600_000)), asked);
  }

  @Test
  void whatIsWaitedForIsTold() {
    serveCluster();
    assertEquals(1, run("add", "n3", "--wait", "1ms"), this::said);
    assertEquals(
        """
        add n3: accepted
        opening shard 0 on n3
        perdure: add n3 goes on after 0 s: opening shard 0 on n3
        """,
        said());
  }

  @Test
  void urlAndTokenMayBeNamed() throws IOException {
    serveCluster();
    Files.delete(data.resolve("accounts.json"));
    assertEquals(1, run("status"));
    assertTrue(said().contains("accounts.json cannot be read"), said());
    assertEquals(0, run("status", "--url", "http://127.0.0.1:" + port + "/", "--token", TOKEN));
    assertEquals(1, run("status", "--token", "another"));
    assertTrue(said().contains("401: the bearer token is not known"), said());
  }

  @Test
  void nodeThatStandsAloneSaysSo() {
    Answers.of(vertx.deployVerticle(new StandsAlone(bus)));
    for (String[] words : new String[][] {{"status"}, {"rebalance"}, {"add", "n4"}}) {
      assertEquals(1, run(words));
      assertEquals("perdure: 409: this node stands alone: cluster.enabled is false\n", said());
    }
  }

  @Test
  void whatIsNotUnderstoodIsExplained() {
    for (String[] words :
        new String[][] {
          {},
          {"status", "n1"},
          {"add"},
          {"addd", "n1"},
          {"drain", "n1", "--wait"},
          {"--url"},
          {"drain", "n1", "--wait", "1x"},
          {"resume", "n1", "--grace", "1m"}
        }) {
      assertEquals(2, run(words));
      assertTrue(said().contains("expected: cluster status"), said());
    }
    assertEquals(2, run("drain", "../x"));
    assertEquals(2, run("status", "--url", "nowhere"));
  }

  @Test
  void nodeThatDoesNotAnswerIsNamed() {
    assertEquals(1, run("status", "--url", "http://127.0.0.1:1", "--token", TOKEN));
    assertTrue(said().contains("http://127.0.0.1:1 does not answer"), said());
  }
}
