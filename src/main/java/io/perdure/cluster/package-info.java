/**
 * What a node of a cluster stands on: who belongs to it, who is there, which node has and which
 * leads each shard. Hazelcast is known only here, Raft only in {@code cluster.raft}.
 *
 * <p>Thread: what comes from Hazelcast or from Raft is handed over at once; the rest runs where it
 * is called. Decisions carried here:
 *
 * <ul>
 *   <li>A node is its name and the incarnation of its data directory. An empty disk is another
 *       node, even under the same name: it must not vote in place of one that has promised things.
 *   <li>One node decides who a new cluster is, once, when all are there ({@link
 *       io.perdure.cluster.Formation}); nothing is ever formed by those who happen to be there.
 *   <li>Hazelcast tells who is there, and carries addresses of the event bus; it has no state of
 *       ours, so that what it loses or doubles when a network is cut loses nothing.
 *   <li>Where a shard belongs is computed, not stored ({@link io.perdure.cluster.Placement}); where
 *       its leader is, is hearsay that is corrected by whoever is asked wrongly ({@link
 *       io.perdure.cluster.Leaders}).
 * </ul>
 */
package io.perdure.cluster;
