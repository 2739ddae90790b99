package io.perdure.store;

/**
 * How a store is doing, from RocksDB's own counters; cheap enough to be asked every second.
 *
 * @param writeBufferBytes written and not yet in a table file
 * @param tableBytes size of all table files
 * @param pendingCompactionBytes estimate of what compaction still has to rewrite
 * @param writesStopped RocksDB holds back all writes until compaction has caught up
 * @param delayedBytesPerSecond rate to which it slows writes down, 0 for not at all
 * @param backgroundErrors failed flushes and compactions since the store was opened
 */
public record StoreStats(
    long writeBufferBytes,
    long tableBytes,
    long pendingCompactionBytes,
    boolean writesStopped,
    long delayedBytesPerSecond,
    long backgroundErrors) {}
