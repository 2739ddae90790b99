package io.perdure.cluster.raft;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
import io.perdure.store.Replica;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;

/** {@inheritDoc} */
final class GroupMember implements RaftGroup, GroupMachine.Owner {
  private static final System.Logger LOG = System.getLogger(GroupMember.class.getName());

  /** For a snapshot. */
  private static final long PATIENCE_MILLIS = 60_000;

  /** For handing leadership over: a leader that waits for its heir refuses everything. */
  private static final long HAND_MILLIS = 2_000;

  /** An election that is just beginning is not seen yet. */
  private static final int LOOKS_MIN = 3;

  private final String name;
  private final Replica replica;
  private final Standing standing;
  private final Heartbeats heartbeats;
  private final Requests requests;
  private final HandOver handOver;
  private final RaftServer server;
  private final Vertx vertx;
  private final MeterRegistry meters;
  private final GroupMeters groupMeters;
  private final BiConsumer<GroupMember, String> onFailure;
  private final Coalesced catchUps = new Coalesced(this::readIndex);

  /** The present opening, or the last one while the member rests. */
  private volatile RaftServer.Division division;

  private volatile String problem;

  /** Whether Ratis ends the present opening, or has. */
  private volatile boolean ends;

  /** How often it was seen to want an election and have none. */
  private volatile int unelected;

  GroupMember(
      String name,
      Replica replica,
      Standing standing,
      Heartbeats heartbeats,
      Requests requests,
      RaftServer server,
      Vertx vertx,
      MeterRegistry meters,
      GroupMeters groupMeters,
      BiConsumer<GroupMember, String> onFailure) {
    this.name = name;
    this.replica = replica;
    this.standing = standing;
    this.heartbeats = heartbeats;
    this.requests = requests;
    this.handOver =
        new HandOver((to, ms) -> server.transferLeadershipAsync(requests.transfer(to, ms)));
    this.server = server;
    this.vertx = vertx;
    this.meters = meters;
    this.groupMeters = groupMeters;
    this.onFailure = onFailure;
  }

  // ---- its openings

  @Override
  public void opened(RaftServer.Division opening) {
    division = opening;
    ends = false;
    problem = null;
    groupMeters.resting(false);
  }

