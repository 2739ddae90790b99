/**
 * Namespaces and functions: what there is, its settings, and which uid a name stands for.
 *
 * <p>Owns the registry's store (families REGISTRY and META of a store of its own), the view of it
 * in memory that all other concerns read, and the uids: one is used once and never again, after
 * deletions and restarts too. Owns as well that the queues of deleted functions end, in portions,
 * by asking the shards.
 *
 * <p>Thread: changes are made by one worker, one after another: decide, commit, make visible, tell,
 * answer. The view is read from any thread and blocks nobody.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>Everything is in memory: functions are looked up for each submit, and ten thousand of them
 *       take a few megabytes.
 *   <li>One change is one commit. Changes are rare, and each is decided on what is committed, with
 *       no pending state to reason about.
 *   <li>Records are JSON with a format version, under keys by name: small, readable in an
 *       emergency, and a field added later does not need a conversion.
 * </ul>
 */
package io.perdure.registry;
