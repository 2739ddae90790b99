/**
 * Replicated groups: one Raft group for each shard and one for the registry, each of them a log
 * whose entries are batches, applied on every member to a store of its own. Apache Ratis is known
 * only here.
 *
 * <p>Thread: callbacks come on threads of Ratis and hand over at once; whatever is called may be
 * called from any thread and does not block, unless it says so. Decisions carried here:
 *
 * <ul>
 *   <li>An entry carries the term in which its batch was decided. Where that is not the term of the
 *       entry, nothing is applied, the same on every member: what was decided under a leadership
 *       that has ended cannot slip in behind it.
 *   <li>The log of the group is the only log: a store writes none of its own, and has the index of
 *       the last entry in the same atomic write as what that entry changed.
 *   <li>Reading asks nobody: a leader has a lease ({@link io.perdure.cluster.raft.Lease}), which
 *       holds because members that hear their leader vote for nobody ({@link
 *       io.perdure.cluster.raft.Votes}). Ratis has a lease, too, without the second half.
 *   <li>A snapshot is a checkpoint of the store: table files are linked, not copied.
 * </ul>
 */
package io.perdure.cluster.raft;
