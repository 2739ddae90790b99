package io.perdure.store;

import io.perdure.config.Rule;
import io.perdure.config.Section;

/**
 * Memory of all stores of a node together, outside the Java heap. The defaults suit a process of
 * 512 MB: 64 MiB of cache and 64 MiB of write buffers beside a heap of 192 to 256 MiB, the JVM's
 * own 80 to 100 MB and what RocksDB needs on top (table readers, compaction buffers), some 20 MB.
 *
 * @param cacheBytes block cache, index and filter blocks included, 8 MiB to 64 GiB
 * @param writeBuffersBytes what was written and is not yet in a table file, 8 MiB to 16 GiB: once
 *     it is used up a store flushes its oldest buffer. Writes are never stopped for it, so it may
 *     be exceeded for as long as a flush takes
 * @param logBytes most that the log of all shards may have, 8 MiB to 4 GiB: stores that need its
 *     oldest parts are flushed when three quarters are used, which bounds the time to open after a
 *     crash
 */
public record StoreConfig(long cacheBytes, long writeBuffersBytes, long logBytes) {
  private static final long MIB = 1 << 20;

  /** 64 MiB of memory each, and a log of 128 MiB. */
  public static final StoreConfig DEFAULT = new StoreConfig(64 * MIB, 64 * MIB, 128 * MIB);

  /** Reads {@code cache-bytes}, {@code write-buffers-bytes} and {@code log-bytes}. */
  public static StoreConfig read(Section conf) {
    return new StoreConfig(
        conf.bytes("cache-bytes", DEFAULT.cacheBytes, upToMib(64 << 10)),
        conf.bytes("write-buffers-bytes", DEFAULT.writeBuffersBytes, upToMib(16 << 10)),
        conf.bytes("log-bytes", DEFAULT.logBytes, upToMib(4 << 10)));
  }

  private static Rule<Long> upToMib(long most) {
    return Rule.between(8 * MIB, most * MIB);
  }
}
