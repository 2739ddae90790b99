package io.perdure.cluster;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.DropReplica;
import io.perdure.bus.ClusterMessages.HandLeadership;
import io.perdure.bus.ClusterMessages.JoinCluster;
import io.perdure.bus.ClusterMessages.NodeSeen;
import io.perdure.bus.ClusterMessages.OpenReplica;
import io.perdure.bus.ClusterMessages.SetMembers;
import io.perdure.bus.ClusterMessages.TellMembers;
import io.perdure.bus.Done;
import io.perdure.bus.Routes;
import io.perdure.bus.ShardMessages.Resume;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Keeps the table of nodes, and brings replicas and leaders to where they should be, while this
 * node owns the registry. Thread: one context.
 *
 * <p>Turn by turn it looks at all nodes, decides on one {@link Step} and does it. What is done to a
 * replica may take minutes; leaders are handed over meanwhile. A steward that has lost the registry
 * and does not know it yet can do no harm: it makes sure before each step that it still has it, and
 * who is told to change a group's members is told which ones they are taken to be.
 */
final class Steward {
  private static final System.Logger LOG = System.getLogger(Steward.class.getName());

  /** Between two looks when there is nothing to do at the moment. */
  private static final long REST_MILLIS = 1_000;

  /** After something was done: until leaders are settled. */
  private static final long SHORT_MILLIS = 50;

  private static final long HAND_MILLIS = 10_000;

  /** How long a shard may be kept from starting attempts only so that leaders are spread evenly. */
  private static final long SPREAD_REST_MILLIS = 1_000;

  /** How long one that is to leave its node is waited for, before another one has its turn. */
  private static final long LEAVE_REST_MILLIS = 1_000;

  /** The same once the time it may stay is over: then it is handed over as it is. */
  private static final long LAST_REST_MILLIS = 5_000;

  /** What could not be handed over is tried again after so long, behind the others. */
  private static final long HELD_MILLIS = 2_000;

  /** The same of one that is to leave its node: it may be at rest at any moment. */
  private static final long LEAVING_HELD_MILLIS = 200;

  /** A new member is given a copy of everything first. */
  private static final long MOVE_MILLIS = 600_000;

  private final Vertx vertx;
  private final Bus bus;
  private final Replicas replicas;
  private final Lookout lookout;
  private final InstantSource clock;
  private final Presence presence = new Presence();
  private final Moves moves = new Moves();
  private final Map<Integer, Held> held = new HashMap<>();

  /** Shards that have been brought to leave a node, and its name. */
  private final Map<Integer, String> leaving = new HashMap<>();

  private long term; // 0 while another node owns the registry
  private Journal journal;
  private Future<?> edits = Future.succeededFuture(); // the last one; never fails
  private boolean turning;
  private boolean stopped;
  private long timer = -1;
  private String underWay;
  private String now;

  /** A group that could not be handed over: why, and when it is tried again. */
  private record Held(String why, long untilMillis) {}

  Steward(Vertx vertx, Bus bus, Replicas replicas, Lookout lookout, InstantSource clock) {
    this.clock = clock;
    this.vertx = vertx;
    this.bus = bus;
    this.replicas = replicas;
    this.lookout = lookout;
  }

  /** This node owns the registry from now on. */
  void leading(long since) {
    if (since > term) {
      term = since;
      journal = registry().journal(since);
      wake();
    }
  }

  /** It does not. */
  void following() {
    term = 0;
    journal = null;
    now = null;
    held.clear();
    leaving.clear();
  }

  /** Nothing is decided here from now on, though this node may own the registry for a while. */
  void stop() {
    stopped = true;
    now = null;
    cancel();
  }

  /** What is being done or waited for; null for nothing, or when that is for another node. */
  String now() {
    return now;
  }

  private RaftGroup registry() {
    return replicas.group(Routes.REGISTRY);
  }

  /**
   * Changes the table; fails as fenced when another node owns the registry.
   *
   * @param change throws its failure; gives back the table as it is when there is nothing to do
   */
  Future<NodeTable> edit(UnaryOperator<NodeTable> change) {
    return queue(change).onSuccess(table -> wake());
  }

  /** Behind all that are under way: each begins with what the one before it has made. */
  private Future<NodeTable> queue(UnaryOperator<NodeTable> change) {
    Future<NodeTable> edited = edits.transform(before -> doEdit(change));
    edits = edited.otherwiseEmpty();
    return edited;
  }

