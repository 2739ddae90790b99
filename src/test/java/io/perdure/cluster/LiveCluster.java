package io.perdure.cluster;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.ClusterChanged;
import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.GetCluster;
import io.perdure.bus.ClusterMessages.GroupTold;
import io.perdure.bus.ClusterMessages.NodeChange;
import io.perdure.bus.ClusterMessages.Rebalance;
import io.perdure.bus.Done;
import io.perdure.bus.GuestMessages.GuestCount;
import io.perdure.bus.Routes;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftConfig;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.cluster.raft.RaftHost;
import io.perdure.store.Replica;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreShared;
import io.perdure.testkit.FreePorts;
import io.perdure.time.SystemClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Nodes with real groups and their membership, and nothing else, in one JVM and one Vert.x. */
final class LiveCluster implements AutoCloseable {
  static final int SHARDS = 3;
  private static final String CHARTER = "what is known of the cluster";
  private static final int REPLICAS = 3;

  /** Generous: the machine may be busy. */
  private static final long PATIENCE_SECONDS = 120;

  final Vertx vertx = Vertx.vertx();
  final Map<String, LiveNode> nodes = new LinkedHashMap<>();
  private final Path dir;
  private final StoreShared shared = new StoreShared(new StoreConfig(8 << 20, 32 << 20, 8 << 20));
  private final List<LeaderNews> news = new ArrayList<>();

  /** Forms a cluster of {@code names}. */
  LiveCluster(Path dir, String... names) {
    this.dir = dir;
    for (String name : names) {
      nodes.put(name, new LiveNode(name, false));
    }
    List<Member> all = nodes.values().stream().map(LiveNode::self).toList();
    Placement placement = Placement.of(SHARDS, REPLICAS, List.of(names));
    for (LiveNode node : nodes.values()) {
      node.begin(Routes.REGISTRY, all);
      for (int shard = 0; shard < SHARDS; shard++) {
        List<String> on = placement.nodes(shard);
        if (on.contains(node.name)) {
          node.begin(shard, all.stream().filter(member -> on.contains(member.node())).toList());
        }
      }
    }
    nodes.values().forEach(LiveNode::start);
  }

  /** Starts a node that waits to be added. */
  LiveNode join(String name) {
    LiveNode node = new LiveNode(name, true);
    nodes.put(name, node);
    node.start();
    return node;
  }

  private Bus any() {
    return nodes.values().iterator().next().bus;
  }

  ClusterTold look() {
    return get(any().request(Addresses.GET_CLUSTER, new GetCluster()));
  }

  ClusterChanged change(String name, NodeChange change) {
    return change(name, change, 0);
  }

  ClusterChanged change(String name, NodeChange change, long graceMillis) {
    ChangeNode asked = new ChangeNode(name, change, graceMillis);
    return get(any().request(Addresses.CHANGE_NODE, asked, 60_000));
  }

  ClusterChanged rebalance() {
    return get(any().request(Addresses.REBALANCE, new Rebalance(), 60_000));
  }

