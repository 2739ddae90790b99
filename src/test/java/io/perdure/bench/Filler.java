package io.perdure.bench;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.node.Storages;
import io.perdure.shard.ShardStorage;
import io.perdure.store.Changes;
import io.perdure.store.DataDirectory;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.store.Verify;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Puts ended invocations into a data directory that no node uses, through the store's own code:
 * records, index entries, counters and bodies like those of one that the node itself has written,
 * which has to be there. Their ends are spread evenly over the retention. Blocking.
 */
final class Filler {
  /** The oldest of them stay for at least so long, so that none goes while a node is measured. */
  private static final Duration STAY = Duration.ofHours(1);

  private static final int BATCH_BYTES = 1 << 20;

  /** Larger than a node's: nothing else needs memory meanwhile, and fewer files are compacted. */
  private static final StoreConfig STORE = new StoreConfig(64 << 20, 512 << 20, 256 << 20);

  private static final long SETTLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Path path;
  private final int shards;

  /**
   * @param shards that the directory was made with
   */
  Filler(Path path, int shards) {
    this.path = path;
    this.shards = shards;
  }

  /**
   * Adds {@code count} of them, and returns when they are on disk and compactions have caught up.
   *
   * @param nowMillis the end of the time over which they are spread
   * @throws StoreException when a shard has no invocation that could be copied, or a write failed
   */
  void fill(long count, long nowMillis) throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try (DataDirectory directory = DataDirectory.open(path, shards, STORE)) {
      List<ShardStorage> storages = Storages.open(directory, vertx);
      List<Future<Void>> lanes = new ArrayList<>();
      for (int shard = 0; shard < shards; shard++) {
        ShardStorage storage = storages.get(shard);
        long share = count / shards + (shard < count % shards ? 1 : 0);
        Feed feed = new Feed(shard, storage.reader(), share, nowMillis);
        lanes.add(Lane.run(vertx, storage.journal(), feed));
      }
      Future.all(lanes).await();
      settle(directory);
      for (ShardStorage storage : storages) {
        storage.close().await();
      }
    } finally {
      vertx.close().await();
    }
  }

  /** Checks the whole directory, as {@code perdure verify} does. */
  Verify.Report verify() {
    return Verify.run(path, 5);
  }

  private static void settle(DataDirectory directory) throws InterruptedException {
    long end = System.nanoTime() + SETTLE_NANOS;
    for (int shard = 0; shard < directory.shards(); shard++) {
      while (directory.shard(shard).stats().pendingCompactionBytes() > 0
          && System.nanoTime() < end) {
        CommitPath.pause(0.1);
      }
    }
  }

  /** One shard: ids and times ascend, the counter goes with the batches. */
  private static final class Feed implements Function<Batch, Boolean> {
    private final Steps steps;
    private final InvocationId.Minter minter;
    private final long count;
    private final long fromMillis;
    private final long spanMillis;
    private final byte[] counter;
    private long counted;
    private long done;

    Feed(int shard, StoreReader reader, long count, long nowMillis) {
      Invocation sample = sample(shard, reader);
      steps = new Steps(sample);
      minter = new InvocationId.Minter(shard, new SplittableRandom(nowMillis + shard));
      this.count = count;
      spanMillis = Math.max(1, steps.keptMillis() - STAY.toMillis());
      fromMillis = nowMillis - spanMillis;
      long lane = Changes.lane(sample);
      counter = Keys.counter(lane, Status.SUCCEEDED);
      counted = Changes.loadCounters(reader).get(lane)[Status.SUCCEEDED.code()];
    }

    private static Invocation sample(int shard, StoreReader reader) {
      try (StoreReader.View view = reader.view();
          StoreReader.Scan scan = view.scan(Family.RECORD, null, null, false)) {
        for (; scan.valid(); scan.next()) {
          Invocation record = RecordCodec.decode(scan.value());
          if (record.status() == Status.SUCCEEDED) {
            return record;
          }
        }
      }
      throw new StoreException("shard " + shard + " has no invocation to copy", null);
    }

    @Override
    public Boolean apply(Batch batch) {
      if (done == count) {
        return false;
      }
      while (done < count && batch.sizeBytes() < BATCH_BYTES) {
        long millis = fromMillis + (long) ((double) done / count * spanMillis);
        steps.whole(minter.next(millis), millis, batch);
        done++;
        counted++;
      }
      batch.put(Family.META, counter, Keys.number(counted));
      return true;
    }
  }
}
