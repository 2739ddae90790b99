package io.perdure.testkit;

import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.cluster.ClusteredVertx;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.ClusterGround;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.time.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private final String members;
  private final Map<String, Running> running = new TreeMap<>();

  private record Running(Vertx vertx, Node node) {}

  private ClusterNodes(Path data, int count, Map<String, String> settings) {
    this.data = data;
    this.settings = settings;
    List<Integer> ports = FreePorts.take(3 * count);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          "n%d=127.0.0.1:%d:%d:%d"
              .formatted(i + 1, ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
    }
    members = String.join(",", all);
  }

  /** Forms a cluster of {@code count} nodes, n1 and so on, with directories below {@code data}. */
  public static ClusterNodes form(Path data, int count, Map<String, String> settings)
      throws Exception {
    ClusterNodes nodes = new ClusterNodes(data, count, settings);
    Map<String, Future<Running>> starting = new TreeMap<>();
    for (int i = 1; i <= count; i++) {
      starting.put("n" + i, nodes.starting("n" + i));
    }
    try {
      for (Map.Entry<String, Future<Running>> one : starting.entrySet()) {
        nodes.running.put(one.getKey(), one.getValue().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
      return nodes;
    } catch (Exception e) {
      nodes.close();
      throw e;
    }
  }

  private Future<Running> starting(String name) {
    Map<String, String> set = new HashMap<>(settings);
    set.put("http.port", "0");
    set.put("data.dir", data.resolve(name).toString());
    set.put("cluster.enabled", "true");
    set.put("cluster.node", name);
    set.put("cluster.nodes", members);
    Problems problems = new Problems();
    NodeConfig config = new Settings(problems).set(set).read(NodeConfig::read);
    problems.throwIfAny();
    ReplicatedDirectory directory =
        ReplicatedDirectory.open(
            config.data().directory(), config.data().shards(), config.store(), name);
    Accounts accounts =
        Accounts.builder()
            .add(new Account("1234567890123456", "dev", List.of()), List.of(TOKEN))
            .build();
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
    running.put(name, starting(name).await(PATIENCE_SECONDS, TimeUnit.SECONDS));
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

  /** The Vert.x of node {@code name}. */
  public Vertx vertx(String name) {
    return running.get(name).vertx;
  }

  /** Ends all that run, in good order. */
  public void close() throws Exception {
    for (String name : names()) {
      stop(name);
    }
  }
}