  /** Looks until {@code holds}. */
  ClusterTold until(String what, Predicate<ClusterTold> holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    ClusterTold told = look();
    while (!holds.test(told)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(what + " did not come; it is " + told);
      }
      get(vertx.timer(100));
      told = look();
    }
    return told;
  }

  /** Waits until {@code group} has all that there is: who leads it may be changing. */
  void catchUp(RaftGroup group) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!get(group.catchUp().map(true).otherwise(false))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it does not catch up; it is " + group.state());
      }
      get(vertx.timer(100));
    }
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException
        | java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** How many shards each node leads. */
  static Map<String, Integer> leads(ClusterTold told) {
    Map<String, Integer> leads = new TreeMap<>();
    for (GroupTold group : told.groups()) {
      if (group.group() >= 0 && group.owner() != null) {
        leads.merge(group.owner(), 1, Integer::sum);
      }
    }
    return leads;
  }

  @Override
  public void close() {
    news.forEach(each -> get(each.close()));
    nodes.values().forEach(LiveNode::close);
    get(vertx.close());
    shared.close();
  }

  /** A node. */
  final class LiveNode implements Replicas {
    final String name;
    final Bus bus;
    final Leaders leaders;
    final MembershipVerticle membership;
    final Set<Integer> busy = ConcurrentHashMap.newKeySet(); // shards where attempts run on
    final Set<Integer> leaving = ConcurrentHashMap.newKeySet(); // shards, as they were told last
    volatile int guests;
    volatile String charter;
    private final Member self;
    private final RaftHost host;
    private final Map<Integer, RaftGroup> groups = new ConcurrentHashMap<>();
    private volatile boolean waits;

    LiveNode(String name, boolean waits) {
      this.name = name;
      this.waits = waits;
      charter = waits ? null : CHARTER;
      self = new Member(name + ".0000000a", "127.0.0.1", FreePorts.take(1).get(0));
      leaders = new Leaders(name);
      bus = Bus.install(vertx, leaders);
      for (int shard = 0; shard < SHARDS; shard++) { // nothing runs here
        int at = shard;
        bus.serve(
            Addresses.REST.at(shard),
            rest -> {
              if (rest.leavingMillis() > 0) {
                leaving.add(at);
              }
              return Future.succeededFuture(new Rested(!busy.contains(at)));
            });
        bus.serve(
            Addresses.RESUME.at(shard),
            resume -> {
              leaving.remove(at);
              return Future.succeededFuture(Done.DONE);
            });
      }
      bus.serve(Addresses.COUNT_GUESTS, ask -> Future.succeededFuture(new GuestCount(guests)));
      membership =
          new MembershipVerticle(
              this, bus, new Formats("test", 1, 1, 1, 1, 1, 1), new SystemClock(vertx));
      try {
        host =
            RaftHost.start(
                new RaftHost.Identity(
                    "test", self, "127.0.0.1", List.of(), dir.resolve(name + "-raft"), null),
                new RaftConfig(Duration.ofMillis(500), 64 << 20),
                vertx,
                new SimpleMeterRegistry());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void start() {
      LeaderNews own = new LeaderNews(vertx, leaders);
      news.add(own);
      get(own.start());
      get(vertx.deployVerticle(membership));
    }

    private Path store(int group) {
      return dir.resolve(name + "-" + group);
    }

    private void begin(int number, List<Member> members) {
      try {
        StoreOptions options =
            number == Routes.REGISTRY
                ? StoreOptions.registryReplica(shared)
                : StoreOptions.shard(shared);
        Replica replica = Replica.open(store(number), options);
        RaftGroup group = host.open(raftName(number), members, replica);
        groups.put(number, group);
        group.watch(
            new RaftGroup.Watcher() {
              @Override
              public void leading(long term) {
                leaders.leading(number, term);
              }

              @Override
              public void following(long term, String leader) {
                leaders.following(number, term, Member.nodeOf(leader));
              }
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private String raftName(int group) {
      return group == Routes.REGISTRY ? "registry" : "shard-" + group;
    }

    @Override
    public Member self() {
      return self;
    }

    @Override
    public int shards() {
      return SHARDS;
    }

    @Override
    public int wanted() {
      return REPLICAS;
    }

    @Override
    public boolean waits() {
      return waits;
    }

    @Override
    public RaftGroup group(int group) {
      return groups.get(group);
    }

    @Override
    public String charter() {
      return charter;
    }

    @Override
    public Future<Void> join(String of, List<Member> members) {
      return blocking(
          () -> {
            charter = of;
            begin(Routes.REGISTRY, members);
            waits = false;
          });
    }

    @Override
    public Future<Void> open(int shard, List<Member> members) {
      return blocking(() -> begin(shard, members));
    }

    @Override
    public Future<Void> drop(int shard) {
      return blocking(
          () -> {
            RaftGroup group = groups.remove(shard);
            try {
              host.leave(raftName(shard));
              group.store().store().abandon();
              delete(store(shard));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    private Future<Void> blocking(Runnable task) {
      return vertx.executeBlocking(
          () -> {
            task.run();
            return null;
          });
    }

    private void close() {
      host.close();
      groups.values().forEach(group -> group.store().close());
      groups.clear();
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
