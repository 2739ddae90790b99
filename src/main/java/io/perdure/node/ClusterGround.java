package io.perdure.node;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.Homes;
import io.perdure.bus.Routes;
import io.perdure.cluster.ClusteredVertx;
import io.perdure.cluster.Formation;
import io.perdure.cluster.LeaderNews;
import io.perdure.cluster.Leaders;
import io.perdure.cluster.MembershipVerticle;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.invocation.Failure;
import io.perdure.registry.Followers;
import io.perdure.registry.LeaseVerticle;
import io.perdure.registry.Registry;
import io.perdure.registry.RegistryStorage;
import io.perdure.store.Backup;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * The ground of a node that is part of a cluster: a replica of the registry and of the shards that
 * are placed here, each of which it owns while it leads its group.
 */
public final class ClusterGround implements Ground {
  private static final System.Logger LOG = System.getLogger(ClusterGround.class.getName());

  /** How often it is seen whether bodies have been removed by the owners of shards. */
  private static final long SWEEP_MILLIS = 60_000;

  /** What this node tells the others of its end, which may be gone themselves. */
  private static final long END_MILLIS = 500;

  /** How often a starting node looks whether it can serve. */
  private static final long LOOK_MILLIS = 50;

  private final ReplicatedDirectory directory;
  private final ClusteredVertx cluster;
  private final Vertx vertx;
  private final Leaders leaders;
  private final Formation formation;
  private final LeaderNews news;
  private final ClusterReplicas replicas;
  private Bus bus;
  private Registry view;
  private MeterRegistry meters;
  private Clock clock;
  private MembershipVerticle membership;
  private String membershipId;
  private RegistryStorage.Source registry;
  private volatile LeaseVerticle lease; // null until the node belongs to a cluster
  private long sweep = -1;

  /** On {@code directory}, which belongs to it, among the nodes that {@code cluster} reaches. */
  public ClusterGround(ReplicatedDirectory directory, NodeConfig config, ClusteredVertx cluster) {
    this.directory = directory;
    this.cluster = cluster;
    this.vertx = cluster.vertx();
    this.leaders = new Leaders(config.cluster().node());
    this.formation = new Formation(vertx, config.cluster(), directory, formats());
    this.news = new LeaderNews(vertx, leaders);
    this.replicas = new ClusterReplicas(directory, config, vertx, leaders, formation);
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
  public void prepare(Registry of, MeterRegistry with, Clock by) {
    clock = by;
    view = of;
    meters = with;
  }

  /**
   * Waits for the other nodes when the cluster is formed, or until it is added; not when it has
   * been before. It can be added and looked at meanwhile.
   */
  @Override
  public Future<Void> open() {
    cluster.watch(came -> {}, leaders::gone);
    membership = new MembershipVerticle(replicas, bus, formats(), clock);
    return vertx
        .deployVerticle(membership)
        .onSuccess(id -> membershipId = id)
        .compose(deployed -> formation.start())
        .compose(
            formed ->
                blocking(
                    () -> {
                      replicas.begin(formed, meters);
                      return null;
                    }))
        .compose(begun -> news.start())
        .onSuccess(told -> follow());
  }

  private static Formats formats() {
    String version = ClusterGround.class.getPackage().getImplementationVersion();
    return Formats.of(version == null ? "development" : version, ReplicatedDirectory.FORMAT);
  }

  private void follow() {
    RaftGroup group = replicas.group(Routes.REGISTRY);
    Followers followers = new Followers(leaders.self(), view::through, System::nanoTime);
    registry = followers.over(ReplicatedRegistry.source(group));
    lease =
        new LeaseVerticle(
            leaders.self(),
            view,
            followers,
            registry,
            () -> group.confirm(group.state().term()),
            bus,
            System::nanoTime);
    sweep =
        vertx.setPeriodic(
            SWEEP_MILLIS,
            id ->
                blocking(
                    () -> {
                      replicas.dropBodies();
                      return null;
                    }));
  }

  private <T> Future<T> blocking(Callable<T> step) {
    return vertx.executeBlocking(step, false);
  }

  @Override
  public Future<Void> host(HostedShards shards) {
    return replicas.host(shards);
  }

  @Override
  public RegistryStorage.Source registry() {
    return registry;
  }

  @Override
  public StoreReader registryReader() {
    return replicas.group(Routes.REGISTRY).store();
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
  public String problem() {
    List<String> missing = formation.missing();
    if (!missing.isEmpty()) {
      return "the cluster begins once all its nodes are there; missing: "
          + String.join(", ", missing);
    }
    if (replicas.waits()) {
      return "the node waits to be added to the cluster";
    }
    String resting = replicas.problem();
    if (resting != null) {
      return resting;
    }
    Failure refused = refusal();
    if (refused != null) {
      return refused.message();
    }
    return IntStream.range(0, shards())
        .filter(shard -> leaders.owner(shard) == null)
        .mapToObj(shard -> "shard " + shard + " has no owner")
        .findFirst()
        .orElse(null);
  }

  @Override
  public Future<Void> settled() {
    return problem() == null
        ? Future.succeededFuture()
        : vertx.timer(LOOK_MILLIS, TimeUnit.MILLISECONDS).compose(later -> settled());
  }

  @Override
  public boolean owns(int shard) {
    return leaders.self().equals(leaders.owner(shard));
  }

  @Override
  public int[] preferred() {
    return membership.isActive() ? leaders.owned() : leaders.ownedElsewhere();
  }

  @Override
  public Homes homes() {
    return new ClusterHomes(replicas, leaders, cluster::nodes, () -> membership.isActive());
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public Future<Void> leave(long millis) {
    return membership == null ? Future.succeededFuture() : membership.handOver(millis);
  }

  @Override
  public void backup(Path target, Clock clock) {
    Backup.create(directory, target, clock);
  }

  @Override
  public void close() {
    vertx.cancelTimer(sweep);
    if (membershipId != null) {
      await(vertx.undeploy(membershipId));
    }
    await(news.close());
    await(formation.close());
    replicas.close();
    directory.close();
  }

  private static void await(Future<Void> end) {
    try {
      end.toCompletionStage().toCompletableFuture().get(END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) { // others are told by what finds them gone
      LOG.log(WARNING, "a part of the cluster did not end cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
