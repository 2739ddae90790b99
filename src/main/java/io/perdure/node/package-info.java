/**
 * The whole wiring of a node, on one page: {@link io.perdure.node.Node} starts the concerns top
 * down and stops them bottom up. The only package that knows them all.
 *
 * <p>Thread: starting and stopping happen on a context of its own; nothing here is on a hot path.
 * Decision carried here: what runs attempts and what serves functions is started before the shards,
 * because a recovered shard hands over what is due at once; HTTP is served first of all, so that a
 * node says that it is recovering instead of refusing connections.
 */
package io.perdure.node;
