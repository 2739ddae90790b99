package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Invocation;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  private static final InstantSource NOW = InstantSource.fixed(Instant.ofEpochSecond(1_000));

  @TempDir Path temp;
  private Path dir;
  private Path backup;
  private Path restored;

  @BeforeEach
  void places() {
    dir = temp.resolve("data");
    backup = dir.resolve("backups/one");
    restored = temp.resolve("restored");
  }

  private DataDirectory open(Path place) {
    return DataDirectory.open(place, 2, Stores.SMALL);
  }

  private void assertNotRestored(String... words) {
    StoreException refused =
        assertThrows(StoreException.class, () -> Backup.restore(backup, restored, NOW));
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  @Test
  void aRestoredDirectoryHoldsTheMomentOfTheBackup() {
    List<Invocation> kept;
    String dataId;
    try (DataDirectory data = open(dir)) {
      kept = new ChangesTest.RandomChanges(1, new SplittableRandom(3), data.shard(1)).run(100);
      data.registry().write(Stores.put(Family.REGISTRY, "a", "1"));
      Backup.create(data, backup, NOW);
      data.registry().write(Stores.put(Family.REGISTRY, "a", "2"));
      dataId = data.dataId();
      Backup.restore(backup, restored, NOW); // the original may be in use
    }
    assertEquals(List.of(), Verify.run(restored, 10).texts());
    try (DataDirectory data = open(restored)) {
      assertEquals(dataId, data.dataId());
      assertArrayEquals(Stores.bytes("1"), data.registry().get(Family.REGISTRY, Stores.bytes("a")));
      for (Invocation invocation : kept) {
        byte[] record = data.shard(1).get(Family.RECORD, Keys.id(invocation.id()));
        assertEquals(invocation, RecordCodec.decode(record));
      }
    }
  }

  @Test
  void theOriginalGoesOnWithoutItsBackup() throws IOException {
    try (DataDirectory data = open(dir)) {
      data.shard(0).write(Stores.put(Family.RECORD, "a", "1"));
      Backup.create(data, backup, NOW);
    }
    for (Path file : Stores.files(backup, "")) {
      if (Files.isRegularFile(file)) {
        Files.delete(file);
      }
    }
    try (DataDirectory data = open(dir)) {
      assertArrayEquals(Stores.bytes("1"), data.shard(0).get(Family.RECORD, Stores.bytes("a")));
    }
  }

  @Test
  void everyRestoreHasEpochsOfItsOwn() {
    open(dir).close();
    open(dir).close();
    try (DataDirectory data = open(dir)) {
      assertEquals(3, data.epoch(0));
      Backup.create(data, backup, NOW);
    }
    long first = epochAfterRestore("first", 1_000);
    long second = epochAfterRestore("second", 1_001);
    assertTrue(first > 3, "first " + first);
    assertTrue(second > first, "second " + second);
  }

  @Test
  void epochsRiseEvenWhenTheClockIsWrong() {
    open(dir).close();
    try (DataDirectory data = open(dir)) {
      Backup.create(data, backup, NOW);
    }
    long ofTheOriginal;
    try (DataDirectory data = open(dir)) {
      ofTheOriginal = data.epoch(0);
    }
    assertTrue(epochAfterRestore("restored", 0) > ofTheOriginal);
  }

  private long epochAfterRestore(String name, long atSecond) {
    Backup.restore(
        backup, temp.resolve(name), InstantSource.fixed(Instant.ofEpochSecond(atSecond)));
    try (DataDirectory data = open(temp.resolve(name))) {
      return Math.min(data.epoch(0), data.epoch(1));
    }
  }

  @Test
  void aBackupThatDidNotEndIsRefused() throws IOException {
    try (DataDirectory data = open(dir)) {
      Backup.create(data, backup, NOW);
    }
    Files.delete(backup.resolve("manifest.json"));
    assertNotRestored("no manifest.json");
    assertFalse(Files.exists(restored));
  }

  @Test
  void aBackupWithAMissingFileIsRefused() throws IOException {
    try (DataDirectory data = open(dir)) {
      data.shard(0).write(Stores.put(Family.RECORD, "a", "1"));
      Backup.create(data, backup, NOW);
    }
    Files.delete(Stores.files(backup, ".sst").get(0));
    assertNotRestored("the backup is damaged", ".sst");
    assertFalse(Files.exists(restored));
  }

  @Test
  void aBackupWithAFlippedBitIsRefusedAndTheRestIsNoDataDirectory() throws IOException {
    try (DataDirectory data = open(dir)) {
      data.shard(0).write(Stores.put(Family.RECORD, "a", "1"));
      Backup.create(data, backup, NOW);
    }
    Stores.flip(Stores.files(backup.resolve("shards/000"), ".sst").get(0), 5);
    assertNotRestored("verification failed");
    assertThrows(StoreException.class, () -> open(restored));
  }

  @Test
  void nothingIsRestoredOverSomethingElse() throws IOException {
    try (DataDirectory data = open(dir)) {
      Backup.create(data, backup, NOW);
    }
    Files.createDirectories(restored);
    Files.writeString(restored.resolve("thesis.txt"), "...");
    assertNotRestored("is not empty");
  }

  @Test
  void aBackupDoesNotReplaceAnother() {
    try (DataDirectory data = open(dir)) {
      Backup.create(data, backup, NOW);
      assertThrows(StoreException.class, () -> Backup.create(data, backup, NOW));
    }
  }

  @Test
  void aBackupOfANewerFormatIsRefused() throws IOException {
    try (DataDirectory data = open(dir)) {
      Backup.create(data, backup, NOW);
    }
    Path manifest = backup.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"format\" : 2", "\"format\" : 4"));
    assertNotRestored("has format 4", "newer");
  }
}
