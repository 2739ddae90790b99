/**
 * Namespaces and functions, their versions, aliases and schedules: what there is, its settings,
 * which uid a name stands for, and what a qualifier leads to; and the code packages that functions
 * are made of.
 *
 * <p>Owns the registry's store (families REGISTRY, CODE and META of a store of its own), the view
 * of it in memory that all other concerns read, and the uids: one is used once and never again,
 * after deletions and restarts too. Owns as well that the queues of deleted functions end, in
 * portions, by asking the shards.
 *
 * <p>Thread: changes are made by one worker, one after another: decide, commit, make visible, tell,
 * answer. The view is read from any thread and blocks nobody. Packages have a worker and a journal
 * of their own over the same store, so that a large zip never holds a change of a function.
 *
 * <p>In a cluster every node has a replica of the store, and the view of it; one node owns the
 * registry and decides. There the view is changed by whoever applies batches to the replica, on
 * every node alike, and the worker only decides and commits.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>Everything is in memory: functions are looked up for each submit, and ten thousand of them
 *       with two versions each take some 40 megabytes.
 *   <li>One change is one commit. Changes are rare, and each is decided on what is committed, with
 *       no pending state to reason about.
 *   <li>Records are JSON with a format version, under keys by name: small, readable in an
 *       emergency, and a field added later does not need a conversion.
 *   <li>Versions and aliases belong to the function, or, for functions that Function Compute 1 and
 *       2 made, to their namespace, as those publish a service whole. What a version froze hangs on
 *       the function's uid, and goes with it: without the function nobody can ask for it.
 *   <li>What belongs to something goes in the same batch as that: no commit leaves a version, alias
 *       or setting behind, and a start that finds one refuses the store as damaged.
 *   <li>Which packages are in use is counted here, as functions and versions come and go, so that
 *       whoever collects packages asks a map and reads nothing.
 *   <li>In a cluster a change is acknowledged once every node that may tell of functions sees it. A
 *       node may while it has a lease of the owner's, of 5 s from before it was asked for. The
 *       owner grants it only if it was sure to be the owner after that, and waits for whoever has
 *       one; a next owner counts with the leases of all members until those of the one before must
 *       have ended. So what a node with a lease does not know does not exist, as far as anybody has
 *       been told: "not found" is answered without asking another node. A lease is longer than a
 *       change of the owner takes, which therefore interrupts no look-up.
 *   <li>A change that was decided and not acknowledged is told as unknown, never as refused; what
 *       is refused was decided by somebody who is sure to be the owner still.
 *   <li>Uids ascend and are given once: whoever knows a greater one and not the function knows that
 *       it was deleted. So the view gets the function first and the greatest uid after that.
 *   <li>Uploads are files of the node that owns the registry and end with its ownership: they take
 *       minutes at most, and whoever uploads begins anew.
 *   <li>A package is kept under the hash of its bytes, once, whoever uploads it, and never changes.
 *       Its pieces are committed first, what makes it visible last; a note written before them lets
 *       the next start remove what a crash left. It goes when no function refers to it and nobody
 *       has uploaded or claimed it for an hour; a function claims it before it refers to it.
 * </ul>
 */
package io.perdure.registry;