  /** {@inheritDoc} The innermost cause says what it is about. */
  @Override
  public void failed(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    onFailure.accept(this, cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  @Override
  public void ends(Throwable failure) {
    ends = true;
    failed(failure);
  }

  /** Whether it must not be closed yet: Ratis has still to begin with that. */
  boolean isAboutToEnd() {
    return ends && !hasEnded();
  }

  private boolean hasEnded() {
    LifeCycle.State state = division.getInfo().getLifeCycleState();
    return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
  }

  /** Takes no part from now on; false when it did not before. */
  synchronized boolean rest(String why) {
    boolean first = problem == null;
    problem = why;
    if (first) {
      groupMeters.resting(true);
      standing.notLeader();
    }
    return first;
  }

  @Override
  public String problem() {
    return problem;
  }

  /** Why it has to be opened again, where Ratis has ended it or a part of it; else null. */
  String ailment() {
    if (problem != null) {
      return null;
    }
    if (hasEnded()) {
      return "it has ended by itself";
    }
    DivisionInfo info = division.getInfo();
    // An election that cannot write its vote ends, and no other one is ever begun.
    unelected = info.isCandidate() && !hasElection() ? unelected + 1 : 0;
    return unelected < LOOKS_MIN ? null : "its election has ended by itself";
  }

  /** Ratis tells a candidate's role, and of elections only those that have ended. */
  private boolean hasElection() {
    ThreadGroup group = division.getThreadGroup();
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads, true);
    return Arrays.stream(threads, 0, count).anyMatch(t -> t.getName().contains("LeaderElection"));
  }

  /** Index of the last entry that was on this disk for certain. */
  long onDisk() {
    return division.getRaftLog().getFlushIndex();
  }

  /** Hands leadership to the member that has most of the log, or leaves it to an election. */
  void abdicate(long millis) throws IOException {
    DivisionInfo info = division.getInfo();
    if (!info.isLeader() || !info.isAlive()) {
      return;
    }
    List<String> heirs = Followers.heard(division);
    if (!heirs.isEmpty()) {
      ask(handOver.to(RaftPeerId.valueOf(heirs.get(0)), millis))
          .toCompletableFuture()
          .join(); // ends in time, well or not
    }
  }

  // ---- what it is asked

  @Override
  public String name() {
    return name;
  }

  @Override
  public Replica store() {
    return replica;
  }

  @Override
  public void watch(Watcher watcher) {
    standing.watch(watcher);
  }

  @Override
  public Journal journal(long term) {
    return new RaftJournal(
        name, term, entry -> append(entry, term), () -> resign(term), handOver, vertx, meters);
  }

  /** Fails with {@link NotLeaderException} if the entry is not in the log and will not be. */
  private CompletionStage<Void> append(Handed entry, long term) {
    if (!leads(term)) {
      return CompletableFuture.failedFuture(notLeader());
    }
    return submit(requests.write(entry));
  }

  /** By the member itself: the server would hand it to another thread, and wait for that. */
  private CompletableFuture<Void> submit(org.apache.ratis.protocol.RaftClientRequest request) {
    if (problem != null) {
      return CompletableFuture.failedFuture(notLeader());
    }
    try {
      return ((RaftClientAsynchronousProtocol) division)
          .submitClientRequestAsync(request)
          .thenAccept(this::check);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void check(RaftClientReply reply) {
    if (!reply.isSuccess()) {
      boolean stepsDown = reply.getLeaderSteppingDownException() != null; // told of new ones only
      throw new CompletionException(
          stepsDown ? new NotLeaderException(name, null) : reply.getException());
    }
  }

  /** Gives up leading {@code term}, if it does; whoever is elected next leads another. */
  void resign(long term) {
    vertx
        .executeBlocking(
            () -> {
              if (leads(term)) {
                ask(server.transferLeadershipAsync(requests.transfer(null, HAND_MILLIS)));
              }
              return null;
            },
            false)
        .onFailure(e -> LOG.log(Level.WARNING, name + " cannot give up leading", e));
  }

  private CompletionStage<Void> ask(CompletionStage<RaftClientReply> reply) {
    return reply
        .thenAccept(this::check)
        .exceptionally(
            e -> {
              LOG.log(Level.WARNING, name + ": " + e.getMessage());
              return null;
            });
  }

  private boolean leads(long term) {
    return problem == null && heartbeats.leads(term);
  }

  @Override
  public Future<Void> confirm(long term) {
    if (problem == null && heartbeats.leased(term)) {
      return Future.succeededFuture();
    }
    CompletableFuture<Void> confirmed =
        leads(term) ? heartbeats.confirm() : CompletableFuture.failedFuture(notLeader());
    return here(confirmed)
        .transform(
            // It leads a term once: who does so now has done so all the time.
            (led, e) -> {
              if (!leads(term)) {
                return Future.failedFuture(notLeader());
              }
              return e == null ? Future.succeededFuture() : Future.failedFuture(e);
            });
  }

  @Override
  public void tellCommitted() {
    heartbeats.send();
  }

  @Override
  public Future<Void> catchUp() {
    return here(catchUps.ask());
  }

  /** The leader asks the others whether it is one, in either case. */
  private CompletableFuture<Void> readIndex() {
    return problem == null && division.getInfo().isLeader()
        ? heartbeats.confirm().thenCompose(led -> submit(requests.read()))
        : submit(requests.read());
  }

  private NotLeaderException notLeader() {
    return new NotLeaderException(name, leader());
  }

  private String leader() {
    RaftPeerId leader = division.getInfo().getLeaderId();
    return leader == null || problem != null ? null : leader.toString();
  }

  private Future<Void> here(CompletionStage<Void> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext())
        .recover(e -> Future.failedFuture(said(e)));
  }

  private Throwable said(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof NotLeaderException || cause instanceof JournalException) {
      return cause;
    }
    if (cause instanceof org.apache.ratis.protocol.exceptions.NotLeaderException elsewhere) {
      RaftPeer leader = elsewhere.getSuggestedLeader();
      return new NotLeaderException(name, leader == null ? null : leader.getId().toString());
    }
    return new JournalException(name + ": " + cause.getMessage(), cause);
  }

  @Override
  public long leading() {
    DivisionInfo info = division.getInfo();
    long term = info.getCurrentTerm();
    return problem == null && info.isLeader() && info.isLeaderReady() ? term : 0;
  }

  @Override
  public GroupState state() {
    DivisionInfo info = division.getInfo();
    boolean ready = leading() > 0;
    return new GroupState(
        leader(),
        info.getCurrentTerm(),
        ready,
        members(),
        division.getRaftLog().getLastCommittedIndex(),
        replica.applied(),
        ready ? Followers.matched(info) : Map.of());
  }

  private List<Member> members() {
    return Peers.members(division.getRaftConf().getCurrentPeers());
  }

  @Override
  public List<String> heirs() {
    return problem == null ? Followers.heard(division) : List.of();
  }

  @Override
  public Future<Void> transferTo(String memberId) {
    long term = division.getInfo().getCurrentTerm();
    return blocking(() -> handOver.to(RaftPeerId.valueOf(memberId), HAND_MILLIS))
        .onFailure(e -> heartbeats.kept(term));
  }

  /**
   * {@inheritDoc}
   *
   * <p>One joins at a time, and who leaves does so last: a group of which half is new may find no
   * leader.
   */
  @Override
  public Future<Void> setMembers(List<Member> members) {
    List<RaftPeer> all = new ArrayList<>(division.getRaftConf().getCurrentPeers());
    Future<Void> done = Future.succeededFuture();
    for (RaftPeer peer : Peers.of(members)) {
      if (all.stream().noneMatch(old -> old.getId().equals(peer.getId()))) {
        all.add(peer);
        List<RaftPeer> joined = List.copyOf(all);
        done = done.compose(v -> change(joined));
      }
    }
    return done.compose(v -> change(Peers.of(members)));
  }

  private Future<Void> change(List<RaftPeer> peers) {
    RaftServer.Division of = division;
    long term = of.getInfo().getCurrentTerm();
    return vertx
        .executeBlocking(replica::bytes, false)
        .compose(
            bytes ->
                Stall.watch(
                    vertx,
                    Stall.limitMillis(bytes),
                    () -> Followers.progress(of),
                    blocking(() -> server.setConfigurationAsync(requests.members(peers)))))
        .onFailure(
            e -> {
              if (e instanceof TimeoutException) { // Ratis refuses any other change until then
                resign(term);
              }
            })
        .recover(e -> Future.failedFuture(said(e)));
  }

  @Override
  public Future<Void> snapshot() {
    return blocking(() -> server.snapshotManagementAsync(requests.snapshot(PATIENCE_MILLIS)));
  }

  /** {@inheritDoc} On the thread that applies. */
  @Override
  public void snapshotSoon() {
    snapshot()
        .onFailure(
            e ->
                LOG.log(
                    Level.WARNING,
                    name + ": no snapshot, asked for again once as much has been applied: " + e));
  }

  private interface Question {
    CompletionStage<RaftClientReply> ask() throws IOException;
  }

  /** On a worker: the server waits until it has handed the question to its own threads. */
  private Future<Void> blocking(Question question) {
    return vertx
        .executeBlocking(question::ask, false)
        .compose(reply -> here(reply.thenAccept(this::check)));
  }
}
