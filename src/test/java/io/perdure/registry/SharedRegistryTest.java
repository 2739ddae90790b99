package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.GetUsage;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.time.VirtualClock;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The registry on three nodes of one cluster, of which one owns it. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class SharedRegistryTest {
  private static final long START = 1_700_000_000_000L;
  private static final String ACCOUNT = Samples.ACCOUNT;
  private static final List<String> NAMES = List.of("n1", "n2", "n3");
  private static final RegistryConfig LIMITS = new RegistryConfig(100, 100, 100, 100, 100, 100);

  @TempDir Path dir;
  private final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(START));
  private final AtomicLong nanos = new AtomicLong(1_000);
  private final Map<String, Node> nodes = new HashMap<>();
  private Vertx vertx;
  private SharedStorage storage;

  private final class Node {
    private final String name;
    private final SharedStorage.Node source;
    private final Registry registry = new Registry();
    private final Followers followers;
    private final LeaseVerticle lease;
    private final RegistryVerticle verticle;
    private final Bus bus;

    Node(String name) {
      this.name = name;
      source = storage.node(name);
      bus = Bus.install(vertx, source.routes());
      followers = new Followers(name, registry::through, nanos::get);
      RegistryStorage.Source acknowledging = followers.over(source);
      verticle =
          new RegistryVerticle(
              registry,
              acknowledging,
              bus,
              clock,
              LIMITS,
              code -> true,
              runtime -> Optional.empty(),
              () -> null);
      lease =
          new LeaseVerticle(
              name, registry, followers, acknowledging, source::confirm, bus, nanos::get);
    }

    Future<?> deploy() {
      return vertx
          .deployVerticle(
              verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
          .compose(deployed -> vertx.deployVerticle(lease));
    }

    /** Asked here, whoever owns the registry. */
    Future<FunctionPut> put(String function) {
      return bus.request(Addresses.PUT_FUNCTION, Samples.put("default", function), 10_000);
    }

    boolean has(String function) {
      return registry.find(ACCOUNT, "default", function).isPresent();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    storage = new SharedStorage(dir, NAMES);
    storage.own("n1");
    for (String name : NAMES) {
      Node node = new Node(name);
      nodes.put(name, node);
      join(node.deploy());
    }
  }

  @AfterEach
  void close() throws Exception {
    join(vertx.close());
    storage.close();
  }

  private Node node(String name) {
    return nodes.get(name);
  }

  /** Lets so much time pass, and each node see it. */
  private void pass(long millis) throws Exception {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    nodes.values().forEach(one -> one.followers.look());
  }

  /** Has {@code who} ask for a lease again and again until it has one. */
  private void awaitLease(Node who) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!who.lease.current()) {
      assertTrue(System.nanoTime() < deadline, "no lease");
      pass(50);
      join(who.bus.request(Addresses.GET_USAGE, usage()).otherwiseEmpty());
    }
  }

  // Who decides.

  @Test
  void aChangeAskedForOnAnyNodeIsSeenOnAllOnceItIsAnswered() throws Exception {
    join(node("n3").put("f"));

    for (Node node : nodes.values()) {
      assertTrue(node.has("f"), node.name);
    }
    assertEquals(2, storage.committed(), "the age of the registry and the function");
  }

  @Test
  void theNextOwnerDecidesOnWhatItHasFollowed() throws Exception {
    Function first = join(node("n1").put("f")).function();
    storage.own("n2");
    Function second = join(node("n1").put("g")).function();
    assertEquals(first.uid() + 1, second.uid());
    assertFalse(join(node("n3").put("f")).created());

    join(
        node("n3")
            .bus
            .request(Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "default", "f", "")));
    storage.own("n3");
    assertEquals(
        "2",
        join(node("n1")
                .bus
                .request(
                    Addresses.PUBLISH_VERSION, new PublishVersion(ACCOUNT, "default", "f", "")))
            .version()
            .number());
    same();
  }

  @Test
  void whileNobodyOwnsItAChangeWaitsForTheNextOwner() throws Exception {
    storage.own(null);
    Future<FunctionPut> put = node("n2").put("f");
    storage.own("n3");
    assertTrue(join(put).created());
    same();
  }

  @Test
  void aChangeWhoseCommitFailedIsNotKnownAndTheViewFollowsTheLog() throws Exception {
    storage.fail(0, true);
    var made = assertInstanceOf(Failure.Unavailable.class, failureOf(node("n1").put("made")));
    assertTrue(made.message().contains("not known"), made.message());
    storage.own("n2");
    storage.fail(0, false);
    assertInstanceOf(Failure.Unavailable.class, failureOf(node("n2").put("lost")));
    storage.own("n1");

    assertFalse(join(node("n1").put("made")).created());
    assertTrue(join(node("n1").put("lost")).created());
    same();
  }

  @Test
  void aChangeWhoseCommitWasRefusedIsMadeByTheNextOwner() throws Exception {
    storage.refuse();
    Future<FunctionPut> first = node("n3").put("f");
    Future<FunctionPut> second = node("n1").put("g");
    while (!storage.hasRefused()) {
      Thread.onSpinWait();
    }
    storage.own("n2");
    assertTrue(join(first).created());
    assertTrue(join(second).created());
    same();
  }

  @Test
  void whoeverHasLostItWithoutNoticingRefusesNothing() throws Exception {
    join(node("n1").put("f"));
    Registry stale = node("n1").registry;
    storage.node("n1").holdBack();
    storage.own("n2");
    join(
        node("n2")
            .bus
            .request(
                Addresses.DELETE_FUNCTION, new DeleteFunction(ACCOUNT, "default", "f", 0), 1_000)
            .otherwiseEmpty()); // n1 does not follow, so nobody says that it is done

    assertTrue(stale.find(ACCOUNT, "default", "f").isPresent());
    Future<FunctionPut> put =
        node("n1").bus.request(Addresses.PUT_FUNCTION, Samples.put("default", "f"), 10_000);
    storage.node("n1").release();
    assertTrue(join(put).created(), "n1 said that it is there");
    same();
  }

  @Test
  void aNodeThatIsReplacedShowsWhatTheOthersDo() throws Exception {
    join(node("n1").put("f"));
    Function gone = join(node("n1").put("gone")).function();
    storage.node("n3").holdBack();
    Future<FunctionPut> put = node("n1").put("g");
    Future<?> deleted =
        node("n1")
            .bus
            .request(
                Addresses.DELETE_FUNCTION,
                new DeleteFunction(ACCOUNT, "default", "gone", 0),
                10_000);
    while (storage.committed() < 5) {
      Thread.onSpinWait();
    }
    assertFalse(node("n3").has("g"));
    storage.node("n3").replace();
    pass(6_000); // nobody told the owner how far n3 has come
    join(put);
    join(deleted);
    assertTrue(node("n3").registry.isDeleted(gone.uid()));
    same();
  }

  // When it is told.

  @Test
  void aChangeIsNotAnsweredBeforeEveryNodeWithALeaseSeesIt() throws Exception {
    storage.node("n3").holdBack();
    Future<FunctionPut> put = node("n1").put("f");
    while (!node("n2").has("f")) {
      Thread.onSpinWait();
    }
    join(node("n2").bus.request(Addresses.GET_USAGE, usage()).otherwiseEmpty());
    assertFalse(put.isComplete());

    storage.node("n3").release();
    join(put);
    assertTrue(node("n3").has("f"));
  }

  @Test
  void aChangeIsAnsweredWhenTheLeaseOfANodeThatDoesNotFollowHasEnded() throws Exception {
    storage.node("n3").holdBack();
    Future<FunctionPut> put = node("n1").put("f");
    while (!node("n2").has("f")) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 40 && !put.isComplete(); i++) {
      pass(500);
      join(node("n2").bus.request(Addresses.GET_USAGE, usage()).otherwiseEmpty());
    }

    assertTrue(join(put).created());
    assertFalse(node("n3").lease.current(), "n3 would say that there is no such function");
    assertFalse(node("n3").has("f"));
  }

  @Test
  void aNodeWithoutALeaseGetsOneWhenItHasCaughtUp() throws Exception {
    awaitLease(node("n3"));
    storage.node("n3").holdBack();
    Future<FunctionPut> put = node("n1").put("f");
    while (!node("n2").has("f")) {
      Thread.onSpinWait();
    }
    pass(6_000);
    join(put);
    assertFalse(node("n3").lease.current());
    storage.node("n3").release();
    awaitLease(node("n3"));
    assertTrue(node("n3").has("f"));
  }

  @Test
  void whoeverHasJustBecomeTheOwnerCountsWithTheLeasesOfAll() throws Exception {
    storage.node("n3").holdBack();
    storage.own("n2");
    Future<FunctionPut> put = node("n2").put("f");
    while (!node("n1").has("f")) {
      Thread.onSpinWait();
    }
    join(node("n1").bus.request(Addresses.GET_USAGE, usage()).otherwiseEmpty());
    assertFalse(put.isComplete(), "n3 may still have a lease of n1");
    pass(6_000);
    assertTrue(join(put).created());
  }

  @Test
  void whatWaitsToBeSeenWhenTheOwnerChangesIsNotToldAsRefused() throws Exception {
    storage.node("n3").holdBack();
    Future<FunctionPut> put = node("n1").put("f");
    while (!node("n2").has("f")) {
      Thread.onSpinWait();
    }
    storage.own("n2");
    assertInstanceOf(Failure.Unavailable.class, failureOf(put));
    assertNotEquals(Optional.empty(), node("n2").registry.find(ACCOUNT, "default", "f"));
  }

  @Test
  void aNodeThatReachesNoOwnerLosesItsLease() throws Exception {
    for (Node node : nodes.values()) {
      awaitLease(node);
    }
    storage.own(null);
    pass(5_001);
    for (Node node : nodes.values()) {
      assertFalse(node.lease.current(), node.name);
    }
    ListFunctions list = new ListFunctions(ACCOUNT, "gone", null, null, 10);
    Failure refused = failureOf(node("n1").bus.request(Addresses.LIST_FUNCTIONS, list));
    assertEquals(node("n1").lease.refusal(), refused, "another node may have made it");
  }

  private static GetUsage usage() {
    return new GetUsage(ACCOUNT);
  }

  /** Every node shows the same, and what its store has. */
  private void same() {
    for (Node node : nodes.values()) {
      node.source.release();
      Registry read = new Registry();
      RegistryReader.read(node.source.store(), read);
      assertEquals(seen(read), seen(node.registry), node.name);
      assertEquals(seen(node("n1").registry), seen(node.registry), node.name);
    }
  }

  private static Map<String, Object> seen(Registry registry) {
    return Views.of(registry, ACCOUNT, List.of("default"), List.of());
  }

  private static Failure failureOf(Future<?> answer) {
    ExecutionException refused = assertThrows(ExecutionException.class, () -> join(answer));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  private static <T> T join(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
