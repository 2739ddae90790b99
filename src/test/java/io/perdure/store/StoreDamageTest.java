package io.perdure.store;

import static io.perdure.store.Stores.bytes;
import static io.perdure.store.Stores.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the registry's store, which has a log of its own, does with damaged files. */
class StoreDamageTest {
  private static final int COMMITS = 400;

  @TempDir Path dir;
  private final StoreShared shared = new StoreShared(Stores.SMALL);

  @AfterEach
  void close() {
    shared.close();
  }

  private Store open(String name) {
    return Store.open(dir.resolve(name), StoreOptions.registry(shared));
  }

  /** A store with {@link #COMMITS} commits in its log, as kill -9 would leave it. */
  private Path crashed() {
    try (Store store = open("alive")) {
      byte[] value = new byte[500];
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < COMMITS; i++) {
        random.nextBytes(value);
        store.write(new Batch().put(Family.REGISTRY, Keys.number(i), value));
      }
      Stores.crashImage(dir.resolve("alive"), dir.resolve("crashed"));
    }
    return dir.resolve("crashed");
  }

  @Test
  void everyCommitBeforeATornTailSurvives() throws IOException {
    Path log = Stores.files(crashed(), ".log").get(0);
    for (int cut : new int[] {1, 7, 100, 400}) {
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(file.length() - cut);
      }
      Path torn = dir.resolve("torn" + cut);
      Stores.crashImage(dir.resolve("crashed"), torn);
      try (Store store = Store.open(torn, StoreOptions.registry(shared))) {
        for (int i = 0; i < COMMITS - 1; i++) {
          assertNotNull(store.get(Family.REGISTRY, Keys.number(i)), "commit " + i + ", cut " + cut);
        }
        assertNull(store.get(Family.REGISTRY, Keys.number(COMMITS - 1)));
        store.write(put(Family.REGISTRY, "after", "1"));
      }
      try (Store store = Store.open(torn, StoreOptions.registry(shared))) {
        assertNotNull(store.get(Family.REGISTRY, bytes("after")));
      }
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(file.length() + cut); // zeros: for the next, longer cut
      }
    }
  }

  @Test
  void zerosBehindTheLogAreATornTailToo() throws IOException {
    Path log = Stores.files(crashed(), ".log").get(0);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(file.length() + 5000);
    }
    try (Store store = open("crashed")) {
      assertNotNull(store.get(Family.REGISTRY, Keys.number(COMMITS - 1)));
    }
  }

  @Test
  void damageInsideTheLogIsRefused() throws IOException {
    Path log = Stores.files(crashed(), ".log").get(0);
    Stores.flip(log, (int) Files.size(log) / 2);
    StoreException refused = assertThrows(StoreException.class, () -> open("crashed"));
    assertTrue(refused.getMessage().contains("cannot open the store"), refused.getMessage());
  }

  @Test
  void anEarlierLogThatHasBecomeShorterIsNoTornTail() throws IOException {
    List<Path> logs = twoLogs();
    Path earlier = logs.get(0);
    try (RandomAccessFile file = new RandomAccessFile(earlier.toFile(), "rw")) {
      file.setLength(file.length() - 100);
    }
    StoreException refused = assertThrows(StoreException.class, () -> open("logs"));
    assertTrue(refused.getMessage().contains("Size mismatch"), refused.getMessage());
  }

  /**
   * The logs of a closed store: one begun when a family was flushed, one that others still need.
   */
  private List<Path> twoLogs() {
    byte[] value = new byte[1000];
    try (Store store = open("logs")) {
      for (int i = 0; i < 20_000 && logs().size() < 2; i++) {
        byte[] key = Keys.number(i);
        Batch batch = new Batch().put(Family.REGISTRY, key, value).put(Family.META, key, value);
        store.write(batch.put(Family.CODE, key, value), false);
      }
      store.write(put(Family.REGISTRY, "last", "1"));
    }
    assertEquals(2, logs().size());
    return logs();
  }

  private List<Path> logs() {
    return Stores.files(dir.resolve("logs"), ".log").stream().sorted().toList();
  }

  @Test
  void aMissingTableFileIsRefused() throws IOException {
    Path crashed = crashed();
    open("crashed").close(); // recovery turns the log into a table file
    Files.delete(Stores.files(crashed, ".sst").get(0));
    assertThrows(StoreException.class, () -> open("crashed"));
  }

  @Test
  void aFlippedBitInATableFileIsAnErrorOnEveryWayToRead() throws IOException {
    Path crashed = crashed();
    open("crashed").close();
    Stores.flip(Stores.files(crashed, ".sst").get(0), 1000);
    try (Store store = open("crashed")) {
      List<byte[]> keys = List.of(Keys.number(0), Keys.number(1), Keys.number(COMMITS - 1));
      assertThrows(StoreException.class, () -> store.get(Family.REGISTRY, keys.get(0)));
      assertThrows(StoreException.class, () -> store.getAll(Family.REGISTRY, keys));
      assertThrows(StoreException.class, () -> countEntries(store));
      assertThrows(StoreException.class, store::verifyChecksums);
    }
  }

  @Test
  void anUndamagedStorePassesVerification() {
    crashed();
    open("crashed").close();
    try (Store store = open("crashed")) {
      store.verifyChecksums();
      assertEquals(COMMITS, countEntries(store));
    }
  }

  private static int countEntries(Store store) {
    int count = 0;
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(Family.REGISTRY, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        count++;
      }
    }
    return count;
  }
}
