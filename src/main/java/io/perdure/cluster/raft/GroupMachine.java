package io.perdure.cluster.raft;

import io.perdure.journal.Batch;
import io.perdure.store.Replica;
import io.perdure.store.StoreException;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;

/**
 * What Ratis sees of a member's store. Applying, snapshots and their installation come on one
 * thread, that of the group's updater; the rest on any.
 */
final class GroupMachine extends BaseStateMachine {
  private static final CompletableFuture<Message> NO_ANSWER =
      CompletableFuture.completedFuture(Message.EMPTY);

  private final Replica replica;
  private final Standing standing;
  private final Heartbeats heartbeats;
  private final Votes votes;
  private final GroupMeters meters;
  private final long snapshotBytes;
  private final Owner owner;
  private final Checkpoints checkpoints = new Checkpoints();
  private final Applier applier;

  /** Bytes applied since the last snapshot, or since one was last asked for. */
  private long bytesApplied;

  /** Term of the last entry that says who the members are: a leader begins its term with one. */
  private long announcedTerm;

  /** Who has the member. Its calls return at once. */
  interface Owner {
    /** The member takes part as {@code opening} from now on. */
    void opened(RaftServer.Division opening);

    /** A snapshot is wanted; if none is made, this comes again once as much has been applied. */
    void snapshotSoon();

    /** The member cannot go on. */
    void failed(Throwable cause);

    /**
     * The same, and Ratis is about to end the member. Who ends it before waits for ever for the
     * thread that applies, and that turns round and round: Ratis 3.3.0 looks at its failure first
     * when it stops that thread, and has not noted it yet.
     */
    void ends(Throwable cause);
  }

  /** One opening of a member of a group. */
  GroupMachine(
      Replica replica,
      Standing standing,
      Heartbeats heartbeats,
      Votes votes,
      GroupMeters meters,
      long snapshotBytes,
      Owner owner) {
    this.replica = replica;
    this.standing = standing;
    this.heartbeats = heartbeats;
    this.votes = votes;
    this.meters = meters;
    this.snapshotBytes = snapshotBytes;
    this.owner = owner;
    applier = new Applier(replica);
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    getLifeCycle().transition(LifeCycle.State.STARTING); // it never becomes PAUSED from NEW
    checkpoints.init(storage);
    SnapshotInfo latest = checkpoints.getLatestSnapshot();
    if (latest != null && latest.getIndex() > replica.applied()) {
      replace(); // received, and the process ended before it was put in place
    }
    // Ratis applies what is behind the newest snapshot, so that has to be all the store has.
    checkpoints.take(replica);
    setLastAppliedTermIndex(TermIndex.valueOf(replica.term(), replica.applied()));
    heartbeats.started(server.getDivision(group));
    votes.started(server.getDivision(group).getInfo()::getCurrentTerm);
    standing.started(server.getDivision(group).getInfo());
    owner.opened(server.getDivision(group));
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return checkpoints;
  }

  /** Nobody but this process has anything to write: the port of Ratis takes requests, too. */
  @Override
  public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
    TransactionContext context =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request).build();
    if (request.getMessage() instanceof Handed handed) {
      return context.setStateMachineContext(handed);
    }
    return context.setException(new IOException("writing is for the members alone"));
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto log = transaction.getLogEntry();
    long term = log.getTerm();
    long index = log.getIndex();
    Handed handed =
        transaction.getStateMachineContext() instanceof Handed handedHere ? handedHere : null;
    Entry entry =
        handed == null ? Entry.decoded(log.getStateMachineLogEntry().getLogData()) : handed.entry();
    Applier.Result result =
        orFail(() -> applier.apply(entry, handed == null ? null : handed.batch(), term, index));
    updateLastAppliedTermIndex(term, index);
    meters.applied(index);
    standing.applied(result.batch() == null ? new Batch() : result.batch(), index);
    if (handed != null) { // behind who follows: a commit that has completed is seen
      handed.applied(result.accepted());
    }
    countBytes(entry.bytes().size());
    return NO_ANSWER;
  }

  /** Ratis ends a member whose store fails. */
  private <T> T orFail(Supplier<T> change) {
    try {
      return change.get();
    } catch (RuntimeException e) {
      owner.ends(e);
      throw e;
    }
  }

  /** It accepts nothing any more, but would go on leading. */
  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    owner.failed(cause);
  }

  /**
   * Asks again whether or not the last one has come: a request may be refused, and Ratis drops one
   * that waits when the time of an earlier one is up, though that was served long ago. Else there
   * would be none before 5 000 entries, which may be gigabytes.
   */
  private void countBytes(int bytes) {
    bytesApplied += bytes;
    if (bytesApplied >= snapshotBytes) {
      bytesApplied = 0;
      owner.snapshotSoon();
    }
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    orFail(
        () -> {
          applier.skip(term, index);
          return null;
        });
    updateLastAppliedTermIndex(term, index);
    meters.applied(index);
    standing.applied(new Batch(), index);
  }

  @Override
  public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto members) {
    announcedTerm = term;
    if (members.getOldPeersCount() == 0) { // else on the way from one set to another
      standing.members(Peers.fromLog(members.getPeersList()));
    }
  }

  /** Comes right behind the entry with which the term begins, on the same thread. */
  @Override
  public void notifyLeaderReady() {
    meters.term(announcedTerm);
    standing.ready(announcedTerm);
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    heartbeats.ended();
    standing.notLeader();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    standing.ledBy(leader.toString());
  }

  @Override
  public long takeSnapshot() throws IOException {
    bytesApplied = 0;
    if (getLifeCycleState() != LifeCycle.State.RUNNING) {
      throw new IOException("a snapshot of another member is being put in place");
    }
    long index = checkpoints.take(replica).getIndex();
    meters.snapshot();
    return index;
  }

  @Override
  public void pause() { // on another thread than that which applies: the store stays in use
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    checkpoints.reload();
    replace();
    setLastAppliedTermIndex(TermIndex.valueOf(replica.term(), replica.applied()));
    getLifeCycle().transition(LifeCycle.State.RUNNING);
    bytesApplied = 0;
    meters.applied(replica.applied());
    standing.replaced();
  }

  private void replace() throws IOException {
    try {
      replica.replaceWith(checkpoints.latestDirectory());
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
    applier.reload();
  }
}
