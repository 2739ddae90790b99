package io.perdure.cluster.raft;

import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.store.Replica;
import io.vertx.core.Future;
import java.util.List;

/**
 * This node's member of one group. Thread-safe. Futures complete on the context of the caller, and
 * fail with {@link NotLeaderException} when another member has to be asked, with {@link
 * io.perdure.journal.JournalException} when it is unknown what became of it.
 */
public interface RaftGroup {
  /** Name of the group: {@code shard-0} and so on, or {@code registry}. */
  String name();

  /** What the entries are applied to on this node. */
  Replica store();

  /** Tells {@code watcher} from now on, beginning with how it is at this moment. */
  void watch(Watcher watcher);

  /**
   * A journal for what is decided under {@code term}, which this node leads; each batch is one
   * entry of the log, or several if it is large, and a commit completes when it is applied here.
   * After the first that fails nothing further is accepted, and this node gives up leading that
   * term: batches handed over before may or may not come into force, but none will once a greater
   * term has begun.
   */
  Journal journal(long term);

  /**
   * Completes if this node still led {@code term} at some moment after the call: what its store had
   * by then is the newest there is. Calls that are made while one is under way share the next.
   */
  Future<Void> confirm(long term);

  /**
   * Tells the other members now what is committed; else they learn it with the next entry, or with
   * the next heartbeat. Nothing on a member that does not lead.
   */
  void tellCommitted();

  /** Completes once this member has applied everything that was acknowledged before the call. */
  Future<Void> catchUp();

  /**
   * Why this member takes no part in the group at the moment, such as a disk that is full; null
   * when it does. It takes part again by itself once it can.
   */
  String problem();

  /**
   * The term that this member leads, once it has applied all that was decided before it; 0 while
   * there is none. As far as it knows: see {@link #confirm}. Cheap.
   */
  long leading();

  /** How the group is doing. */
  GroupState state();

  /**
   * Ids of the other members that could lead soon, who has most of the log first: those that have
   * been heard lately. On the leader; else empty.
   */
  List<String> heirs();

  /**
   * Hands leadership to {@code memberId}; on the leader, which takes nothing meanwhile: it is given
   * up after two seconds.
   */
  Future<Void> transferTo(String memberId);

  /** Changes the group to exactly {@code members}, under load; on the leader. */
  Future<Void> setMembers(List<Member> members);

  /** Makes a snapshot now, on this member, and drops the log before it. */
  Future<Void> snapshot();

  /** Told of what happens to a group. Called on threads of Raft: to be handed over at once. */
  interface Watcher {
    /** This node leads from now on, and its store has all that was acknowledged before. */
    void leading(long term);

    /**
     * This node does not lead.
     *
     * @param leader id of the member that does, null while that is not known
     */
    void following(long term, String leader);

    /**
     * The store has been given one entry more, by a leader that is another member or this one; if
     * by this one, the commit completes when this has returned. In order, as {@link #leading} is.
     *
     * @param batch what it changed; empty for an entry that changed nothing
     */
    default void applied(Batch batch, long index) {}

    /** The store has been replaced by a snapshot: what was read of it before may be old. */
    default void replaced() {}

    /** The group has these members from now on. */
    default void members(List<Member> members) {}
  }
}
