package io.perdure.node;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Routes;
import io.perdure.cluster.Formation;
import io.perdure.cluster.Leaders;
import io.perdure.cluster.Placement;
import io.perdure.cluster.Replicas;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.cluster.raft.RaftHost;
import io.perdure.cluster.raft.RaftTls;
import io.perdure.journal.Family;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import io.perdure.store.Meta;
import io.perdure.store.Replica;
import io.perdure.store.ReplicatedDirectory;
import io.perdure.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** The groups of which this node has a replica: those it finds at its start, and what comes. */
final class ClusterReplicas implements Replicas {
  private static final System.Logger LOG = System.getLogger(ClusterReplicas.class.getName());
  private static final String REGISTRY = "registry";

  private final ReplicatedDirectory directory;
  private final NodeConfig config;
  private final Vertx vertx;
  private final Leaders leaders;
  private final Formation formation;
  private final Map<Integer, RaftGroup> groups = new ConcurrentHashMap<>();
  private final Map<Integer, Long> dropped = new ConcurrentHashMap<>(); // low water, by shard
  private final Promise<Void> begun = Promise.promise();
  private volatile List<Member> joining; // of the registry's group, told to a node that is added
  private volatile RaftHost host; // null until the node belongs to a cluster
  private volatile HostedShards hosted; // null until shards can be served

  ClusterReplicas(
      ReplicatedDirectory directory,
      NodeConfig config,
      Vertx vertx,
      Leaders leaders,
      Formation formation) {
    this.directory = directory;
    this.config = config;
    this.vertx = vertx;
    this.leaders = leaders;
    this.formation = formation;
  }

  /** Opens what this node has of {@code formed}, or is to have when that is new. Blocks. */
  void begin(Formed formed, MeterRegistry meters) throws IOException {
    List<Member> all = formed.members().stream().map(this::present).toList();
    List<Member> others = all.stream().filter(one -> !one.node().equals(self().node())).toList();
    host =
        RaftHost.start(
            new RaftHost.Identity(
                formed.id(),
                self(),
                config.cluster().self().host(),
                others,
                directory.raft(),
                tls()),
            config.raft(),
            vertx,
            meters);
    Placement placement =
        Placement.of(shards(), formed.replicas(), all.stream().map(Member::node).toList());
    boolean first = !directory.placed() && !config.cluster().join();
    List<Integer> own =
        IntStream.range(0, shards())
            .filter(shard -> directory.has(shard) || (first && placement.has(self().node(), shard)))
            .boxed()
            .toList();
    directory.open(own);
    open(Routes.REGISTRY, REGISTRY, joining == null ? all : joining, directory.registry());
    for (int shard : own) {
      List<String> on = placement.nodes(shard);
      openShard(shard, all.stream().filter(one -> on.contains(one.node())).toList());
    }
    directory.setPlaced();
    begun.tryComplete();
  }

  private void openShard(int shard, List<Member> members) throws IOException {
    open(shard, "shard-" + shard, members, directory.shard(shard));
  }

  private void open(int number, String name, List<Member> members, Replica replica)
      throws IOException {
    RaftGroup group = host.open(name, members, replica);
    group.watch(new Lead(number));
    groups.put(number, group);
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

  private static Member member(ClusterMember of) {
    return new Member(of.id(), of.host(), of.raftPort());
  }

  /** Where the settings say that it is now: it may have moved since the cluster was formed. */
  private Member present(ClusterMember of) {
    return config.cluster().nodes().stream()
        .filter(peer -> peer.name().equals(of.name()))
        .findFirst()
        .map(peer -> member(peer.member(of.incarnation())))
        .orElseGet(() -> member(of));
  }

  private RaftTls tls() {
    return config
        .cluster()
        .tls()
        .map(tls -> new RaftTls(tls.certificate(), tls.key(), tls.authority()))
        .orElse(null);
  }

  /** Why one of them takes no part at the moment; null when all do. Thread: any. */
  String problem() {
    return new TreeMap<>(groups)
        .entrySet().stream()
            .filter(group -> group.getValue().problem() != null)
            .map(group -> group.getValue().name() + " rests here: " + group.getValue().problem())
            .findFirst()
            .orElse(null);
  }

  /** Has {@code shards} serve what is here, and what comes. */
  Future<Void> host(HostedShards shards) {
    List<Future<Void>> starts = new ArrayList<>();
    synchronized (this) {
      hosted = shards;
      groups.forEach(
          (number, group) -> {
            if (number != Routes.REGISTRY) {
              starts.add(serve(number, group));
            }
          });
    }
    return Future.all(starts).mapEmpty();
  }

  private Future<Void> serve(int shard, RaftGroup group) {
    return hosted.host(shard, ReplicatedShard.source(group, directory.epochBase()));
  }

  /**
   * Removes the bodies that owners have removed, from replicas too: each in its own time. Blocks.
   */
  void dropBodies() {
    groups.forEach(
        (number, group) -> {
          if (number == Routes.REGISTRY) {
            return;
          }
          try {
            long lowWater = Meta.number(group.store().get(Family.META, Meta.lowWater()));
            if (lowWater > dropped.getOrDefault(number, 0L)) {
              group.store().store().dropBelow((int) lowWater);
              dropped.put(number, lowWater);
            }
          } catch (StoreException e) {
            LOG.log(WARNING, "bodies of shard " + number + " stay until the next look", e);
          }
        });
  }

  /** Ends all groups; blocks. */
  void close() {
    if (host != null) {
      host.close();
    }
  }

  // ---- what membership asks for

  @Override
  public Member self() {
    return member(config.cluster().self().member(directory.incarnation()));
  }

  @Override
  public int shards() {
    return directory.shards();
  }

  @Override
  public boolean waits() {
    return config.cluster().join() && directory.formed().isEmpty();
  }

  @Override
  public int wanted() {
    return config.cluster().replicas();
  }

  @Override
  public RaftGroup group(int group) {
    return groups.get(group);
  }

  @Override
  public String charter() {
    return directory.formed().orElseThrow().json().toString();
  }

  @Override
  public Future<Void> join(String charter, List<Member> members) {
    ClusterMember own = config.cluster().self().member(directory.incarnation());
    return blocking(() -> Formed.of(charter).with(own))
        .compose(
            formed -> {
              joining = members;
              return formation.join(formed);
            })
        .compose(joined -> begun.future());
  }

  @Override
  public Future<Void> open(int shard, List<Member> members) {
    return blocking(
            () -> {
              synchronized (this) {
                RaftGroup here = groups.get(shard);
                if (here != null && here.problem() != null) {
                  throw new StoreException(here.name() + " rests: " + here.problem(), null);
                }
                if (here == null) {
                  openShard(shard, members);
                }
                return here == null;
              }
            })
        .compose(
            opened ->
                opened && hosted != null
                    ? serve(shard, groups.get(shard))
                    : Future.succeededFuture());
  }

  @Override
  public Future<Void> drop(int shard) {
    if (groups.remove(shard) == null) {
      return Future.succeededFuture();
    }
    Future<Void> released = hosted == null ? Future.succeededFuture() : hosted.release(shard);
    return released.compose(
        done ->
            blocking(
                () -> {
                  host.leave("shard-" + shard);
                  directory.forget(shard);
                  dropped.remove(shard);
                  return null;
                }));
  }

  private <T> Future<T> blocking(Callable<T> step) {
    return vertx.executeBlocking(step, false);
  }
}
