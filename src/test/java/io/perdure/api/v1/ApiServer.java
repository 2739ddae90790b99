package io.perdure.api.v1;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.api.ApiVerticle;
import io.perdure.api.Bodies;
import io.perdure.api.HttpConfig;
import io.perdure.api.Observer;
import io.perdure.api.Probes;
import io.perdure.api.Readiness;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Bus;
import io.perdure.journal.Journal;
import io.perdure.journal.StandaloneJournal;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryConfig;
import io.perdure.registry.RegistryStorage;
import io.perdure.registry.RegistryVerticle;
import io.perdure.router.Answers;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.router.ServedShards;
import io.perdure.store.Store;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.perdure.time.SystemClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The native API on a free port, over the real router and registry; shards are served from memory.
 * One for all tests of a class: each test uses functions of its own. To be registered as a static
 * {@link ExtendWith extension}.
 */
final class ApiServer implements BeforeAllCallback, AfterAllCallback {
  static final int PAYLOAD_MAX = 1 << 20;
  static final int SHARDS = 3;
  static final String ACCOUNT = "1000000000000001";
  static final String TOKEN = "token-of-dev";
  static final String OTHER_TOKEN = "token-of-other";

  final HttpConfig http;
  final NativeConfig config;
  final boolean limited;

  Vertx vertx;
  Bus bus;
  Registry registry;
  Router router;
  ServedShards shards;
  ServedPackages packages;
  ServedInstances instances;
  NativeApi dialect;
  Bodies bodies;
  int port;
  volatile Readiness readiness = Readiness.READY;

  private Path directory;
  private Store store;
  private StandaloneJournal journal;
  private StoreShared shared;

  ApiServer() {
    this(HttpConfig.ANY_PORT, NativeConfig.DEFAULT, false);
  }

  ApiServer(HttpConfig http, NativeConfig config, boolean limited) {
    this.http = http;
    this.config = config;
    this.limited = limited;
  }

  /** Bodies have to arrive within {@code bodyTimeout}, all together in {@code bodyBytesMax}. */
  static HttpConfig bodies(Duration bodyTimeout, long bodyBytesMax) {
    HttpConfig any = HttpConfig.ANY_PORT;
    return new HttpConfig(
        any.host(),
        any.port(),
        any.instances(),
        any.idleTimeout(),
        bodyTimeout,
        any.headerBytesMax(),
        any.uriBytesMax(),
        bodyBytesMax);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    bus = Bus.install(vertx);
    SystemClock clock = new SystemClock(vertx);
    directory = Files.createTempDirectory("perdure-api");
    shared = new StoreShared(StoreConfig.DEFAULT);
    store = Store.open(directory.resolve("registry"), StoreOptions.registry(shared));
    journal = new StandaloneJournal("registry", store, vertx, new SimpleMeterRegistry());
    registry = new Registry();
    RegistryVerticle writer =
        new RegistryVerticle(
            registry,
            () -> new Opening(store, journal),
            bus,
            clock,
            new RegistryConfig(1_000, 100, 100, 100, 100, 100),
            code -> true,
            runtime -> Optional.empty(),
            () -> null);
    Answers.of(
        vertx.deployVerticle(
            writer, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    packages = new ServedPackages(bus);
    instances = new ServedInstances(bus);
    shards = new ServedShards(vertx, SHARDS, registry, clock);
    router = new Router(bus, registry, SHARDS, clock, new RouterConfig(PAYLOAD_MAX));
    bodies = new Bodies(http);
    Accounts accounts =
        Accounts.builder()
            .add(new Account(ACCOUNT, "dev", List.of()), List.of(TOKEN))
            .add(new Account("1000000000000002", "other", List.of()), List.of(OTHER_TOKEN))
            .build();
    dialect = new NativeApi(bus, router, accounts, bodies, config, limited, Observer.NONE);
    port =
        Answers.of(
                ApiVerticle.deploy(
                    vertx,
                    http,
                    List.of(
                        new Probes(
                            () -> readiness, metrics -> metrics.response().end("perdure_up 1\n")),
                        dialect)))
            .port();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Answers.of(vertx.close());
    Answers.of(journal.close());
    store.close();
    shared.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private record Opening(Store store, Journal journal) implements RegistryStorage {
    @Override
    public StoreReader reader() {
      return store;
    }

    @Override
    public void checkpoint(Path to) {
      store.checkpoint(to);
    }
  }

  /** A client with the token of the first account. */
  HttpCalls http() {
    return new HttpCalls(port, TOKEN);
  }

  /** A client with {@code token}, null for none. */
  HttpCalls http(String token) {
    return new HttpCalls(port, token);
  }

  /** Creates an event-bus function and gives the path of its invocations. */
  String function(String name) {
    http()
        .json(
            "PUT",
            "/v1/namespaces/default/functions/" + name,
            "{\"runtime\":{\"kind\":\"event-bus\"}}")
        .expect(201);
    return "/v1/namespaces/default/functions/" + name + "/invocations";
  }
}
