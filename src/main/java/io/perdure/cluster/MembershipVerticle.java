package io.perdure.cluster;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.ChangeNode;
import io.perdure.bus.ClusterMessages.ClusterChanged;
import io.perdure.bus.ClusterMessages.ClusterTold;
import io.perdure.bus.ClusterMessages.Formats;
import io.perdure.bus.ClusterMessages.HandLeadership;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.ClusterMessages.NodeWaits;
import io.perdure.bus.Done;
import io.perdure.bus.GuestMessages.CountGuests;
import io.perdure.bus.GuestMessages.GuestCount;
import io.perdure.bus.Routes;
import io.perdure.cluster.NodeTable.State;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.journal.Batch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What a node has to do with the others being there: tells how it is, does what it is told with its
 * replicas, answers the operator; on the node that owns the registry its {@link Steward} decides.
 * Thread: event loop.
 */
public final class MembershipVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(MembershipVerticle.class.getName());
  private static final long TICK_MILLIS = 1_000;

  /** A node that waits tells so each second; one that has not for this long waits no more. */
  private static final long WAITING_NANOS = 5_000_000_000L;

  private final Replicas replicas;
  private final Bus bus;
  private final Formats formats;
  private final InstantSource clock;
  private final GroupActions actions;
  private final Map<String, Waiting> waiting = new TreeMap<>();
  private Lookout lookout;
  private Steward steward;
  private RaftGroup registry; // once it is watched
  private long timer;
  private final Set<String> failed = new HashSet<>(); // names of nodes that took over nothing
  private volatile boolean active = true;
  private boolean reading; // the table of nodes
  private boolean unread;
  private boolean stopping;
  private boolean stopped;

  private record Waiting(NodeWaits node, long atNanos) {}

  /**
   * The membership of this node.
   *
   * @param replicas what this node has of the groups
   * @param formats what this program writes and understands
   */
  public MembershipVerticle(Replicas replicas, Bus bus, Formats formats, InstantSource clock) {
    this.replicas = replicas;
    this.bus = bus;
    this.formats = formats;
    this.clock = clock;
    this.actions = new GroupActions(replicas, bus);
  }

  @Override
  public Future<?> start() {
    lookout = new Lookout(vertx, bus, replicas);
    steward = new Steward(vertx, bus, replicas, lookout, clock);
    timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
    watchRegistry();
    return Future.all(
            List.of(
                bus.serve(Addresses.LOOK_AT_NODE, look -> seen()),
                bus.serve(Addresses.JOIN_CLUSTER, actions::join),
                bus.serve(Addresses.OPEN_REPLICA, actions::open),
                bus.serve(Addresses.DROP_REPLICA, actions::drop),
                bus.serve(Addresses.SET_MEMBERS, actions::setMembers),
                bus.serve(Addresses.HAND_LEADERSHIP, actions::hand),
                bus.serve(Addresses.TELL_MEMBERS, actions::tellMembers)))
        .compose(
            served ->
                Future.all(
                    List.of(
                        bus.listen(Addresses.NODE_WAITS, this::note),
                        bus.serve(Addresses.GET_CLUSTER, get -> tell()),
                        bus.serve(Addresses.CHANGE_NODE, this::change),
                        bus.serve(
                            Addresses.REBALANCE,
                            asked -> changed(table -> table.moved(replicas.wanted()))))));
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    steward.stop();
    return Future.succeededFuture();
  }

  private void tick() {
    watchRegistry();
    long now = System.nanoTime();
    waiting.values().removeIf(node -> now - node.atNanos() > WAITING_NANOS);
    if (replicas.waits()) {
      bus.publish(Addresses.NODE_WAITS, new NodeWaits(GroupActions.at(replicas.self()), formats));
    }
  }

  private void note(NodeWaits node) {
    waiting.put(node.member().node(), new Waiting(node, System.nanoTime()));
  }

  private List<NodeWaits> waiting() {
    return waiting.values().stream().map(Waiting::node).toList();
  }

  /** From the moment on from which this node has the registry; one that waits gets it later. */
  private void watchRegistry() {
    if (registry != null || replicas.group(Routes.REGISTRY) == null) {
      return;
    }
    registry = replicas.group(Routes.REGISTRY);
    registry.watch(
        new RaftGroup.Watcher() {
          @Override
          public void leading(long term) {
            here(() -> steward.leading(term));
          }

          @Override
          public void following(long term, String leader) {
            here(steward::following);
          }

          @Override
          public void applied(Batch batch, long index) {
            here(MembershipVerticle.this::readState);
          }

          @Override
          public void replaced() {
            here(MembershipVerticle.this::readState);
          }
        });
    readState();
  }

  /** Finds out whether this node is to have work; what changes meanwhile is read afterwards. */
  private void readState() {
    unread = true;
    if (reading) {
      return;
    }
    reading = true;
    unread = false;
    lookout
        .table()
        .onSuccess(stored -> active = isActive(stored))
        .onFailure(e -> LOG.log(WARNING, "whether this node is drained is not known", e))
        .onComplete(
            read -> {
              reading = false;
              if (unread) {
                readState();
              }
            });
  }

  private boolean isActive(Optional<NodeTable> stored) {
    return stored
        .flatMap(table -> table.node(replicas.self().node()))
        .map(entry -> entry.state() == State.ACTIVE)
        .orElse(true);
  }

  private void here(Runnable task) {
    context.runOnContext(
        v -> {
          if (!stopped) {
            task.run();
          }
        });
  }

  /** How far a replica is may have to be read from its disk. */
  private Future<NodeSeen> seen() {
    Future<Integer> guests =
        bus.request(
                Addresses.COUNT_GUESTS.onNode(replicas.self().node()),
                new CountGuests(),
                TICK_MILLIS)
            .map(GuestCount::guests)
            .otherwise(
                e -> {
                  LOG.log(DEBUG, "no executor serves here yet, or any more: {0}", e.getMessage());
                  return 0;
                });
    return vertx
        .executeBlocking(actions::seen, false)
        .compose(
            groups ->
                guests.map(
                    count ->
                        new NodeSeen(
                            replicas.self().id(),
                            formats,
                            stopping,
                            groups,
                            steward.now(),
                            count)));
  }

  // ---- the operator

  private Future<ClusterTold> tell() {
    String self = replicas.self().node();
    return lookout
        .table()
        .compose(
            stored ->
                stored.isEmpty()
                    ? Future.succeededFuture(Overview.outside(self, waiting()))
                    : lookout
                        .look(stored.get())
                        .map(
                            seen ->
                                Overview.of(
                                    self,
                                    new Sight(
                                        stored.get(),
                                        replicas.shards(),
                                        seen,
                                        Set.of(),
                                        Map.of(),
                                        clock.millis()),
                                    waiting())));
  }

  private Future<ClusterChanged> change(ChangeNode change) {
    Waiting node = waiting.get(change.name());
    LOG.log(INFO, "asked to {0} {1}", change.change(), change.name());
    return changed(
        table ->
            NodeChanges.apply(
                table, change, node == null ? null : node.node(), formats, clock.millis()));
  }

  private Future<ClusterChanged> changed(UnaryOperator<NodeTable> change) {
    return steward.edit(change).map(table -> new ClusterChanged(table.version()));
  }

  // ---- the end of this node

  /**
   * Hands over all that this node leads, one group after another, before it ends; it is handed
   * nothing from now on. Thread: any.
   *
   * @param millis most it takes; what is left by then is taken over by an election, as after a
   *     failure
   * @return completes, and never fails, when nothing is led here any more or the time is over
   */
  public Future<Void> handOver(long millis) {
    Promise<Void> done = Promise.promise();
    if (context == null) {
      return Future.succeededFuture(); // never started
    }
    context.runOnContext(
        v -> {
          stopping = true;
          steward.stop();
          long end = System.nanoTime() + millis * 1_000_000;
          draining()
              .compose(others -> handOver(actions.led().iterator(), others, end))
              .recover(
                  e -> {
                    LOG.log(WARNING, "what this node leads was not handed over", e);
                    return Future.succeededFuture();
                  })
              .onComplete(done);
        });
    return done.future();
  }

  /**
   * Whether this node is to have its share of the work: not one that is drained or removed. True
   * while it does not know. Thread: any.
   */
  public boolean isActive() {
    return active;
  }

  /** Names of the nodes that are not to lead. */
  private Future<Set<String>> draining() {
    return lookout
        .table()
        .map(
            stored ->
                stored.stream()
                    .flatMap(table -> table.nodes().stream())
                    .filter(entry -> entry.state() != State.ACTIVE)
                    .map(NodeTable.Entry::name)
                    .collect(Collectors.toSet()));
  }

  private Future<Void> handOver(Iterator<Integer> groups, Set<String> draining, long end) {
    if (!groups.hasNext()) {
      return Future.succeededFuture();
    }
    int group = groups.next();
    return hand(group, heirs(group, draining).iterator(), end)
        .compose(handed -> handOver(groups, draining, end));
  }

  /** The other members that are there and may lead {@code group}, who is likely to do so first. */
  private List<String> heirs(int group, Set<String> draining) {
    return replicas.group(group).heirs().stream()
        .filter(id -> !draining.contains(Member.nodeOf(id)))
        .sorted(Comparator.comparing(id -> failed.contains(Member.nodeOf(id))))
        .toList();
  }

  private Future<Done> hand(int group, Iterator<String> heirs, long end) {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (!heirs.hasNext() || millis <= 0) {
      LOG.log(INFO, "{0} is left to an election", Step.name(group));
      return Future.succeededFuture(Done.DONE);
    }
    // What runs here has had its time by now: the node ends.
    HandLeadership hand = new HandLeadership(group, heirs.next(), 0, true, 0);
    return bus.request(
            Addresses.HAND_LEADERSHIP.onNode(replicas.self().node()), hand, Math.max(1, millis))
        .recover(
            e -> {
              failed.add(Member.nodeOf(hand.to())); // it may have just gone
              return hand(group, heirs, end);
            });
  }
}
