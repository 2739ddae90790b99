package io.perdure.node;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.bus.Routes;
import io.perdure.cluster.ClusteredVertx;
import io.perdure.cluster.Formation;
import io.perdure.cluster.LeaderNews;
import io.perdure.cluster.Leaders;
import io.perdure.cluster.Placement;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.cluster.raft.RaftHost;
import io.perdure.cluster.raft.RaftTls;
import io.perdure.invocation.Failure;
import io.perdure.registry.Followers;
import io.perdure.registry.LeaseVerticle;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryStorage;
import io.perdure.shard.ShardStorage;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The ground of a node that is part of a cluster: a replica of the registry and of the shards that
 * are placed here, each of which it owns while it leads its group.
 */
public final class ClusterGround implements Ground {
  private static final System.Logger LOG = System.getLogger(ClusterGround.class.getName());

  /** In the directory of the groups, once all those of the formation have been made. */
  private static final String PLACED = "placed";

  private final ReplicatedDirectory directory;
  private final NodeConfig config;
  private final ClusteredVertx cluster;
  private final Vertx vertx;
  private final Leaders leaders;
  private final Formation formation;
  private final LeaderNews news;
  private final Map<Integer, RaftGroup> shards = new ConcurrentHashMap<>();

  private MeterRegistry meters;
  private Followers followers;
  private RegistryStorage.Source registry;
  private Registry view;
  private LeaseVerticle lease;
  private Bus bus;
  private volatile RaftHost host; // null until the node belongs to a cluster
  private volatile RaftGroup registryGroup;

  /** On {@code directory}, which belongs to it, among the nodes that {@code cluster} reaches. */
  public ClusterGround(ReplicatedDirectory directory, NodeConfig config, ClusteredVertx cluster) {
    this.directory = directory;
    this.config = config;
    this.cluster = cluster;
    this.vertx = cluster.vertx();
    this.leaders = new Leaders(config.cluster().node());
    this.formation = new Formation(vertx, config.cluster(), directory);
    this.news = new LeaderNews(vertx, leaders);
  }

  @Override
  public Path path() {
    return directory.path();
  }

  @Override
  public int shards() {
    return directory.shards();
  }

  @Override
  public Bus bus(Vertx of) {
    bus = Bus.install(of, leaders);
    return bus;
  }

  @Override
  public void prepare(Registry of, MeterRegistry with) {
    view = of;
    meters = with;
  }

  /** Waits for the other nodes when the cluster is formed; not when it has been before. */
  @Override
  public Future<Void> open() {
    return formation
        .start()
        .compose(
            formed ->
                vertx.<Void>executeBlocking(
                    () -> {
                      begin(formed);
                      return null;
                    },
                    false))
        .compose(begun -> news.start())
        .onSuccess(
            told -> {
              cluster.watch(came -> {}, leaders::gone);
              followers = new Followers(leaders.self(), view::through, System::nanoTime);
              RegistryStorage.Source source = ReplicatedRegistry.source(registryGroup);
              registry = followers.over(source);
              lease =
                  new LeaseVerticle(
                      leaders.self(),
                      view,
                      followers,
                      registry,
                      () -> registryGroup.confirm(registryGroup.state().term()),
                      bus,
                      System::nanoTime);
            });
  }

  private void begin(Formed formed) throws IOException {
    List<Member> all = formed.members().stream().map(ClusterGround::member).toList();
    Member self =
        all.stream().filter(one -> one.node().equals(leaders.self())).findFirst().orElseThrow();
    host =
        RaftHost.start(
            new RaftHost.Identity(
                formed.id(), self, config.cluster().self().host(), directory.raft(), tls()),
            config.raft(),
            vertx,
            meters);
    registryGroup = host.open("registry", all, directory.registry());
    registryGroup.watch(new Lead(Routes.REGISTRY));
    Placement placement = Placement.of(shards(), formed.replicas(), names(all));
    Path placed = directory.raft().resolve(PLACED);
    boolean first = !Files.exists(placed) && !config.cluster().join();
    for (int shard = 0; shard < shards(); shard++) {
      if (directory.has(shard) || (first && placement.has(self.node(), shard))) {
        List<String> on = placement.nodes(shard);
        open(shard, all.stream().filter(one -> on.contains(one.node())).toList());
      }
    }
    Files.write(placed, new byte[0]);
  }

  private static Member member(ClusterMember of) {
    return new Member(of.id(), of.host(), of.raftPort());
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::node).toList();
  }

  private RaftTls tls() {
    return config
        .cluster()
        .tls()
        .map(tls -> new RaftTls(tls.certificate(), tls.key(), tls.authority()))
        .orElse(null);
  }

  private void open(int shard, List<Member> members) throws IOException {
    RaftGroup group = host.open("shard-" + shard, members, directory.shard(shard));
    group.watch(new Lead(shard));
    shards.put(shard, group);
  }

  /** Tells this node, and by it the others, who leads a group. */
  private final class Lead implements RaftGroup.Watcher {
    private final int number;

    Lead(int number) {
      this.number = number;
    }

    @Override
    public void leading(long term) {
      leaders.leading(number, term);
    }

    @Override
    public void following(long term, String leader) {
      leaders.following(number, term, Member.nodeOf(leader));
    }
  }

  @Override
  public Map<Integer, ShardStorage.Source> shardsHere() {
    Map<Integer, ShardStorage.Source> here = new TreeMap<>();
    shards.forEach(
        (shard, group) -> here.put(shard, ReplicatedShard.source(group, directory.epochBase())));
    return here;
  }

  @Override
  public RegistryStorage.Source registry() {
    return registry;
  }

  @Override
  public StoreReader registryReader() {
    return registryGroup.store();
  }

  /** Each opening has a journal of its own. */
  @Override
  public RegistryStorage.Source packages() {
    return registry;
  }

  @Override
  public List<Deployable> concerns() {
    return List.of(lease);
  }

  @Override
  public Failure refusal() {
    LeaseVerticle of = lease;
    return of == null || of.current() ? null : of.refusal();
  }

  @Override
  public boolean owns(int shard) {
    return leaders.self().equals(leaders.owner(shard));
  }

  @Override
  public int[] owned() {
    return leaders.owned();
  }

  @Override
  public String problem() {
    List<String> missing = formation.missing();
    if (!missing.isEmpty()) {
      return "the cluster begins once all its nodes are there; missing: "
          + String.join(", ", missing);
    }
    if (refusal() != null) {
      return refusal().message();
    }
    return IntStream.range(0, shards())
        .filter(shard -> leaders.owner(shard) == null)
        .mapToObj(shard -> "shard " + shard + " has no owner")
        .findFirst()
        .orElse(null);
  }

  @Override
  public void backup(Path target, Clock clock) {
    throw new StoreException(
        "a node of a cluster makes no backup: what it has, others have, too", null);
  }

  @Override
  public void close() {
    await(news.close());
    await(formation.close());
    if (host != null) {
      host.close();
    }
    directory.close();
  }

  private static void await(Future<Void> end) {
    try {
      end.toCompletionStage().toCompletableFuture().join();
    } catch (RuntimeException e) {
      LOG.log(WARNING, "a part of the cluster did not end cleanly", e);
    }
  }
}
