/**
 * The one seam between the modes of running: a batch of key-value changes is committed, whole and
 * in order, or not at all. Standalone it goes into the log of the node ({@link
 * io.perdure.journal.CommitLog}) and then into the shard's store; in a cluster it is one replicated
 * log entry. Upper layers cannot tell which.
 *
 * <p>Thread: each shard has its own journal, called by the shard's writer only. The log has two:
 * one writes, the other keeps its files. Decisions carried here:
 *
 * <ul>
 *   <li>A batch is bytes (puts and deletes by family), so that replicas apply it without deciding
 *       anything, across versions.
 *   <li>One log for all shards, because a sync costs the same for one batch as for six. Six logs of
 *       RocksDB, each with a thread, took 27 % of the CPU for groups of four steps.
 *   <li>Files of a fixed size used again and again, written past the page cache and synced by the
 *       write itself ({@link io.perdure.journal.LogFile.Opener#DISK} has the figures).
 *   <li>A group is encoded and written by one thread: encoding 24 KiB takes 1 us beside a write of
 *       some 200, so that preparing one while another is written would gain nothing.
 *   <li>The registry keeps a journal of its own ({@link io.perdure.journal.StandaloneJournal}) over
 *       RocksDB's log: its changes are rare, and its store can be used without the shards.
 * </ul>
 */
package io.perdure.journal;