  private Future<NodeTable> doEdit(UnaryOperator<NodeTable> change) {
    Journal of = journal;
    if (of == null) {
      return Future.failedFuture(fenced());
    }
    return lookout
        .table()
        .compose(
            stored -> {
              NodeTable table = stored.orElseGet(this::formed);
              NodeTable next = change.apply(table);
              return stored.isPresent() && next.version() == table.version()
                  ? Future.succeededFuture(table)
                  : of.commit(next.batch()).map(next).recover(Steward::told);
            });
  }

  /** A change that was refused is made by whoever owns the registry next. */
  private static Future<NodeTable> told(Throwable cause) {
    return cause instanceof JournalException e && e.isRefused()
        ? Future.failedFuture(fenced())
        : GroupActions.told(cause);
  }

  private static FailureException fenced() {
    return new FailureException(new Failure.Fenced(Routes.REGISTRY, null));
  }

  /** Of a cluster that has just been formed: its registry has every node as a member. */
  private NodeTable formed() {
    return NodeTable.formed(
        replicas.wanted(), registry().state().members().stream().map(GroupActions::at).toList());
  }

  // ---- turns

  private void wake() {
    cancel();
    schedule(SHORT_MILLIS);
  }

  private void cancel() {
    vertx.cancelTimer(timer);
  }

  private void schedule(long millis) {
    if (!stopped && term > 0) {
      timer = vertx.setTimer(millis, id -> turn());
    }
  }

  private void turn() {
    if (turning || term == 0 || stopped) {
      return;
    }
    turning = true;
    long of = term;
    decide()
        .compose(step -> act(step.sight(), step.step(), of))
        .onFailure(e -> LOG.log(WARNING, "{0}; looking again", e.getMessage()))
        .onComplete(
            done -> {
              turning = false;
              cancel();
              long rest = leaving.isEmpty() ? REST_MILLIS : LEAVING_HELD_MILLIS;
              schedule(done.succeeded() && done.result() ? SHORT_MILLIS : rest);
            });
  }

  private record Decided(Sight sight, Step step) {}

  private Future<Decided> decide() {
    return stored()
        .onSuccess(this::release)
        .compose(
            table ->
                lookout
                    .look(table)
                    .map(
                        seen -> {
                          Sight sight =
                              new Sight(
                                  table,
                                  replicas.shards(),
                                  seen,
                                  steady(table, seen),
                                  held(),
                                  clock.millis());
                          return new Decided(
                              sight, Balancer.next(sight, underWay, moves.staying(millis())));
                        }));
  }

