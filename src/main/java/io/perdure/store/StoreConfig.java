package io.perdure.store;

/**
 * Memory of all stores of a node together, outside the Java heap. The defaults suit a process of
 * 512 MB: 64 MiB of cache and 64 MiB of write buffers beside a heap of 192 to 256 MiB, the JVM's
 * own 80 to 100 MB and what RocksDB needs on top (table readers, compaction buffers), some 20 MB.
 *
 * @param cacheBytes block cache, index and filter blocks included, 8 MiB to 64 GiB
 * @param writeBuffersBytes what was written and is not yet in a table file, 8 MiB to 16 GiB: once
 *     it is used up a store flushes its oldest buffer. Writes are never stopped for it, so it may
 *     be exceeded for as long as a flush takes
 * @param walBytes size of one store's log that makes it flush what the oldest part of the log
 *     holds, 8 MiB to 4 GiB: bounds the time to open after a crash
 */
public record StoreConfig(long cacheBytes, long writeBuffersBytes, long walBytes) {
  private static final long MIB = 1 << 20;

  /** 64 MiB each. */
  public static final StoreConfig DEFAULT = new StoreConfig(64 * MIB, 64 * MIB, 64 * MIB);

  public StoreConfig {
    within("cacheBytes", cacheBytes, 64 << 10);
    within("writeBuffersBytes", writeBuffersBytes, 16 << 10);
    within("walBytes", walBytes, 4 << 10);
  }

  private static void within(String name, long bytes, long mostMib) {
    if (bytes < 8 * MIB || bytes > mostMib * MIB) {
      throw new IllegalArgumentException(
          name + " is not within 8.." + mostMib + " MiB: " + bytes + " bytes");
    }
  }
}
