package io.perdure.testkit;

import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.AloneGround;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.DataDirectory;
import io.perdure.time.SystemClock;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What {@link SdkNode} stands for: one node, or a cluster. Belongs to the thread of a test. */
interface SdkSite {
  /** Starting and ending take longer on a busy machine. */
  long PATIENCE_SECONDS = 60;

  /** Where HTTP is served on loopback. */
  int port();

  /** Each node stops in good order and starts again. */
  void restart() throws Exception;

  /** Removes what has outlived its retention. */
  void sweep() throws Exception;

  /** A class of tests needs it no more. */
  void left() throws Exception;

  /** An account, and its bearer token. */
  record Customer(Account account, String token) {
    static Accounts all(List<Customer> customers) {
      Accounts.Builder accounts = Accounts.builder();
      customers.forEach(one -> accounts.add(one.account, List.of(one.token)));
      return accounts.build();
    }
  }

  /** With all that is below it. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One node, for one class. */
  final class Alone implements SdkSite {
    private final Path data;
    private final Map<String, String> settings;
    private final List<Customer> customers;
    private final VirtualClock clock;
    private Vertx vertx;
    private Node node;

    /**
     * Started.
     *
     * @param clock null for real time
     */
    Alone(Map<String, String> settings, List<Customer> customers, VirtualClock clock)
        throws Exception {
      this.data = Files.createTempDirectory("perdure-");
      this.settings = settings;
      this.customers = customers;
      this.clock = clock;
      open();
    }

    private void open() throws Exception {
      Map<String, String> set = new HashMap<>(settings);
      set.put("http.port", "0");
      set.put("data.dir", data.toString());
      set.put("data.shards", "2");
      Problems problems = new Problems();
      NodeConfig config = new Settings(problems).set(set).read(NodeConfig::read);
      problems.throwIfAny();
      DataDirectory directory = DataDirectory.open(data, config.data().shards(), config.store());
      vertx = Vertx.vertx();
      node =
          Node.start(
                  vertx,
                  config,
                  Customer.all(customers),
                  new AloneGround(directory, vertx),
                  clock == null ? new SystemClock(vertx) : clock)
              .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void shut() throws Exception {
      node.stop(0).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public int port() {
      return node.port();
    }

    @Override
    public void restart() throws Exception {
      shut();
      open();
    }

    @Override
    public void sweep() throws Exception {
      node.sweep().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void left() throws Exception {
      shut();
      delete(data);
    }
  }

  /** A cluster, which takes seconds to form: for all classes that want the same. */
  final class Shared implements SdkSite {
    private final Path data;
    private final ClusterNodes nodes;
    private final NextNode front;
    private volatile List<Integer> ports;

    private record Wanted(int nodes, Map<String, String> settings, List<Customer> customers) {}

    /** The one with these settings and accounts; it ends with the last test of all. */
    static Shared of(
        ExtensionContext context, int count, Map<String, String> settings, List<Customer> customers)
        throws Exception {
      var all = context.getRoot().getStore(ExtensionContext.Namespace.create(Shared.class));
      Wanted wanted = new Wanted(count, Map.copyOf(settings), List.copyOf(customers));
      Shared known = all.get(wanted, Shared.class);
      if (known == null) {
        known = new Shared(wanted);
        all.put(wanted, known);
        AutoCloseable end = known::end;
        all.put(List.of(wanted), end);
      }
      return known;
    }

    private Shared(Wanted wanted) throws Exception {
      this.data = Files.createTempDirectory("perdure-");
      Map<String, String> set = new HashMap<>(wanted.settings);
      set.put("data.shards", "3");
      this.nodes = ClusterNodes.form(data, wanted.nodes, set, Customer.all(wanted.customers));
      noteWithout(null);
      this.front = new NextNode(() -> ports);
    }

    private void noteWithout(String name) {
      ports = nodes.names().stream().filter(one -> !one.equals(name)).map(nodes::port).toList();
    }

    @Override
    public int port() {
      return front.port();
    }

    @Override
    public void restart() throws Exception {
      for (String name : nodes.names()) {
        noteWithout(name);
        nodes.stop(name);
        nodes.start(name);
        noteWithout(null);
      }
    }

    @Override
    public void sweep() throws Exception {
      throw new UnsupportedOperationException("each node sweeps when it is time");
    }

    @Override
    public void left() {}

    private void end() throws Exception {
      front.close();
      nodes.end();
      delete(data);
    }
  }
}
