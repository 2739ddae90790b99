package io.perdure.testkit;

import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.AloneGround;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.DataDirectory;
import io.perdure.time.Clock;
import io.perdure.time.SystemClock;
import io.perdure.time.VirtualClock;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole node for the tests of a class, with accounts whose keys a cloud's SDK signs with. What is
 * particular to a dialect is in its subclass.
 *
 * @param <N> the subclass
 */
public abstract class SdkNode<N extends SdkNode<N>> implements BeforeAllCallback, AfterAllCallback {
  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, String> settings = new HashMap<>();
  private final Function<Vertx, Clock> clocks;
  private final AtomicInteger names = new AtomicInteger();
  private final Accounts.Builder accounts = Accounts.builder();
  private Path data;
  private Vertx vertx;
  private Node node;

  /** A node whose time stands still until {@code clock} is moved; null for real time. */
  protected SdkNode(VirtualClock clock) {
    this.clocks = clock == null ? SystemClock::new : vertx -> clock;
  }

  /** This, as what it is. */
  protected abstract N self();

  /** A clock that shows the time of its making. */
  public static VirtualClock stopped() {
    return new VirtualClock(Instant.now());
  }

  /** A setting of the node, as after {@code --set}. */
  public N set(String key, String value) {
    settings.put(key, value);
    return self();
  }

  /** One more account. */
  public N account(String id, AccessKey key, String token) {
    accounts.add(new Account(id, "customer-" + id, List.of(key)), List.of(token));
    return self();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    data = Files.createTempDirectory("perdure-");
    open();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    shut();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Stops the node in good order and starts it again on the same data. */
  public void restart() throws Exception {
    shut();
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
                accounts.build(),
                new AloneGround(directory, vertx),
                clocks.apply(vertx))
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void shut() throws Exception {
    node.stop(0).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Removes what has outlived its retention. */
  public void sweep() throws Exception {
    node.sweep().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Host and port where HTTP is served. */
  public String endpoint() {
    return "127.0.0.1:" + node.port();
  }

  /** The native API of an account: a test waits with it for what the cloud's cannot be asked. */
  public NodeApi nativeApi(String token) {
    return new NodeApi(URI.create("http://" + endpoint()), token);
  }

  /** A name nobody has on this node. */
  public String fresh(String name) {
    return name + "-" + names.incrementAndGet();
  }
}
