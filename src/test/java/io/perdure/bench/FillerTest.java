package io.perdure.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
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
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FillerTest {
  private static final int SHARDS = 2;
  private static final long NOW = 1_800_000_000_000L;

  @TempDir Path directory;

  @Test
  void whatIsFilledIsSoundWithAllItsIndexEntriesAndCounters() throws InterruptedException {
    samples();

    new Filler(directory, SHARDS).fill(501, NOW);

    Verify.Report found = new Filler(directory, SHARDS).verify();
    assertTrue(found.ok(), () -> found.texts().toString());
    assertEquals(501 + SHARDS, found.records());
  }

  @Test
  void endsAreSpreadOverTheRetentionAndNoneIsOverSoon() throws InterruptedException {
    samples();

    new Filler(directory, SHARDS).fill(100, NOW);

    List<Long> left = new ArrayList<>();
    eachShard(
        (number, shard) -> {
          for (Invocation invocation : records(shard)) {
            left.add(invocation.attentionAt() - NOW);
          }
        });
    long kept = RetentionPolicy.DEFAULT.succeededMillis();
    assertTrue(left.stream().allMatch(time -> time >= 3_600_000 && time <= kept + 2), "too old");
    assertTrue(left.stream().anyMatch(time -> time < kept / 10), "no old ones");
    assertTrue(left.stream().anyMatch(time -> time > kept / 10 * 9), "no new ones");
  }

  @Test
  void bodiesCanBeRead() throws InterruptedException {
    samples();

    new Filler(directory, SHARDS).fill(10, NOW);

    eachShard(
        (number, shard) -> {
          for (Invocation of : records(shard)) {
            BodyRef payload = of.payload();
            assertEquals(64, read(shard, Family.PAYLOAD, of, payload).length);
            assertEquals(20, read(shard, Family.RESULT, of, of.result()).length);
            assertTrue(payload.removableFrom() > of.attentionAt());
          }
        });
  }

  @Test
  void aShardWithNothingToCopyIsRefused() {
    eachShard((number, shard) -> {});

    assertThrows(StoreException.class, () -> new Filler(directory, SHARDS).fill(10, NOW));
  }

  @Test
  void theTwoStepsOfAnInvocationLeaveWhatTheWholeOneIs() {
    Steps steps = Steps.of(64, 20);
    InvocationId id = new InvocationId.Minter(0, new Random(5)).next(NOW);
    eachShard(
        (number, shard) -> {
          Batch created = new Batch();
          steps.create(id, NOW, created);
          shard.journal().commit(created).await();
          assertEquals(Status.ENQUEUED, records(shard).get(0).status());
          Batch completed = new Batch();
          steps.complete(id, NOW, completed);
          shard.journal().commit(completed).await();
          assertEquals(List.of(steps.whole(id, NOW, new Batch())), records(shard));
        });
  }

  @Test
  void aStampPutsTheSameForAnotherId() {
    Steps steps = Steps.of(64, 20);
    InvocationId.Minter minter = new InvocationId.Minter(0, new Random(5));
    InvocationId first = minter.next(NOW);
    InvocationId second = minter.next(NOW);
    Batch sample = new Batch();
    steps.create(first, NOW, sample);
    Stamp stamp = new Stamp(sample, first);

    Batch other = new Batch();
    stamp.put(second, other);
    Batch again = new Batch();
    stamp.put(first, again);

    assertArrayEquals(sample.encoded(), again.encoded());
    assertEquals(sample.sizeBytes(), other.sizeBytes());
    other.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            if (family == Family.RECORD) {
              assertEquals(second, RecordCodec.decode(value).id());
              assertArrayEquals(Keys.id(second), key);
            }
          }

          @Override
          public void delete(Family family, byte[] key) {
            throw new AssertionError("a creation deletes nothing");
          }
        });
  }

  /** One invocation in each shard, with the counter that belongs to it. */
  private void samples() {
    eachShard(
        (number, shard) -> {
          Batch batch = new Batch();
          InvocationId id = new InvocationId.Minter(number, new Random(number)).next(NOW);
          Invocation whole = Steps.of(64, 20).whole(id, NOW, batch);
          byte[] counter = Keys.counter(Changes.lane(whole), Status.SUCCEEDED);
          batch.put(Family.META, counter, Keys.number(1));
          shard.journal().commit(batch).await();
        });
  }

  private void eachShard(BiConsumer<Integer, ShardStorage> task) {
    Vertx vertx = Vertx.vertx();
    try (DataDirectory opened = DataDirectory.open(directory, SHARDS, StoreConfig.DEFAULT)) {
      List<ShardStorage> shards = Storages.open(opened, vertx);
      for (int number = 0; number < SHARDS; number++) {
        task.accept(number, shards.get(number));
      }
      shards.forEach(shard -> shard.close().await());
    } finally {
      vertx.close().await();
    }
  }

  private static List<Invocation> records(ShardStorage shard) {
    List<Invocation> records = new ArrayList<>();
    try (StoreReader.View view = shard.reader().view();
        StoreReader.Scan scan = view.scan(Family.RECORD, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        records.add(RecordCodec.decode(scan.value()));
      }
    }
    return records;
  }

  private static byte[] read(ShardStorage shard, Family family, Invocation of, BodyRef ref) {
    return Changes.readBody(shard.reader(), family, of.id(), ref);
  }
}
