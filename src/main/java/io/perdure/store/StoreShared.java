package io.perdure.store;

import org.rocksdb.Cache;
import org.rocksdb.Env;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What all stores of a node share: the block cache, the bound of the write buffers, and the threads
 * that flush and compact. Thread-safe. To be closed after the last of its stores.
 */
public final class StoreShared implements AutoCloseable {
  private static final int FLUSH_THREADS = 4;

  static {
    RocksDB.loadLibrary();
  }

  private final StoreConfig config;
  private final Cache cache;
  private final Cache uncharged = new LRUCache(0);
  private final WriteBufferManager writeBuffers;

  /** Takes the memory when it is used, not before. */
  public StoreShared(StoreConfig config) {
    this.config = config;
    cache = new LRUCache(config.cacheBytes());
    // Not charged to the cache: a burst of writes would otherwise push out what is being read.
    // Not allowed to stall: a store without anything to flush would stall for its neighbours.
    writeBuffers = new WriteBufferManager(config.writeBuffersBytes(), uncharged, false);
    int processors = Runtime.getRuntime().availableProcessors();
    Env env = Env.getDefault();
    // Flushes mostly wait for the disk: with two threads for six stores they fell behind, and what
    // waited to be flushed took three times the bound of the write buffers.
    env.incBackgroundThreadsIfNeeded(FLUSH_THREADS, Priority.HIGH);
    env.incBackgroundThreadsIfNeeded(Math.max(2, processors / 2), Priority.LOW); // compactions
  }

  StoreConfig config() {
    return config;
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  @Override
  public void close() {
    writeBuffers.close();
    uncharged.close();
    cache.close();
  }
}
