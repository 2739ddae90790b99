package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void place() {
    dir = temp.resolve("new/data");
  }

  private DataDirectory open(int shards) {
    return DataDirectory.open(dir, shards, Stores.SMALL);
  }

  private void assertRefused(int shards, String... words) {
    StoreException refused = assertThrows(StoreException.class, () -> open(shards).close());
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  private void editFormat(String from, String to) throws IOException {
    Path file = dir.resolve("format.json");
    String text = Files.readString(file);
    assertTrue(text.contains(from), text);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void countsTheSyncsOfItsLogs(@TempDir Path parent) {
    try (DataDirectory opened = DataDirectory.open(parent.resolve("d"), 1, StoreConfig.DEFAULT)) {
      long before = opened.fsyncs().count();
      opened.log().appendNow(0, new Batch().put(Family.META, Keys.meta("x"), Keys.number(1)));
      assertEquals(before + 1, opened.fsyncs().count());
      assertTrue(opened.fsyncs().micros() > 0);
    }
  }

  @Test
  void oneThatIsStillBeingOpenedIsLockedAlready() {
    open(2).close();
    try (DataDirectory begun = DataDirectory.begin(dir, 2, Stores.SMALL)) {
      assertRefused(2, "uses " + dir);
      begun.awaitOpen();
      assertEquals(2, begun.epoch(1));
    }
  }

  @Test
  void oneThatCannotBeOpenedSaysSoToWhoeverWaitsAndIsFreeOnceClosed() throws IOException {
    open(2).close();
    Path current = dir.resolve("shards/001/CURRENT");
    String content = Files.readString(current);
    Files.delete(current);
    try (DataDirectory begun = DataDirectory.begin(dir, 2, Stores.SMALL)) {
      for (int i = 0; i < 2; i++) {
        StoreException told = assertThrows(StoreException.class, begun::awaitOpen);
        assertTrue(told.getMessage().contains("shards/001 is missing"), told.getMessage());
      }
      assertEquals(0, begun.fsyncs().count());
    }
    Files.writeString(current, content);
    open(2).close();
  }

  @Test
  void aNewDirectoryHasItsLayoutAndEmptyStores() {
    try (DataDirectory data = open(3)) {
      assertEquals(3, data.shards());
      assertEquals(36, data.dataId().length());
      assertTrue(Files.isDirectory(dir.resolve("shards/002")));
      assertTrue(Files.isDirectory(dir.resolve("registry")));
      assertTrue(Files.isDirectory(data.backups()));
      data.registry().write(Stores.put(Family.REGISTRY, "a", "1"));
      data.shard(2).write(Stores.put(Family.RECORD, "a", "1"));
    }
  }

  @Test
  void aNewDirectoryIsForItsOwnerAlone() throws IOException {
    open(1).close();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
  }

  @Test
  void aDirectoryThatWasOpenToOthersIsClosedToThem() throws IOException {
    open(1).close();
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    open(1).close();
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
  }

  @Test
  void aDirectoryOfSomebodyElseIsLeftAsItIs() throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("letter"), "x");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertRefused(1, "has other files");
    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
  }

  @Test
  void whatWasKeptIsThereAfterOpeningAgain() {
    String dataId;
    try (DataDirectory data = open(2)) {
      data.registry().write(Stores.put(Family.REGISTRY, "a", "1"));
      data.shard(1).write(Stores.put(Family.RECORD, "a", "2"));
      dataId = data.dataId();
    }
    try (DataDirectory data = open(2)) {
      assertEquals(dataId, data.dataId());
      assertArrayEquals(Stores.bytes("1"), data.registry().get(Family.REGISTRY, Stores.bytes("a")));
      assertArrayEquals(Stores.bytes("2"), data.shard(1).get(Family.RECORD, Stores.bytes("a")));
    }
  }

  @Test
  void everyOpeningHasAGreaterEpoch() {
    for (int boot = 1; boot <= 3; boot++) {
      try (DataDirectory data = open(2)) {
        assertEquals(boot, data.epoch(0));
        assertEquals(boot, data.epoch(1));
      }
    }
  }

  @Test
  void aShardOpenedAnewHasAGreaterEpochAndWhatItHad() {
    try (DataDirectory data = open(2)) {
      data.shard(1).write(Stores.put(Family.RECORD, "a", "1"));
      data.reopenShard(1);
      assertEquals(1, data.epoch(0));
      assertEquals(2, data.epoch(1));
      assertArrayEquals(Stores.bytes("1"), data.shard(1).get(Family.RECORD, Stores.bytes("a")));
    }
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    open(2).close();
    editFormat("\"format\" : 2", "\"format\" : 4");
    assertRefused(2, "has format 4", "newer");
  }

  @Test
  void anotherNumberOfShardsIsRefused() {
    open(2).close();
    assertRefused(3, "was created with 2 shards", "with 3");
  }

  @Test
  void aDamagedFormatFileIsRefused() throws IOException {
    open(2).close();
    Files.writeString(dir.resolve("format.json"), "{\"format\" : 1");
    assertRefused(2, "format.json is damaged");
    Files.writeString(dir.resolve("format.json"), "{\"format\" : 1}");
    assertRefused(2, "format.json is damaged");
  }

  @Test
  void aDirectoryOfSomebodyElseIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("thesis.txt"), "...");
    assertRefused(2, "thesis.txt", "no format.json");
    assertFalse(Files.exists(dir.resolve("lock")));
  }

  @Test
  void aFileIsRefused() throws IOException {
    dir = Files.createFile(temp.resolve("file"));
    assertRefused(2, "is a file");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsRefused() {
    dir = Path.of("/proc/perdure");
    assertRefused(2, "cannot use data directory /proc/perdure");
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsRefused() throws IOException {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may write to any directory");
    open(2).close();
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setPosixFilePermissions(
        dir.resolve("lock"), PosixFilePermissions.fromString("r--r--r--"));
    assertRefused(2, "data directory " + dir + " cannot be written by this user");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aMissingStoreIsRefusedAndNotMadeAnew() throws IOException {
    open(2).close();
    Files.move(dir.resolve("shards/001"), temp.resolve("gone"));
    assertRefused(2, "shards/001", "missing");
    Files.move(temp.resolve("gone"), dir.resolve("shards/001"));
    open(2).close();
  }

  @Test
  void aCreationThatDidNotEndIsCompleted() throws IOException {
    open(2).close();
    editFormat("\"complete\" : true", "\"complete\" : false");
    Files.move(dir.resolve("shards/001"), temp.resolve("gone"));
    open(2).close();
    assertTrue(Files.readString(dir.resolve("format.json")).contains("\"complete\" : true"));
  }

  @Test
  void aStoreThatCannotBeOpenedLeavesTheDirectoryUnlocked() throws IOException {
    open(2).close();
    Path current = dir.resolve("shards/000/CURRENT");
    String content = Files.readString(current);
    Files.writeString(current, "nonsense");
    assertRefused(2, "shards/000");
    Files.writeString(current, content);
    open(2).close();
  }

  @Test
  void aSecondUseInTheSameProcessIsRefused() {
    try (DataDirectory data = open(2)) {
      String pid = "(pid " + ProcessHandle.current().pid() + ")";
      assertRefused(2, pid, "already uses " + dir);
      dir = data.path().resolve("../data/.");
      assertRefused(2, pid, "already uses");
    }
  }

  @Test
  void aSecondProcessIsRefusedUntilTheFirstHasEnded() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OpensAndWaits.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = other.inputReader(StandardCharsets.UTF_8)) {
      assertEquals("open", lines.readLine());
      assertRefused(2, "another process (pid " + other.pid() + ") uses " + dir);
      StoreException refused = assertThrows(StoreException.class, () -> Verify.run(dir, 1));
      assertTrue(refused.getMessage().contains("another process"), refused.getMessage());
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (DataDirectory data = open(2)) {
      assertEquals(2, data.epoch(0));
    }
  }

  /** The other process. */
  static final class OpensAndWaits {
    private OpensAndWaits() {}

    public static void main(String[] args) throws IOException {
      try (DataDirectory data = DataDirectory.open(Path.of(args[0]), 2, Stores.SMALL)) {
        System.out.println(data.shards() == 2 ? "open" : "");
        System.out.flush();
        int end = System.in.read(); // ends with the pipe, should the test be killed
        System.exit(end < 0 ? 0 : 1);
      }
    }
  }
}
