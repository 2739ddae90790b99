package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Message;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.Route;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.journal.Journal;
import io.perdure.journal.StandaloneJournal;
import io.perdure.store.Store;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreException;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.perdure.time.VirtualClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The registry over its real store and journal; a test of it extends this. */
@ExtendWith(VertxExtension.class)
abstract class RegistryFixture {
  static final long START = 1_700_000_000_000L;
  static final String ACCOUNT = Samples.ACCOUNT;
  @TempDir Path dir;

  final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(START));
  final StoreShared shared = new StoreShared(StoreConfig.DEFAULT);
  final BlockingQueue<FunctionChanged> changes = new LinkedBlockingQueue<>();

  /** Hashes of packages that are not stored. */
  final Set<String> lost = ConcurrentHashMap.newKeySet();

  /** What the machine lacks to run managed functions, null for nothing. */
  volatile String missing;

  /** Why nothing more may be stored, null while there is room. */
  volatile Failure diskFull;

  /** How often the store cannot be opened. */
  final AtomicInteger unopenable = new AtomicInteger();

  Vertx vertx;
  Bus bus;
  Registry registry;
  RegistryVerticle verticle;
  String deployment;
  volatile Journal journal;
  volatile Store store;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    bus = Bus.install(vertx);
    join(bus.listen(Addresses.FUNCTION_CHANGED, changes::add));
    open();
  }

  @AfterEach
  void close() throws Exception {
    shut();
    shared.close();
  }

  static final RegistryConfig LIMITS = new RegistryConfig(10_000, 1_000, 1_000, 1_000, 100, 1_000);

  void open() throws Exception {
    open(LIMITS, UnaryOperator.identity());
  }

  void open(RegistryConfig config, UnaryOperator<Journal> over) throws Exception {
    store = null;
    registry = new Registry();
    verticle =
        new RegistryVerticle(
            registry,
            () -> opened(over),
            bus,
            clock,
            config,
            code -> !lost.contains(code.sha256()),
            runtime -> Optional.ofNullable(missing),
            () -> diskFull);
    deployment =
        join(
            vertx.deployVerticle(
                verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
  }

  /** As a node does it: the store is opened anew when it was open before. */
  private RegistryStorage opened(UnaryOperator<Journal> over) {
    if (store != null) {
      store.close();
    }
    if (unopenable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new StoreException("the disk does not answer", null);
    }
    store = Store.open(dir, StoreOptions.registry(shared));
    journal =
        over.apply(new StandaloneJournal("registry", store, vertx, new SimpleMeterRegistry()));
    return new Opening(store, journal);
  }

  private record Opening(Store store, Journal journal) implements RegistryStorage {
    @Override
    public StoreReader reader() {
      return store;
    }

    @Override
    public void checkpoint(Path directory) {
      store.checkpoint(directory);
    }
  }

  void shut() throws Exception {
    if (deployment != null) {
      join(vertx.undeploy(deployment));
      deployment = null;
    }
    store.close();
  }

  void reopen() throws Exception {
    reopen(LIMITS, UnaryOperator.identity());
  }

  void reopen(RegistryConfig config, UnaryOperator<Journal> over) throws Exception {
    shut();
    open(config, over);
  }

  FunctionPut put(PutFunction put) throws Exception {
    return ask(Addresses.PUT_FUNCTION, put);
  }

  /** A function of namespace "default" that has its versions itself. */
  Function function(String name) throws Exception {
    return put(Samples.put("default", name)).function();
  }

  /** A function of that flavour. */
  Function function(Flavour flavour, String namespace, String name) throws Exception {
    return put(Samples.put(flavour, namespace, name, Samples.HTTP)).function();
  }

  /** The same function with another runtime, so that versions can be told apart. */
  Function change(Function function, String address) throws Exception {
    return put(Samples.put(
            function.flavour(),
            function.namespace(),
            function.name(),
            new RuntimeSpec.EventBus(address)))
        .function();
  }

  Version publish(String namespace, String function, String description) throws Exception {
    return ask(
            Addresses.PUBLISH_VERSION,
            new PublishVersion(ACCOUNT, namespace, function, description))
        .version();
  }

  Alias alias(String namespace, String function, String name, Route route) throws Exception {
    return ask(Addresses.PUT_ALIAS, aliasPut(namespace, function, name, route, 0)).alias();
  }

  static PutAlias aliasPut(
      String namespace, String function, String name, Route route, long ifRevision) {
    return new PutAlias(ACCOUNT, namespace, function, name, route, null, ifRevision);
  }

  AsyncSet settings(Function function, String qualifier, int attempts) throws Exception {
    return ask(
            Addresses.PUT_ASYNC,
            new PutAsync(
                ACCOUNT,
                function.namespace(),
                function.name(),
                qualifier,
                new AsyncSettings(RetryPolicy.of(attempts, 1_000, 60_000), null, null, "")))
        .set();
  }

  /** What an invocation by {@code qualifier} runs, by the address of its event bus; or null. */
  String runs(Function function, String qualifier, long point) {
    return registry
        .resolve(registry.byUid(function.uid()), qualifier, point)
        .map(found -> ((RuntimeSpec.EventBus) found.runtime()).address())
        .orElse(null);
  }

  Function pause(String name, boolean paused, String by) throws Exception {
    return ask(Addresses.SET_PAUSED, new SetPaused(ACCOUNT, "default", name, paused, by))
        .function();
  }

  void delete(String name, long ifRevision) throws Exception {
    ask(Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", name, ifRevision));
  }

  NamespacePut putNamespace(String name, String description) throws Exception {
    return ask(Addresses.PUT_NAMESPACE, new PutNamespace(ACCOUNT, name, About.of(description), 0));
  }

  /** Lets so many be told of. */
  void skipChanges(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      assertNotNull(nextChange(), "nothing was told");
    }
  }

  FunctionChanged nextChange() throws InterruptedException {
    return changes.poll(10, TimeUnit.SECONDS);
  }

  <Q extends Message, R extends Message> R ask(Address<Q, R> address, Q message) throws Exception {
    return join(bus.request(address, message));
  }

  <Q extends Message, R extends Message> Failure failure(Address<Q, R> address, Q message) {
    return failureOf(bus.request(address, message));
  }

  static Failure failureOf(Future<?> answer) {
    ExecutionException refused = assertThrows(ExecutionException.class, () -> join(answer));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
