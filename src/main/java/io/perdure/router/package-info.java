/**
 * How a request finds its shard, for every surface: the native API, the vendors' dialects and
 * event-bus clients.
 *
 * <p>Owns the checks that hold for every submit whatever its wire format (sizes, keys, labels,
 * delays, qualifiers), the placement of an invocation on a shard, the merge of lists over shards,
 * and the sentence that says why an invocation is in its state.
 *
 * <p>Thread: any; nothing here blocks, and answers come back on the context that asked.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A submit without key goes round over the shards that this node owns; one with a key goes to
 *       a hash of (function uid, key), so that the owner alone decides whether the key is new. The
 *       hash is part of the data: changing it would make every stored key unknown.
 *   <li>A list never shows anything beyond the least frontier of the shards, the position below
 *       which none of them commits anything more: so a cursor is one position, without a gap and
 *       without a repetition under concurrent submits. If that would hide something that may have
 *       been acknowledged already, the shards that lag are asked to catch up first.
 *   <li>A search by offset is answered by each shard with all of its list up to the end of the part
 *       wanted, so that the merge needs one round and no state between pages; that part may not end
 *       beyond what a shard may scan. Between two pages the list may have moved: who must not miss
 *       anything uses a cursor.
 *   <li>Whoever waits for a result waits for an invocation like any other: submitted, then asked
 *       for its end with one question to its shard, which answers when the outcome is on disk. So
 *       there is one path, and nothing is lost with the one who waits.
 *   <li>What surfaces share about functions is here, too: to change one on what it is by then, to
 *       find some by whatever they are like, to store their packages.
 *   <li>What has ended is told without its shard if this node has it in memory: a status read, the
 *       most frequent question by far, needs no message and no other thread then.
 *   <li>An id of another account is answered exactly like one that does not exist.
 * </ul>
 */
package io.perdure.router;
