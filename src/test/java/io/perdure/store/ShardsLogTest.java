package io.perdure.store;

import static io.perdure.store.Stores.bytes;
import static io.perdure.store.Stores.put;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import io.perdure.journal.JournalException;
import io.perdure.journal.LogFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory's log and its stores: what a crash, a failed write or an older program left. */
class ShardsLogTest {
  @TempDir Path temp;
  private volatile boolean fails;

  private Path dir() {
    return temp.resolve("data");
  }

  private DataDirectory open(Path place) {
    return DataDirectory.open(
        place,
        2,
        Stores.SMALL,
        path -> {
          LogFile file = LogFile.Opener.DISK.open(path);
          return new LogFile() {
            @Override
            public void write(ByteBuffer source, long position) throws IOException {
              if (fails) {
                throw new IOException("disk error made by the test");
              }
              file.write(source, position);
            }

            @Override
            public void close() throws IOException {
              file.close();
            }
          };
        });
  }

  /** As a shard does: into the log and then into the store. */
  private static void commit(DataDirectory data, int shard, Batch batch) {
    data.shard(shard).apply(batch, data.log().appendNow(shard, batch));
  }

  private Path crashed(String name) {
    Path image = temp.resolve(name);
    Stores.crashImage(dir(), image);
    return image;
  }

  private static void assertHas(String value, DataDirectory data, int shard, String key) {
    assertArrayEquals(bytes(value), data.shard(shard).get(Family.RECORD, bytes(key)));
  }

  @Test
  void whatWasCommittedIsThereAfterACrash() {
    Path crashed;
    try (DataDirectory data = open(dir())) {
      commit(data, 0, put(Family.RECORD, "a", "1"));
      data.shard(0).flush();
      commit(data, 0, put(Family.RECORD, "a", "2"));
      commit(data, 1, put(Family.RECORD, "b", "3"));
      crashed = crashed("crashed");
    }
    try (DataDirectory data = open(crashed)) {
      assertHas("2", data, 0, "a");
      assertHas("3", data, 1, "b");
      assertEquals(2, data.epoch(0));
      assertEquals(2, data.epoch(1));
    }
  }

  @Test
  void anEpochIsNotUsedAgainAfterACrashRightBehindTheOpening() {
    open(dir()).close();
    Path crashed;
    try (DataDirectory data = open(dir())) {
      assertEquals(2, data.epoch(1));
      crashed = crashed("crashed");
    }
    try (DataDirectory data = open(crashed)) {
      assertEquals(3, data.epoch(1));
    }
  }

  @Test
  void crashesOneAfterTheOtherLoseNothing() {
    Path place = dir();
    for (int round = 0; round < 5; round++) {
      try (DataDirectory data = open(place)) {
        for (int before = 0; before < round; before++) {
          assertHas("" + before, data, before % 2, "k" + before);
        }
        commit(data, round % 2, put(Family.RECORD, "k" + round, "" + round));
        Path next = temp.resolve("crashed" + round);
        Stores.crashImage(place, next);
        place = next;
      }
    }
  }

  @Test
  void whatTheLogHadToLetGoOfIsInTheStores() {
    SplittableRandom random = new SplittableRandom(2);
    byte[] value = new byte[100_000];
    Path crashed;
    try (DataDirectory data = open(dir())) {
      commit(data, 1, put(Family.RECORD, "idle", "1"));
      for (int i = 0; i < 300; i++) { // the log may have 8 MiB
        random.nextBytes(value);
        commit(data, 0, new Batch().put(Family.PAYLOAD, Keys.number(i), value.clone()));
      }
      assertTrue(data.shard(1).persisted() > 1, "the idle one was not flushed");
      crashed = crashed("crashed");
    }
    try (DataDirectory data = open(crashed)) {
      assertHas("1", data, 1, "idle");
      for (int i = 0; i < 300; i++) {
        assertEquals(value.length, data.shard(0).get(Family.PAYLOAD, Keys.number(i)).length);
      }
    }
  }

