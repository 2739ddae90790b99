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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/** {@inheritDoc} */
final class GroupMember implements RaftGroup {
  private static final System.Logger LOG = System.getLogger(GroupMember.class.getName());

  /** For a snapshot, and for handing leadership over. */
  private static final long PATIENCE_MILLIS = 60_000;

  private final String name;
  private final Replica replica;
  private final Standing standing;
  private final Heartbeats heartbeats;
  private final Requests requests;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final Vertx vertx;
  private final MeterRegistry meters;
  private final Coalesced catchUps = new Coalesced(this::readIndex);

  GroupMember(
      String name,
      Replica replica,
      Standing standing,
      Heartbeats heartbeats,
      Requests requests,
      RaftServer server,
      RaftServer.Division division,
      Vertx vertx,
      MeterRegistry meters) {
    this.name = name;
    this.replica = replica;
    this.standing = standing;
    this.heartbeats = heartbeats;
    this.requests = requests;
    this.server = server;
    this.division = division;
    this.vertx = vertx;
    this.meters = meters;
  }

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
    return new RaftJournal(name, term, this::append, () -> resign(term), vertx, meters);
  }

  private CompletionStage<Void> append(Handed entry) {
    return submit(requests.write(entry));
  }

  /** By the member itself: the server would hand it to another thread, and wait for that. */
  private CompletableFuture<Void> submit(org.apache.ratis.protocol.RaftClientRequest request) {
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
      throw new CompletionException(reply.getException());
    }
  }

  /** Gives up leading {@code term}, if it does; whoever is elected next leads another. */
  void resign(long term) {
    vertx
        .executeBlocking(
            () -> {
              if (leads(term)) {
                ask(server.transferLeadershipAsync(requests.transfer(null, PATIENCE_MILLIS)));
              }
              return null;
            },
            false)
        .onFailure(e -> LOG.log(Level.WARNING, name + " cannot give up leading", e));
  }

  private void ask(CompletionStage<RaftClientReply> reply) {
    reply
        .thenAccept(this::check)
        .exceptionally(
            e -> {
              LOG.log(Level.WARNING, name + ": " + e.getMessage());
              return null;
            });
  }

  private boolean leads(long term) {
    DivisionInfo info = division.getInfo();
    return info.isLeader() && info.getCurrentTerm() == term;
  }

  @Override
  public Future<Void> confirm(long term) {
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
  public Future<Void> catchUp() {
    return here(catchUps.ask());
  }

  /** The leader asks the others whether it is one, in either case. */
  private CompletableFuture<Void> readIndex() {
    return division.getInfo().isLeader()
        ? heartbeats.confirm().thenCompose(led -> submit(requests.read()))
        : submit(requests.read());
  }

  private NotLeaderException notLeader() {
    return new NotLeaderException(name, leader());
  }

  private String leader() {
    RaftPeerId leader = division.getInfo().getLeaderId();
    return leader == null ? null : leader.toString();
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
    if (cause instanceof NotLeaderException) {
      return cause;
    }
    if (cause instanceof org.apache.ratis.protocol.exceptions.NotLeaderException elsewhere) {
      RaftPeer leader = elsewhere.getSuggestedLeader();
      return new NotLeaderException(name, leader == null ? null : leader.getId().toString());
    }
    return new JournalException(name + ": " + cause.getMessage(), cause);
  }

  @Override
  public GroupState state() {
    DivisionInfo info = division.getInfo();
    boolean ready = info.isLeader() && info.isLeaderReady();
    return new GroupState(
        leader(),
        info.getCurrentTerm(),
        ready,
        members(),
        division.getRaftLog().getLastCommittedIndex(),
        replica.applied(),
        ready ? matched(info) : Map.of());
  }

  private List<Member> members() {
    return Peers.members(division.getRaftConf().getCurrentPeers());
  }

  private static Map<String, Long> matched(DivisionInfo info) {
    long[] indexes = info.getFollowerMatchIndices();
    List<ServerRpcProto> followers = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    Map<String, Long> matched = new HashMap<>();
    if (indexes != null && indexes.length == followers.size()) { // else it changes at this moment
      for (int i = 0; i < indexes.length; i++) {
        matched.put(followers.get(i).getId().getId().toStringUtf8(), indexes[i]);
      }
    }
    return matched;
  }

  @Override
  public Future<Void> transferTo(String memberId) {
    return blocking(
        () ->
            server.transferLeadershipAsync(
                requests.transfer(RaftPeerId.valueOf(memberId), PATIENCE_MILLIS)));
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
    return blocking(() -> server.setConfigurationAsync(requests.members(peers)));
  }

  @Override
  public Future<Void> snapshot() {
    return blocking(() -> server.snapshotManagementAsync(requests.snapshot(PATIENCE_MILLIS)));
  }

  /** Asked for by the store, on the thread that applies. */
  void snapshotSoon() {
    snapshot().onFailure(e -> LOG.log(Level.WARNING, name + ": no snapshot", e));
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
