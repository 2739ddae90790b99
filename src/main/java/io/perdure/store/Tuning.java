package io.perdure.store;

import io.perdure.journal.Family;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.SstPartitionerFixedPrefixFactory;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.util.StdErrLogger;

/**
 * RocksDB's settings, each with its reason, and the native objects they consist of. One per store;
 * closed after it.
 */
final class Tuning implements AutoCloseable {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;

  /** Table files kept open by one store: the seven of a node stay below 2 000 descriptors. */
  private static final int OPEN_FILES_MAX = 256;

  /** The registry's log, and what one of a shard from an older program may have left. */
  private static final long OWN_LOG_BYTES = 16 * MIB;

  private final StoreShared shared;
  private final Deque<AutoCloseable> natives = new ArrayDeque<>();

  Tuning(StoreShared shared) {
    this.shared = shared;
  }

  DBOptions database(boolean logged, boolean readOnly) {
    DBOptions options = own(withTrackedLogs());
    options
        .setCreateIfMissing(!readOnly)
        .setCreateMissingColumnFamilies(!readOnly)
        .setParanoidChecks(true)
        // A write cut short by kill -9 leaves a torn record at the end of the log, and that is all
        // that is tolerated: a bad checksum anywhere else refuses to open. Point-in-time recovery
        // would open with everything behind the damage silently gone, acknowledged commits
        // included.
        // (RocksDB does not recycle logs in this mode: a recycled tail cannot be told from damage.)
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setManualWalFlush(false)
        // Opening writes what it read from the log into synced files: after a failed sync the log
        // may be whole in the page cache and not on disk.
        .setAvoidFlushDuringRecovery(false)
        // Small families would hold back the log for ever; this flushes them.
        .setMaxTotalWalSize(OWN_LOG_BYTES)
        // All families at once, or a crash would leave one with the number of the last change and
        // another without that change. Without a log of its own that is all there is.
        .setAtomicFlush(logged)
        // Who closes such a store in good order flushes it; who gives it up has the log.
        .setAvoidFlushDuringShutdown(logged)
        .setWriteBufferManager(shared.writeBuffers())
        .setStatistics(shared.statistics())
        // One or two writers per store: the locks of concurrent writers would only cost.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setMaxBackgroundJobs(2)
        .setBytesPerSync(MIB)
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setMaxManifestFileSize(16 * MIB)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(MIB)
        .setKeepLogFileNum(2);
    if (readOnly) {
      // Without a logger of its own RocksDB starts a LOG file even in a store opened for reading.
      options.setLogger(own(new StdErrLogger(InfoLogLevel.FATAL_LEVEL)));
    }
    return options;
  }

  /** Sizes of closed logs are kept in the manifest, so that a missing or short one is noticed. */
  private static DBOptions withTrackedLogs() {
    String name = "track_and_verify_wals_in_manifest";
    return known(name, DBOptions.getDBOptionsFromProps(only(name, "true")));
  }

  /**
   * A file that came to the lowest level without being rewritten would be rewritten there once no
   * snapshot is older than it, only to forget its sequence numbers: after each listing, the bodies
   * of the whole retention.
   */
  private static ColumnFamilyOptions withoutRewriting() {
    String name = "bottommost_file_compaction_delay";
    return known(
        name, ColumnFamilyOptions.getColumnFamilyOptionsFromProps(only(name, "4294967295")));
  }

  /** For what the Java API has no setter. */
  private static Properties only(String name, String value) {
    Properties properties = new Properties();
    properties.setProperty(name, value);
    return properties;
  }

  private static <T> T known(String name, T options) {
    if (options == null) {
      throw new StoreException("this RocksDB does not know " + name, null);
    }
    return options;
  }

  ColumnFamilyOptions family(Family family) {
    return switch (family) {
      case PAYLOAD, RESULT, LOG, CODE -> bodies();
      case RECORD, KEY, REGISTRY -> lookedUp();
      case LIST, STATUS, ENDED, DUE, STARTED, OWING, EXPIRY, META -> scanned();
    };
  }

  /**
   * Bodies are what the caller sent: mostly compressed or small, so compressing them again costs
   * CPU for nothing. Leveled and not FIFO: FIFO drops the oldest files by total size, also those of
   * an invocation that still waits. Keys begin with the bucket and go on with an ascending id, so
   * files of one bucket rarely overlap and move down unread; where several buckets came in
   * together, a compaction parts them. Code packages are zips, in pieces that are written once.
   */
  private ColumnFamilyOptions bodies() {
    return common(16 * MIB, 16 * MIB)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setSstPartitionerFactory(own(new SstPartitionerFixedPrefixFactory(Keys.BUCKET)))
        .setTableFormatConfig(table(16 * KIB, true));
  }

  /** Read by key: a filter spares the files that do not have it. */
  private ColumnFamilyOptions lookedUp() {
    return common(8 * MIB, 8 * MIB)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(table(8 * KIB, true));
  }

  /** Read in order: a filter would not help. */
  private ColumnFamilyOptions scanned() {
    return common(4 * MIB, 4 * MIB)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(table(8 * KIB, false));
  }

  /** The options of RocksDB's own default family, which stays empty. */
  ColumnFamilyOptions unused() {
    return common(MIB, MIB);
  }

  private ColumnFamilyOptions common(long writeBufferBytes, long fileBytes) {
    return own(withoutRewriting())
        .setWriteBufferSize(writeBufferBytes)
        // Room for bursts; what all of them may use together is the write buffer manager's.
        .setMaxWriteBufferNumber(4)
        // An eighth of the buffer by default: 80 families would take 100 MB before they hold any.
        .setArenaBlockSize(64 * KIB)
        // The levels between have little, so that what spans a whole index, as entries of many
        // functions or removals beside additions do, is merged into little. With dynamic levels
        // all that is retained is one level until it is large, and each merge rewrites it.
        .setLevelCompactionDynamicLevelBytes(false)
        .setTargetFileSizeBase(fileBytes)
        .setMaxBytesForLevelBase(2 * fileBytes)
        .setLevel0FileNumCompactionTrigger(4)
        .setLevel0SlowdownWritesTrigger(20)
        .setLevel0StopWritesTrigger(36)
        .setForceConsistencyChecks(true);
  }

  private BlockBasedTableConfig table(long blockBytes, boolean filter) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(shared.cache())
            .setBlockSize(blockBytes)
            // In the cache, so that memory does not grow with what is stored.
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            // In pieces: with millions of records those of one file are hundreds of kilobytes,
            // all of which a read that does not find them in the cache would fetch for one entry.
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(filter)
            .setMetadataBlockSize(4 * KIB)
            .setPinTopLevelIndexAndFilter(true);
    return filter ? table.setFilterPolicy(own(new BloomFilter(10))) : table;
  }

  <T extends AutoCloseable> T own(T object) {
    natives.push(object);
    return object;
  }

  @Override
  public void close() {
    for (AutoCloseable object : natives) {
      try {
        object.close();
      } catch (Exception e) {
        throw new IllegalStateException("RocksDB's options close without exceptions", e);
      }
    }
    natives.clear();
  }
}
