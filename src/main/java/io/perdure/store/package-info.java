/**
 * What is kept on disk and how: column families, encodings of records and indexes, counters,
 * bodies, the data directory with its lock and format, backup, restore and verification. RocksDB is
 * known only here.
 *
 * <p>Thread: none of its own but RocksDB's for flush and compaction; calls block on the disk and
 * belong on a worker or a journal's thread. Decisions carried here: one RocksDB instance per shard,
 * bounded together ({@link io.perdure.store.StoreShared}); what they are given is in the log of the
 * node before, so they have none of their own and remember how far they are ({@link
 * io.perdure.store.Store#apply}); one class defines the indexes ({@link io.perdure.store.Changes}),
 * one the record ({@link io.perdure.store.RecordCodec}); damage is an error and never repaired by
 * dropping data ({@code Tuning} has the settings and their reasons).
 *
 * <p>What a caller waits for has lanes of its own in the indexes of a function and in the counters
 * ({@link io.perdure.store.Keys#lane}), because the queue is what is listed: a function that is
 * mostly called synchronously would hide ten queued invocations behind a million others, which no
 * counter can help to skip. The same holds for what is queued and shown as no task. An entry of
 * ENDED tells the status, so that ends in order, with a filter on the status, are read without
 * records.
 */
package io.perdure.store;