  @Test
  void aShardOpenedAnewGetsFromTheLogWhatItHadInMemory() {
    try (DataDirectory data = open(dir())) {
      commit(data, 0, put(Family.RECORD, "a", "1"));
      commit(data, 1, put(Family.RECORD, "b", "1"));
      data.reopenShard(0);
      assertHas("1", data, 0, "a");
      commit(data, 1, put(Family.RECORD, "b", "2"));
      commit(data, 0, put(Family.RECORD, "a", "2"));
      data.reopenShard(0);
      data.reopenShard(1);
      assertHas("2", data, 0, "a");
      assertHas("2", data, 1, "b");
      assertEquals(3, data.epoch(0));
    }
  }

  @Test
  void afterAFailedWriteTheFirstShardOpensTheLogAnew() {
    try (DataDirectory data = open(dir())) {
      commit(data, 0, put(Family.RECORD, "a", "1"));
      commit(data, 1, put(Family.RECORD, "b", "1"));
      fails = true;
      Batch lost = put(Family.RECORD, "a", "2");
      assertThrows(JournalException.class, () -> commit(data, 0, lost));
      assertThrows(JournalException.class, () -> commit(data, 1, lost));
      assertThrows(StoreException.class, () -> data.reopenShard(0));
      fails = false;
      data.reopenShard(0);
      data.reopenShard(1);
      assertHas("1", data, 0, "a");
      assertHas("1", data, 1, "b");
      commit(data, 0, put(Family.RECORD, "a", "3"));
      data.reopenShard(0);
      assertHas("3", data, 0, "a");
      assertTrue(data.fsyncs().count() > 0);
    }
  }

  @Test
  void verificationReadsWhatACrashLeftInTheLog() {
    Path crashed;
    try (DataDirectory data = open(dir())) {
      new ChangesTest.RandomChanges(
              1, new SplittableRandom(3), (BatchWriter) batch -> commit(data, 1, batch))
          .run(100);
      crashed = crashed("crashed");
    }
    Verify.Report report = Verify.run(crashed, 10);
    assertEquals(List.of(), report.texts());
    assertTrue(report.records() > 0);
    assertEquals(report, Verify.run(crashed, 10));
    open(crashed).close();
  }

  @Test
  void aDamagedLogIsToldByVerificationAndRefusedByAStart() throws IOException {
    Path crashed;
    try (DataDirectory data = open(dir())) {
      for (int i = 0; i < 10; i++) {
        commit(data, 0, put(Family.RECORD, "a" + i, "1"));
      }
      crashed = crashed("crashed");
    }
    Path log = Stores.files(crashed.resolve("log"), ".log").get(0);
    Stores.flip(log, 4 * 4096 + 50);
    List<String> texts = Verify.run(crashed, 10).texts();
    assertEquals(1, texts.size(), texts::toString);
    assertTrue(texts.get(0).contains(log + " at byte"), texts::toString);
    StoreException refused = assertThrows(StoreException.class, () -> open(crashed));
    assertTrue(refused.getMessage().contains(log + " at byte"), refused.getMessage());
  }

  @Test
  void aMissingLogIsRefused() throws IOException {
    open(dir()).close();
    for (Path file : Stores.files(dir().resolve("log"), ".log")) {
      Files.delete(file);
    }
    StoreException refused = assertThrows(StoreException.class, () -> open(dir()));
    assertTrue(refused.getMessage().contains("is missing"), refused.getMessage());
  }

