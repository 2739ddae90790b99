/**
 * What is kept on disk and how: column families, encodings of records and indexes, counters,
 * bodies, the data directory with its lock and format, backup, restore and verification. RocksDB is
 * known only here.
 *
 * <p>Thread: none of its own but RocksDB's for flush and compaction; calls block on the disk and
 * belong on a worker or a journal's thread. Decisions carried here: one RocksDB instance per shard,
 * bounded together ({@link io.perdure.store.StoreShared}); one class defines the indexes ({@link
 * io.perdure.store.Changes}), one the record ({@link io.perdure.store.RecordCodec}); damage is an
 * error and never repaired by dropping data ({@code Tuning} has the settings and their reasons).
 */
package io.perdure.store;
