/**
 * The owner of a shard: an actor that alone decides what becomes of the shard's invocations. On
 * nodes that do not own it, what sends requests on.
 *
 * <p>Thread: one worker thread per shard runs everything but scans and large reads, which a shared
 * pool does on a view of the store; a short page that an index gives takes less than to have
 * another thread do it. A turn: commands that are waiting are decided against memory, their changes
 * go into one batch, and only after its commit the callers are answered and the effects carried
 * out. While one batch is being written another waits for the log's next write and one more is
 * being built, so batches form by what is waiting, never by a timer.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>RUNNING waits for no commit: it is an overlay in memory. What has run for a second is
 *       written down with the next batch. Until a batch that knows of a start is committed, it is
 *       laid over every answer; counts are those of committed batches.
 *   <li>The queue is the index of due times on disk. Memory holds what was handed to the executor
 *       (a bounded window per function), what runs, and what a batch not yet committed concerns.
 *   <li>What a caller waits for is in no queue: it is handed over with its first commit, past the
 *       window and whatever waits. Its index is that of what runs, so a restart finds it without
 *       reading queues, and ends it: its caller has gone.
 *   <li>What was handed to the executor is taken back before a stop, an expiry or a deletion is
 *       decided, so that nothing starts after the answer.
 *   <li>What an end owes to a destination is an index on disk, too, by destination and time of the
 *       next attempt. Memory holds what is under way, a bounded number for each destination; a
 *       start reads the first of each. An answer counts only if it is of this opening and of the
 *       attempt that is expected. No record goes before its delivery is settled.
 *   <li>A search answers with a total and a page of one moment. So its counters are read from the
 *       same view of the store as its rows: those in memory follow a commit a moment later. What
 *       memory says to be running is running, also where the view has its end already.
 *   <li>In order of ends, what has not ended stands behind all that has, in order of acceptance:
 *       last when ascending, first when descending.
 *   <li>What has ended changes no more but in its delivery, and a commit is visible in the store
 *       before it is acknowledged. So the committed record of what has ended may be told by whoever
 *       finds it in the store's memory, on any thread: a read costs no hand-over to this one. What
 *       has not ended, what is not in memory and what is not there are asked of the shard.
 *   <li>Bodies of what has ended are read from the disk past the shard, too, on the shared pool: by
 *       way of the shard three threads had to wake for each, and all that a connection's thread
 *       wants in a turn is now one job.
 *   <li>A shard may have owners on other nodes, one at a time. The verticle is on all of them and
 *       opens the shard while its source says that it is this one's; the last telling counts, and
 *       one opening is closed before the next begins. When it leaves, memory is thrown away as
 *       after a failure, but nothing has failed: what was not handed to the journal is asked of the
 *       next owner, and only of what was is it not known whether it came into force.
 *   <li>It leaves in good order once nothing of it runs, and commits nothing more from then on
 *       ({@link io.perdure.shard.Resting}): so of nothing that arrives is it unknown. Until then it
 *       starts only what has to end before what runs already. Who runs an attempt on is not handed
 *       over with it: an attempt belongs to an opening, whose memory, places and epoch it has.
 *   <li>Where that is so, an answer that is not the outcome of a commit is given once the storage
 *       has confirmed that no other opening has followed, one confirmation for all answers of a
 *       turn: an owner that was cut off does not know it at once. Whoever has a replica tells of it
 *       only what cannot change any more. And what lists were promised is on disk before: the next
 *       owner's clock may be behind.
 *   <li>What concerns a function that this node has not heard of yet waits: only one that is
 *       certainly deleted ends what was submitted to it.
 *   <li>After a failed commit nothing in memory can be trusted: it is thrown away and the shard
 *       recovers from the store, as after a crash.
 * </ul>
 */
package io.perdure.shard;