  @Test
  void aDirectoryOfVersionOneIsTakenOver() throws IOException {
    Path old = temp.resolve("old");
    open(old).close(); // for its form only: the stores are made as that version did
    try (StoreShared shared = new StoreShared(Stores.SMALL)) {
      StoreOptions now = StoreOptions.shard(shared);
      StoreOptions then = new StoreOptions(shared, now.families(), false, false);
      for (int shard = 0; shard < 2; shard++) {
        Path place = Place.shard(dir(), shard);
        try (Store store = Store.open(place, then)) {
          store.write(put(Family.RECORD, "a", "" + shard).put(Family.META, Meta.boots(), seven()));
          Path image = Place.shard(old, shard);
          for (Path file : Stores.files(image, "")) {
            if (Files.isRegularFile(file)) {
              Files.delete(file);
            }
          }
          Files.delete(image);
          Stores.crashImage(place, image); // with the changes in a log of its own
        }
      }
    }
    for (Path file : Stores.files(old.resolve("log"), ".log")) {
      Files.delete(file);
    }
    Files.delete(old.resolve("log"));
    Path format = old.resolve("format.json");
    Files.writeString(
        format,
        Files.readString(format)
            .replace("\"format\" : 2", "\"format\" : 1")
            .replaceAll(",\\s*\"logged\" : true", ""));
    try (DataDirectory data = open(old)) {
      assertHas("0", data, 0, "a");
      assertHas("1", data, 1, "a");
      assertEquals(8, data.epoch(0));
      commit(data, 0, put(Family.RECORD, "b", "new"));
      Stores.crashImage(old, temp.resolve("crashed"));
    }
    assertTrue(Files.readString(format).contains("\"format\" : 2"));
    try (DataDirectory data = open(temp.resolve("crashed"))) {
      assertHas("1", data, 1, "a");
      assertHas("new", data, 0, "b");
      assertEquals(9, data.epoch(0));
    }
  }

  private static byte[] seven() {
    return Keys.number(7);
  }

  @Test
  void bodiesDroppedBeforeACrashAreDroppedAgainAndHarmNobody() {
    try (DataDirectory data = open(dir())) {
      Batch bodies = new Batch();
      for (int bucket = 1; bucket <= 4; bucket++) {
        bodies.put(Family.PAYLOAD, Keys.bucket(bucket), bytes("body"));
      }
      commit(data, 0, bodies);
      commit(data, 0, new Batch().put(Family.META, Meta.lowWater(), Keys.number(3)));
      data.shard(0).dropBelow(3);
      assertNull(data.shard(0).get(Family.PAYLOAD, Keys.bucket(2)));
      data.reopenShard(0); // without what was in memory only
      assertEquals(3, Meta.number(data.shard(0).get(Family.META, Meta.lowWater())));
      data.shard(0).dropBelow(3);
      assertNull(data.shard(0).get(Family.PAYLOAD, Keys.bucket(2)));
      assertArrayEquals(bytes("body"), data.shard(0).get(Family.PAYLOAD, Keys.bucket(3)));
    }
  }

  @Test
  void persistedTellsWhatIsInFilesAndAppliedWhatCanBeRead() {
    try (StoreShared shared = new StoreShared(Stores.SMALL);
        Store store = Store.open(temp.resolve("store"), StoreOptions.shard(shared))) {
      store.apply(put(Family.RECORD, "a", "1"), 5);
      assertEquals(5, store.applied());
      assertEquals(0, store.persisted());
      store.flush();
      assertEquals(5, store.persisted());
      store.apply(put(Family.RECORD, "a", "2"), 6);
      assertEquals(5, store.persisted());
      Path crashed = temp.resolve("copy");
      Stores.crashImage(temp.resolve("store"), crashed);
      try (Store left = Store.open(crashed, StoreOptions.shard(shared))) {
        assertEquals(5, left.applied());
        assertArrayEquals(bytes("1"), left.get(Family.RECORD, bytes("a")));
      }
    }
  }

  @Test
  void aCheckpointHasWhatWasAppliedWithoutALog() {
    try (StoreShared shared = new StoreShared(Stores.SMALL);
        Store store = Store.open(temp.resolve("store"), StoreOptions.shard(shared))) {
      store.apply(put(Family.RECORD, "a", "1"), 3);
      store.checkpoint(temp.resolve("copy"));
      try (Store copy = Store.open(temp.resolve("copy"), StoreOptions.shard(shared))) {
        assertEquals(3, copy.applied());
        assertFalse(copy.get(Family.RECORD, bytes("a")) == null);
      }
    }
  }
}
