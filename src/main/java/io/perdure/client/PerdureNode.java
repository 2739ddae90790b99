package io.perdure.client;

import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Bus;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.invocation.Function;
import io.perdure.node.AloneGround;
import io.perdure.node.Node;
import io.perdure.node.NodeConfig;
import io.perdure.store.DataDirectory;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A whole node for tests, in this JVM: on a port of its own, in a temporary directory, with one
 * account and a virtual clock. Calls block until they are done; never on an event loop.
 */
public final class PerdureNode implements AutoCloseable {
  /** Where the virtual clock starts. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final String ACCOUNT = "1000000000000001";
  private static final String KEY_ID = "test-key";
  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, String> settings;
  private final String token;
  private final Accounts accounts;
  private final Path data;
  private final VirtualClock clock = new VirtualClock(START);
  private Vertx vertx;
  private Node node;

  private PerdureNode(Map<String, String> settings) {
    this.settings = settings;
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    this.token = HexFormat.of().formatHex(random);
    this.accounts =
        Accounts.builder()
            .add(
                new Account(ACCOUNT, "test", List.of(new AccessKey(KEY_ID, token))), List.of(token))
            .build();
    try {
      this.data = Files.createTempDirectory("perdure-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory can be made", e);
    }
  }

  /**
   * Starts a node.
   *
   * @param settings as after {@code --set}; {@code http.port} and {@code data.dir} are its own
   */
  public static PerdureNode start(Map<String, String> settings) {
    PerdureNode started = new PerdureNode(settings);
    try {
      started.open();
    } catch (RuntimeException e) {
      started.removeData();
      throw e;
    }
    return started;
  }

  /** A client over the event bus. */
  public PerdureClient client() {
    return PerdureClient.create(vertx);
  }

  /**
   * The node's time; it stands still until it is moved. Moving it starts what becomes due on the
   * way and does not wait for its end: await the invocations, and {@link #sweep} for what expires
   * or is removed.
   */
  public VirtualClock clock() {
    return clock;
  }

  /** Expires what has waited too long by now and removes what has outlived its retention. */
  public void sweep() {
    await(node.sweep());
  }

  /** Where HTTP is served. */
  public URI baseUri() {
    return URI.create("http://127.0.0.1:" + node.port());
  }

  /** Where the data is; removed with the node. */
  public Path directory() {
    return data;
  }

  /** Where probes and metrics are served. */
  public URI managementUri() {
    return URI.create("http://127.0.0.1:" + node.managementPort());
  }

  /** A bearer token of the one account. */
  public String token() {
    return token;
  }

  /** Id of a key of the one account, which the clouds' SDKs sign with: SecretId, accessKeyId. */
  public String keyId() {
    return KEY_ID;
  }

  /** The secret of {@link #keyId}: SecretKey, accessKeySecret. */
  public String keySecret() {
    return token;
  }

  /** The Vert.x the node runs in: for verticles that serve functions. */
  public Vertx vertx() {
    return vertx;
  }

  /** A function in namespace {@code default}, served on the event bus by the test itself. */
  public TestFunction function(String name) {
    return new TestFunction(this, name);
  }

  /**
   * Makes a function in namespace {@code default} of code.
   *
   * @param code a zip, or a directory that becomes one
   */
  public Function deploy(String name, FunctionSpec spec, Path code) {
    Functions functions = client().functions();
    return Files.isDirectory(code)
        ? await(functions.deploy(name, spec, CodeZip.of(code)))
        : await(functions.uploadCode(code).compose(zip -> functions.put(name, spec.withCode(zip))));
  }

  /** The same of texts by their paths in the package. */
  public Function deploy(String name, FunctionSpec spec, Map<String, String> files) {
    return await(client().functions().deploy(name, spec, CodeZip.of(files)));
  }

  /** Stops the node in good order and starts it again on the same data. */
  public void restart() {
    shut();
    open();
  }

  @Override
  public void close() {
    try {
      shut();
    } finally {
      removeData();
    }
  }

  private void removeData() {
    try {
      Files.walkFileTree(data, new Remover());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + data, e);
    }
  }

  String account() {
    return ACCOUNT;
  }

  Bus bus() {
    return Bus.install(vertx);
  }

  static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer within " + PATIENCE_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void open() {
    Map<String, String> set = new HashMap<>(settings);
    set.put("http.port", "0");
    set.put("data.dir", data.toString());
    Problems problems = new Problems();
    NodeConfig config = new Settings(problems).set(set).read(NodeConfig::read);
    problems.throwIfAny();
    DataDirectory directory = DataDirectory.open(data, config.data().shards(), config.store());
    vertx = Vertx.vertx();
    node = await(Node.start(vertx, config, accounts, new AloneGround(directory, vertx), clock));
  }

  private void shut() {
    // One after the other: a future composed with the end of Vert.x has no thread left to complete
    // on.
    await(node.stop(0));
    await(vertx.close());
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