  /** The table; made now when this cluster has none yet. */
  private Future<NodeTable> stored() {
    return lookout
        .table()
        .compose(
            stored ->
                stored
                    .map(Future::succeededFuture)
                    .orElseGet(() -> queue(UnaryOperator.identity())));
  }

  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }

  private Map<Integer, String> held() {
    long at = millis();
    Map<Integer, String> why = new HashMap<>();
    held.forEach(
        (group, each) -> {
          if (at < each.untilMillis) {
            why.put(group, each.why);
          }
        });
    return why;
  }

  /** What was to leave a node that is to keep it after all starts everything again. */
  private void release(NodeTable table) {
    leaving
        .entrySet()
        .removeIf(
            each -> {
              boolean stays =
                  table
                      .node(each.getValue())
                      .filter(entry -> entry.state() != NodeTable.State.ACTIVE)
                      .isEmpty();
              if (stays) {
                bus.request(Addresses.RESUME.at(each.getKey()), new Resume())
                    .onFailure(e -> LOG.log(DEBUG, "it goes on a little later", e));
              }
              return stays;
            });
  }

  private Set<String> steady(NodeTable table, List<NodeSeen> seen) {
    long at = millis();
    Set<String> steady = new HashSet<>();
    presence.keep(table.nodes().stream().map(NodeTable.Entry::name).toList());
    for (NodeTable.Entry entry : table.nodes()) {
      if (seen.stream().anyMatch(node -> node.id().equals(entry.member().id()))) {
        presence.there(entry.name(), at);
      } else {
        presence.gone(entry.name(), at);
      }
      if (presence.steady(entry.name(), at)) {
        steady.add(entry.name());
      }
    }
    return steady;
  }

  /** Does {@code step}, and tells whether the next look is worth it soon. */
  private Future<Boolean> act(Sight sight, Step step, long of) {
    now = step instanceof Step.Rest || step instanceof Step.Settle ? null : step.text();
    if (step instanceof Step.Rest || step instanceof Step.Wait) {
      return Future.succeededFuture(false);
    }
    return registry()
        .confirm(of)
        .recover(GroupActions::told)
        .compose(
            owned -> {
              boolean again = step instanceof Step.Hand hand && held.containsKey(hand.group());
              LOG.log(again ? DEBUG : INFO, step.text());
              if (step instanceof Step.Open
                  || step instanceof Step.Members
                  || step instanceof Step.Drop) {
                begin(sight, step);
                return Future.succeededFuture(true);
              }
              return perform(sight, step).map(true);
            });
  }

  /** Does {@code step} while turns go on. */
  private void begin(Sight sight, Step step) {
    underWay = step.text();
    perform(sight, step)
        .onFailure(e -> LOG.log(WARNING, "{0} failed: {1}", step.text(), e.getMessage()))
        .onComplete(
            done -> {
              underWay = null;
              cancel();
              schedule(done.succeeded() ? SHORT_MILLIS : REST_MILLIS);
            });
  }

  private Future<?> perform(Sight sight, Step step) {
    if (step instanceof Step.Open open) {
      return open.group() == Routes.REGISTRY
          ? bus.request(
              Addresses.JOIN_CLUSTER.onNode(open.node()),
              new JoinCluster(replicas.charter(), open.members()),
              MOVE_MILLIS)
          : bus.request(
              Addresses.OPEN_REPLICA.onNode(open.node()),
              new OpenReplica(open.group(), open.members()),
              MOVE_MILLIS);
    }
    if (step instanceof Step.Members change) {
      return bus.request(
          Addresses.SET_MEMBERS.onNode(change.node()),
          new SetMembers(change.group(), change.from(), change.to()),
          MOVE_MILLIS);
    }
    if (step instanceof Step.Hand hand) {
      return hand(sight.table().node(hand.node()).orElseThrow(), hand);
    }
    if (step instanceof Step.Drop drop) {
      return drop(drop, Sight.leader(sight.led(drop.group())));
    }
    if (step instanceof Step.Forget forget) {
      return queue(table -> sameAs(table, sight) ? table.without(forget.name()) : table);
    }
    return queue(table -> sameAs(table, sight) ? table.settled() : table);
  }

  /**
   * Attempts are waited for; where a node is to be rid of its shards, not for ever. What cannot be
   * handed over now does not keep the others waiting: it is tried again after them.
   */
  private Future<?> hand(NodeTable.Entry from, Step.Hand hand) {
    boolean leaves = from.state() != NodeTable.State.ACTIVE;
    long left = leaves ? Math.max(0, from.graceUntil() - clock.millis()) : 0;
    boolean anyway = leaves && left == 0;
    long rest = anyway ? LAST_REST_MILLIS : LEAVE_REST_MILLIS;
    if (!leaves) {
      rest = SPREAD_REST_MILLIS;
      moves.begun(hand.group(), millis());
    } else if (hand.group() != Routes.REGISTRY) {
      leaving.put(hand.group(), hand.node());
    }
    return bus.request(
            Addresses.HAND_LEADERSHIP.onNode(hand.node()),
            new HandLeadership(hand.group(), hand.to(), rest, anyway, left),
            HAND_MILLIS)
        .onSuccess(
            done -> {
              held.remove(hand.group());
              leaving.remove(hand.group());
            })
        .recover(
            e -> {
              String until =
                  left == 0
                      ? ""
                      : ", until " + Instant.ofEpochMilli(from.graceUntil()) + " at most";
              hold(hand, until + ": " + e.getMessage(), leaves ? LEAVING_HELD_MILLIS : HELD_MILLIS);
              return Future.succeededFuture(Done.DONE);
            });
  }

  private void hold(Step.Hand hand, String why, long millis) {
    String text = Step.name(hand.group()) + " stays on " + hand.node() + why;
    Held before = held.put(hand.group(), new Held(text, millis() + millis));
    if (before == null || !before.why.equals(text)) {
      LOG.log(INFO, text);
    }
  }

  private static boolean sameAs(NodeTable table, Sight sight) {
    return table.version() == sight.table().version();
  }

  /** Only once the group's leader has made sure that the member is none: its data go for good. */
  private Future<Done> drop(Step.Drop drop, String leader) {
    return bus.request(Addresses.TELL_MEMBERS.onNode(leader), new TellMembers(drop.group()))
        .compose(
            told ->
                told.ids().contains(drop.id())
                    ? Future.succeededFuture(Done.DONE)
                    : bus.request(
                        Addresses.DROP_REPLICA.onNode(drop.node()),
                        new DropReplica(drop.group(), drop.id()),
                        MOVE_MILLIS));
  }
}
