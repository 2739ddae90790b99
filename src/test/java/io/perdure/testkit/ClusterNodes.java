package io.perdure.testkit;

import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.cluster.ClusteredVertx;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.AloneGround;
import io.perdure.node.ClusterCommands;
import io.perdure.node.ClusterGround;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.DataDirectory;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.time.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Whole nodes in this JVM that form a cluster over loopback, each with a Vert.x and a data
 * directory of its own. Belongs to the thread of a test.
 */
public final class ClusterNodes {
  /** Of all nodes; a bearer token. */
  public static final String TOKEN = "token-of-the-cluster";

  /** Forming a cluster on a busy machine takes many times what it takes on an idle one. */
  private static final long PATIENCE_SECONDS = 120;

  private final Path data;
  private final Map<String, String> settings;
  private final Accounts accounts;
  private final List<String> members = new ArrayList<>();
  private final Map<String, Running> running = new TreeMap<>();

  private record Running(Vertx vertx, Node node) {}

  private ClusterNodes(Path data, int count, Map<String, String> settings, Accounts accounts) {
    this.data = data;
    this.settings = settings;
    this.accounts = accounts;
    List<Integer> ports = FreePorts.take(3 * count);
    for (int i = 0; i < count; i++) {
      members.add(
          "n%d=127.0.0.1:%d:%d:%d"
              .formatted(i + 1, ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
    }
  }

  /** Up to {@code count} nodes, none of which has been started. */
  public static ClusterNodes none(Path data, int count, Map<String, String> settings) {
    return new ClusterNodes(data, count, settings, accounts());
  }

  /**
   * Forms a cluster of {@code count} nodes, n1 and so on, with directories below {@code data}, each
   * of which leads as many shards as the others.
   *
   * @param settings of all nodes; those whose keys begin with "n1/" of that one alone
   */
  public static ClusterNodes form(Path data, int count, Map<String, String> settings)
      throws Exception {
    ClusterNodes nodes = form(data, count, settings, accounts());
    try {
      nodes.awaitSpread();
      return nodes;
    } catch (RuntimeException | Error e) {
      nodes.end();
      throw e;
    }
  }

  private static Accounts accounts() {
    return Accounts.builder()
        .add(new Account("1234567890123456", "dev", List.of()), List.of(TOKEN))
        .build();
  }

  /** The same with other accounts; shards may still move. */
  public static ClusterNodes form(
      Path data, int count, Map<String, String> settings, Accounts accounts) throws Exception {
    ClusterNodes nodes = new ClusterNodes(data, count, settings, accounts);
    Map<String, Future<Running>> starting = new TreeMap<>();
    for (int i = 1; i <= count; i++) {
      starting.put("n" + i, nodes.starting("n" + i, nodes.member(count, false)));
    }
    try {
      for (Map.Entry<String, Future<Running>> one : starting.entrySet()) {
        nodes.running.put(one.getKey(), one.getValue().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
      return nodes;
    } catch (Exception e) {
      nodes.end();
      throw e;
    }
  }

  /** What is submitted without a key while its shard moves may be answered with 503. */
  private void awaitSpread() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    NodeApi.Answer cluster = api("n1").get("/v1/cluster");
    while (!isSpread(cluster)) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError("shards are not spread: " + cluster.text());
      }
      cluster = api("n1").get("/v1/cluster");
    }
  }

  private static boolean isSpread(NodeApi.Answer cluster) {
    if (cluster.status() != 200) {
      return false;
    }
    List<Integer> led = new ArrayList<>();
    cluster.json().path("nodes").forEach(node -> led.add(node.path("leads").asInt()));
    int shards = cluster.json().path("groups").size() - 1; // the other one is the registry
    return led.stream().mapToInt(Integer::intValue).sum() == shards
        && Collections.max(led) - Collections.min(led) <= 1;
  }

  /** What makes one the member of a cluster of which it knows the first {@code count} nodes. */
  private Map<String, String> member(int count, boolean joins) {
    return Map.of(
        "cluster.enabled", "true",
        "cluster.join", Boolean.toString(joins),
        "cluster.nodes", String.join(",", members.subList(0, count)));
  }

  private NodeConfig config(String name, Map<String, String> more) {
    Map<String, String> set = new HashMap<>();
    settings.forEach((key, value) -> set.put(key.replace(name + "/", ""), value));
    set.keySet().removeIf(key -> key.contains("/"));
    set.put("http.port", "0");
    set.put("data.dir", directory(name).toString());
    set.putAll(more);
    if (more.containsKey("cluster.enabled")) {
      set.put("cluster.node", name);
    }
    Problems problems = new Problems();
    NodeConfig config = new Settings(problems).set(set).read(NodeConfig::read);
    problems.throwIfAny();
    return config;
  }

  private Future<Running> starting(String name, Map<String, String> more) {
    NodeConfig config = config(name, more);
    ReplicatedDirectory directory =
        ReplicatedDirectory.open(
            config.data().directory(), config.data().shards(), config.store(), name);
    return ClusteredVertx.start(config.cluster(), new VertxOptions())
        .compose(
            cluster ->
                Node.start(
                        cluster.vertx(),
                        config,
                        accounts,
                        new ClusterGround(directory, config, cluster),
                        new SystemClock(cluster.vertx()))
                    .map(node -> new Running(cluster.vertx(), node)));
  }

  /** Starts node {@code name}, which has ended, on its directory. */
  public void start(String name) throws Exception {
    running.put(
        name,
        starting(name, member(members.size(), false)).await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Starts n1 on its directory as a node that stands alone. */
  public void startAlone() throws Exception {
    NodeConfig config = config("n1", Map.of());
    DataDirectory directory =
        DataDirectory.open(config.data().directory(), config.data().shards(), config.store());
    Vertx vertx = Vertx.vertx();
    Node node =
        Node.start(
                vertx, config, accounts, new AloneGround(directory, vertx), new SystemClock(vertx))
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    running.put("n1", new Running(vertx, node));
  }

  /** Makes the directory of n1, which has ended, that of a cluster of one, and starts it so. */
  public void convert() throws Exception {
    NodeConfig config = config("n1", member(1, false));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    if (ClusterCommands.run(config, List.of("convert"), out, out) != 0) {
      throw new AssertionError(said.toString(StandardCharsets.UTF_8));
    }
    running.put("n1", starting("n1", member(1, false)).await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  /** Starts the next node, n2 or a later one, with an empty directory, and has it added. */
  public void join(String name) throws Exception {
    int count = Integer.parseInt(name.substring(1));
    Future<Running> joining = starting(name, member(count, true));
    // It is not known to wait before it has been heard of.
    while (!joining.isComplete() && add(name) == 404) {
      Thread.onSpinWait();
    }
    running.put(name, joining.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private int add(String name) {
    return api("n1").post("/v1/cluster/nodes/" + name + ":add", "").status();
  }

  /** Where {@code name} has its data. */
  public Path directory(String name) {
    return data.resolve(name);
  }

  /** Ends node {@code name} in good order. */
  public void stop(String name) throws Exception {
    Running one = running.remove(name);
    one.node.stop(0).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    one.vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Names of those that run. */
  public List<String> names() {
    return List.copyOf(running.keySet());
  }

  /** The native API of node {@code name}. */
  public NodeApi api(String name) {
    return new NodeApi(URI.create("http://127.0.0.1:" + running.get(name).node.port()), TOKEN);
  }

  /** Where node {@code name} serves HTTP on loopback. */
  public int port(String name) {
    return running.get(name).node.port();
  }

  /** The Vert.x of node {@code name}. */
  public Vertx vertx(String name) {
    return running.get(name).vertx;
  }

  /** Ends all that run, in good order, so that their stores are alike. */
  public void close() throws Exception {
    for (String name : names()) {
      stop(name);
    }
  }

  /**
   * Ends all that run at the same time. One after the other the last ones would each look for
   * somebody to hand over to, 10 s for three.
   */
  public void end() throws Exception {
    List<Running> all = List.copyOf(running.values());
    running.clear();
    // Each Vert.x from here: what one of its own threads waits for does not come after its end.
    for (Future<Void> stopped : all.stream().map(one -> one.node.stop(0)).toList()) {
      stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    for (Future<Void> closed : all.stream().map(one -> one.vertx.close()).toList()) {
      closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
