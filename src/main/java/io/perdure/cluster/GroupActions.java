package io.perdure.cluster;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClusterMessages.DropReplica;
import io.perdure.bus.ClusterMessages.GroupSeen;
import io.perdure.bus.ClusterMessages.HandLeadership;
import io.perdure.bus.ClusterMessages.JoinCluster;
import io.perdure.bus.ClusterMessages.MemberAt;
import io.perdure.bus.ClusterMessages.MembersTold;
import io.perdure.bus.ClusterMessages.OpenReplica;
import io.perdure.bus.ClusterMessages.SetMembers;
import io.perdure.bus.ClusterMessages.TellMembers;
import io.perdure.bus.Done;
import io.perdure.bus.Routes;
import io.perdure.bus.ShardMessages.Rest;
import io.perdure.bus.ShardMessages.Rested;
import io.perdure.bus.ShardMessages.Resume;
import io.perdure.cluster.raft.GroupState;
import io.perdure.cluster.raft.Member;
import io.perdure.cluster.raft.RaftGroup;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.store.StoreException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What this node does with its groups when it is told to. Thread: one context. Whatever the groups
 * fail with is told as unavailable, since it is worth another look at how things are.
 */
final class GroupActions {
  private static final System.Logger LOG = System.getLogger(GroupActions.class.getName());
  private static final long RETRY_MILLIS = 1_000;
  private static final long ANSWER_MILLIS = 2_000;

  private final Replicas replicas;
  private final Bus bus;
  private final Set<Integer> changing = new HashSet<>();

  GroupActions(Replicas replicas, Bus bus) {
    this.replicas = replicas;
    this.bus = bus;
  }

  /** How the groups are in which this node takes part now. Thread: any; may block. */
  List<GroupSeen> seen() {
    List<GroupSeen> seen = new ArrayList<>();
    for (int group = Routes.REGISTRY; group < replicas.shards(); group++) {
      RaftGroup of = replicas.group(group);
      if (of != null && of.problem() == null) {
        try {
          seen.add(seen(group, of.state()));
        } catch (StoreException e) {
          LOG.log(DEBUG, Step.name(group) + " is being closed, or has failed", e);
        }
      }
    }
    return seen;
  }

  private static GroupSeen seen(int group, GroupState state) {
    return new GroupSeen(
        group,
        state.leader(),
        state.term(),
        state.ready(),
        state.members().stream().map(GroupActions::at).toList(),
        state.committed(),
        state.applied(),
        state.matched());
  }

  static MemberAt at(Member member) {
    return new MemberAt(member.id(), member.host(), member.port());
  }

  private static List<Member> members(List<MemberAt> members) {
    return members.stream().map(at -> new Member(at.id(), at.host(), at.port())).toList();
  }

  Future<Done> join(JoinCluster join) {
    return replicas.group(Routes.REGISTRY) != null
        ? Future.succeededFuture(Done.DONE)
        : done(replicas.join(join.charter(), members(join.members())));
  }

  Future<Done> open(OpenReplica open) {
    return done(replicas.open(open.group(), members(open.members())));
  }

  Future<Done> drop(DropReplica drop) {
    RaftGroup of = replicas.group(drop.group());
    if (of == null) {
      return Future.succeededFuture(Done.DONE);
    }
    if (drop.group() == Routes.REGISTRY
        || !drop.id().equals(replicas.self().id())
        || of.leading() > 0) {
      return conflict("this is not to be dropped here: " + drop);
    }
    return done(replicas.drop(drop.group()));
  }

  Future<Done> setMembers(SetMembers set) {
    RaftGroup of = leading(set.group());
    List<String> present = of.state().members().stream().map(Member::id).toList();
    if (!new HashSet<>(present).equals(new HashSet<>(set.from()))) {
      return conflict(Step.name(set.group()) + " has the members " + present + " now");
    }
    if (!changing.add(set.group())) {
      return conflict("the members of " + Step.name(set.group()) + " are being changed");
    }
    return done(of.setMembers(members(set.to())))
        .onComplete(changed -> changing.remove(set.group()));
  }

  Future<Done> hand(HandLeadership hand) {
    RaftGroup group = leading(hand.group());
    if (hand.group() == Routes.REGISTRY) {
      return done(group.transferTo(hand.to()));
    }
    return bus.request(
            Addresses.REST.at(hand.group()),
            new Rest(hand.restMillis(), hand.anyway(), hand.leavingMillis()),
            hand.restMillis() + ANSWER_MILLIS)
        .recover(
            e ->
                hand.anyway() // it may not be open here yet, or any more
                    ? Future.succeededFuture(new Rested(false))
                    : goesOn(hand.group(), e))
        .compose(
            rested ->
                rested.quiet() || hand.anyway()
                    ? done(group.transferTo(hand.to())).recover(e -> goesOn(hand.group(), e))
                    : Future.failedFuture( // it goes on already, as far as it may
                        new FailureException(
                            new Failure.Unavailable(
                                "attempts of " + Step.name(hand.group()) + " run", RETRY_MILLIS))));
  }

  /** Has {@code shard}, which stays because of {@code why}, go on; fails with that. */
  private <T> Future<T> goesOn(int shard, Throwable why) {
    bus.request(Addresses.RESUME.at(shard), new Resume())
        .onFailure(e -> LOG.log(DEBUG, "it is at rest for a while", e));
    return Future.failedFuture(why);
  }

  Future<MembersTold> tellMembers(TellMembers tell) {
    RaftGroup of = leading(tell.group());
    return of.confirm(of.leading())
        .map(confirmed -> new MembersTold(of.state().members().stream().map(Member::id).toList()))
        .recover(GroupActions::told);
  }

  /** The numbers of the groups that this node leads, the registry's last. */
  List<Integer> led() {
    List<Integer> led = new ArrayList<>();
    for (int shard = 0; shard < replicas.shards(); shard++) {
      addLed(shard, led);
    }
    addLed(Routes.REGISTRY, led);
    return led;
  }

  private void addLed(int group, List<Integer> led) {
    RaftGroup of = replicas.group(group);
    if (of != null && of.leading() > 0) {
      led.add(group);
    }
  }

  private RaftGroup leading(int group) {
    RaftGroup of = replicas.group(group);
    if (of == null || of.leading() == 0) {
      throw new FailureException(
          new Failure.Unavailable(
              replicas.self().node() + " does not lead " + Step.name(group), RETRY_MILLIS));
    }
    return of;
  }

  private static Future<Done> done(Future<Void> action) {
    return action.map(Done.DONE).recover(GroupActions::told);
  }

  private static <T> Future<T> conflict(String message) {
    return Future.failedFuture(new FailureException(new Failure.Conflict(message)));
  }

  /** {@code cause}, which groups have failed with, as a failure. */
  static <T> Future<T> told(Throwable cause) {
    return Future.failedFuture(
        cause instanceof FailureException
            ? cause
            : new FailureException(
                new Failure.Unavailable(String.valueOf(cause.getMessage()), RETRY_MILLIS)));
  }
}
