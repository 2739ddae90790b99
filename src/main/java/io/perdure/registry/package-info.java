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
 *   <li>A package is kept under the hash of its bytes, once, whoever uploads it, and never changes.
 *       Its pieces are committed first, what makes it visible last; a note written before them lets
 *       the next start remove what a crash left. It goes when no function refers to it and nobody
 *       has uploaded or claimed it for an hour; a function claims it before it refers to it.
 * </ul>
 */
package io.perdure.registry;
