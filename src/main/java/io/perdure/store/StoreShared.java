package io.perdure.store;

import java.util.EnumSet;
import org.rocksdb.Cache;
import org.rocksdb.Env;
import org.rocksdb.HistogramData;
import org.rocksdb.HistogramType;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.Statistics;
import org.rocksdb.WriteBufferManager;

/**
 * What all stores of a node share: the block cache, the bound of the write buffers, and the threads
 * that flush and compact. Thread-safe. To be closed after the last of its stores.
 */
public final class StoreShared implements AutoCloseable {
  private static final int FLUSH_THREADS = 4;

  static {
    NativeLibrary.load();
  }

  private final StoreConfig config;
  private final Cache cache;
  private final Cache uncharged = new LRUCache(0);
  private final WriteBufferManager writeBuffers;

  /** Counts the syncs of the logs and nothing else: every other histogram would cost each write. */
  private final Statistics statistics =
      new Statistics(EnumSet.complementOf(EnumSet.of(HistogramType.WAL_FILE_SYNC_MICROS)));

  private boolean closed;

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

  Statistics statistics() {
    return statistics;
  }

  /** How long the syncs of all logs took, from the opening on; nothing once this is closed. */
  synchronized FsyncTimes fsyncs() {
    if (closed) {
      return new FsyncTimes(0, 0);
    }
    HistogramData data = statistics.getHistogramData(HistogramType.WAL_FILE_SYNC_MICROS);
    return new FsyncTimes(data.getCount(), data.getSum());
  }

  @Override
  public synchronized void close() {
    closed = true;
    statistics.close();
    writeBuffers.close();
    uncharged.close();
    cache.close();
  }
}
