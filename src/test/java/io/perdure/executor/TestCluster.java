package io.perdure.executor;

import static io.perdure.runtime.Attempts.await;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.Homes;
import io.perdure.bus.Routes;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.TestRoutes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** The executors of several nodes, and the homes of their limits, on one Vert.x. */
final class TestCluster {
  static final long EPOCH = 7;
  static final int SHARDS = 2;
  private static final RuntimeSpec SPEC = new RuntimeSpec.Command(List.of("x"), Map.of());

  final Vertx vertx;
  final Known functions = new Known();
  final VirtualClock clock = new VirtualClock(Instant.ofEpochMilli(1_000_000));
  final Map<String, Node> nodes = new ConcurrentHashMap<>();

  /** By how much the clock that never goes back is ahead, nanoseconds. */
  private final AtomicLong ahead = new AtomicLong();

  /** By how much that of the homes is ahead, nanoseconds. */
  private final AtomicLong homesAhead = new AtomicLong();

  private volatile Set<String> names;
  private final Map<Integer, String> owners = new ConcurrentHashMap<>();
  private final Map<Integer, Long> epochs = new ConcurrentHashMap<>();

  /** One node. */
  final class Node implements Homes {
    final String name;
    final TestRoutes routes;
    final Bus bus;
    final HandRuntime runtime = new HandRuntime(true);
    final SimpleMeterRegistry meters =
        new SimpleMeterRegistry(SimpleConfig.DEFAULT, new AheadOfTime(ahead));
    final ExecutorVerticle executor;

    /** Whether it may run what is another one's. */
    volatile boolean takesIn = true;

    /** What the shards of this node are told. */
    final BlockingQueue<FromExecutor> told = new LinkedBlockingQueue<>();

    Node(Vertx vertx, String name, int slots) {
      this.name = name;
      routes = new TestRoutes(name);
      bus = Bus.install(vertx, routes);
      executor =
          new ExecutorVerticle(
              new ExecutorConfig(slots, 4096, 1 << 20, 1 << 10),
              bus,
              clock,
              functions,
              Map.of("command", runtime),
              meters,
              this);
    }

    @Override
    public Routes routes() {
      return routes;
    }

    @Override
    public int shards() {
      return SHARDS;
    }

    @Override
    public Future<Long> confirm(int shard) {
      return name.equals(owners.get(shard))
          ? Future.succeededFuture(epochs.get(shard))
          : Future.failedFuture(new FailureException(new Failure.Fenced(shard, null)));
    }

    @Override
    public Set<String> nodes() {
      return names;
    }

    @Override
    public Set<String> present() {
      return nodes();
    }

    @Override
    public boolean takesIn() {
      return takesIn;
    }

    /** A shard of this node hands over a new invocation of {@code function}. */
    Run run(Function function, Invocation.Mode mode) {
      InvocationBuilder next = Attempts.invocation(0, function).edit();
      next.mode = mode;
      Run run = new Run(next.build(), EPOCH, 1, new byte[] {1});
      executor.take(run);
      return run;
    }

    HandRuntime.Started started() throws InterruptedException {
      return Attempts.next(runtime.attempts);
    }
  }

  /** With so many slots on each of {@code names}; the first one owns everything. */
  TestCluster(Vertx vertx, int slots, String... names) throws Exception {
    this(vertx, Arrays.stream(names).collect(Collectors.toMap(name -> name, name -> slots)), names);
  }

  /** With so many slots on each of {@code names}; the first one owns everything. */
  TestCluster(Vertx vertx, Map<String, Integer> slots, String... names) throws Exception {
    this.vertx = vertx;
    this.names = Set.of(names);
    for (String name : names) {
      Node node = new Node(vertx, name, slots.get(name));
      nodes.put(name, node);
      for (int shard = 0; shard < SHARDS; shard++) {
        await(node.bus.listen(Addresses.ATTEMPT.at(shard), node.told::add));
      }
      await(vertx.deployVerticle(node.executor));
      await(
          vertx.deployVerticle(
              new PlacesVerticle(
                  node, functions, node.bus, () -> System.nanoTime() + homesAhead.get())));
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      own(shard, names[0]);
    }
  }

  /** The executors believe that so much time has gone by. */
  void skip(Duration time) {
    ahead.addAndGet(time.toNanos());
  }

  /** The homes believe that so much time has gone by. */
  void skipHomes(Duration time) {
    homesAhead.addAndGet(time.toNanos());
  }

  /** One more node is of the cluster, and has gone. */
  void gone(String name) {
    Set<String> all = new HashSet<>(names);
    all.add(name);
    names = Set.copyOf(all);
  }

  private record AheadOfTime(AtomicLong nanos) implements Clock {
    @Override
    public long wallTime() {
      return System.currentTimeMillis();
    }

    @Override
    public long monotonicTime() {
      return System.nanoTime() + nanos.get();
    }
  }

  Node node(String name) {
    return nodes.get(name);
  }

  /** From now on {@code name} owns {@code shard}. */
  void own(int shard, String name) {
    owners.put(shard, name);
    epochs.merge(shard, 1L, Long::sum);
    nodes.values().forEach(node -> node.routes.owns(shard, name));
  }

  /** Functions that a test defines. */
  static final class Known implements Functions {
    private final Map<Long, Function> known = new ConcurrentHashMap<>();

    Function put(long uid, int concurrency) {
      Function function = Attempts.function(uid, "fn" + uid, SPEC, 60_000, concurrency, false);
      known.put(uid, function);
      return function;
    }

    @Override
    public Optional<Function> find(String account, String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Function byUid(long uid) {
      return known.get(uid);
    }

    @Override
    public Function byUid(long uid, String qualifier) {
      return byUid(uid);
    }

    @Override
    public Optional<Function> resolve(Function function, String qualifier, long point) {
      return Optional.of(function);
    }

    @Override
    public boolean hasNamespace(String account, String namespace) {
      return true;
    }
  }
}
