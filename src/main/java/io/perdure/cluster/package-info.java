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
 *   <li>Who belongs to the cluster, and what is to become of each node, is a table in the
 *       registry's store ({@link io.perdure.cluster.MembershipVerticle}); who is up is not in it.
 *       The owner of the registry moves replicas and leaders, step by step, each decided from what
 *       all nodes tell at that moment: so a failure in the middle leaves nothing to be cleared up.
 *       A node that fails moves nothing but leadership; to copy data somebody has to ask.
 *   <li>A replica is removed from a disk only after the leader of its group has made sure that it
 *       is no member. A node that was removed keeps its copy of the registry, without a say in it;
 *       to come back it starts with an empty directory, as another node.
 * </ul>
 *
 * <p>Programs of neighbouring versions work together, so that nodes are replaced one after another.
 * Each tells what it writes and what it reads ({@code Formats}): the format of messages between
 * nodes, and that of what is replicated, which are entries of the groups' logs and the directory
 * below them. A node is added only if either side reads what the other writes. A program that is to
 * write a new format therefore comes in two steps: one version reads it and writes the old one, the
 * next, with which no older ones than that are left, writes it. Messages are at that second step:
 * format 2 is written, 1 is read. Of what is replicated there has been one format only; entries are
 * puts and deletes of bytes, which any version applies alike, whatever it makes of them.
 */
package io.perdure.cluster;
