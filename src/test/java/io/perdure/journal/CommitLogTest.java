package io.perdure.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLogTest {
  @TempDir Path temp;
  private final List<LogFixture> opened = new ArrayList<>();
  private LogFixture log;

  @BeforeEach
  void open() {
    log = new LogFixture(temp.resolve("log"), 3).open();
    opened.add(log);
  }

  @AfterEach
  void close() {
    opened.forEach(LogFixture::release);
    opened.forEach(LogFixture::close);
  }

  private LogFixture reopened(LogFixture of) {
    opened.add(of);
    return of.open();
  }

  private CompletableFuture<Long> append(int store, String text) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    log.log()
        .append(
            store,
            LogFixture.batch(text),
            (sequence, e) -> {
              if (e == null) {
                done.complete(sequence);
              } else {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  @Test
  void whatWaitsOfAllStoresIsOneGroup() throws Exception {
    log.hold();
    long before = log.log().stats().groups();
    List<CompletableFuture<Long>> all = new ArrayList<>();
    all.add(append(0, "a"));
    log.awaitWaiting();
    for (int store = 0; store < 3; store++) {
      all.add(append(store, "b"));
    }
    log.release();
    for (CompletableFuture<Long> one : all) {
      get(one);
    }
    assertEquals(before + 2, log.log().stats().groups());
    assertEquals(4, log.log().stats().entries());
  }

  @Test
  void everyStoreHasSequenceNumbersOfItsOwn() throws Exception {
    assertEquals(1, get(append(0, "a")));
    assertEquals(1, get(append(2, "b")));
    assertEquals(2, get(append(0, "c")));
    assertEquals(2, log.log().last(0));
    assertEquals(0, log.log().last(1));
  }

  @Test
  void entriesOfOneGroupComeBackToTheirStores() throws Exception {
    log.hold();
    CompletableFuture<Long> first = append(0, "a");
    log.awaitWaiting();
    List<CompletableFuture<Long>> others = List.of(append(1, "b"), append(2, "c"), append(1, "d"));
    log.release();
    get(first);
    for (CompletableFuture<Long> other : others) {
      get(other);
    }
    LogFixture crashed = reopened(log.crashed(temp.resolve("crashed")));
    assertEquals(List.of(List.of("a"), List.of("b", "d"), List.of("c")), crashed.stores);
  }

  @Test
  void whatAStoreHasAlreadyIsNotGivenToItAgain() throws Exception {
    log.commit(0, "a");
    log.commit(1, "b");
    log.flush(0);
    log.commit(0, "c");
    LogFixture crashed = log.crashed(temp.resolve("crashed"));
    assertEquals(List.of("a"), crashed.stores.get(0));
    reopened(crashed);
    assertEquals(List.of(List.of("a", "c"), List.of("b"), List.of()), crashed.stores);
  }

  @Test
  void aGroupLargerThanTheBufferAndASegmentIsReadBack() throws Exception {
    byte[] large = new byte[3 << 20];
    new SplittableRandom(1).nextBytes(large);
    log.commit(0, "before");
    long sequence = log.log().appendNow(0, new Batch().put(Family.PAYLOAD, new byte[1], large));
    log.log().appendNow(1, LogFixture.batch("after"));
    log.close();
    try (CommitLog read =
        CommitLog.open(
            new LogConfig(log.directory(), 3, LogFixture.SEGMENT_BYTES, 6, LogFile.Opener.DISK),
            log,
            new long[] {1, 0, 0})) {
      List<byte[]> values = new ArrayList<>();
      read.replay(0, sequence - 1, (number, batch) -> values.add(batch.encoded()));
      assertEquals(1, values.size());
      byte[] expected = new Batch().put(Family.PAYLOAD, new byte[1], large).encoded();
      assertArrayEquals(expected, values.get(0));
      List<String> other = new ArrayList<>();
      read.replay(1, 0, (number, batch) -> other.add(LogFixture.text(batch)));
      assertEquals(List.of("after"), other);
    }
  }

  @Test
  void segmentsAreUsedAgainAndTheirOldContentIsNotSeen() throws Exception {
    String text = "x".repeat(9_000);
    for (int i = 0; i < 200; i++) {
      log.commit(i % 3, i + text);
      if (i % 10 == 0) {
        for (int store = 0; store < 3; store++) {
          log.flush(store);
        }
      }
    }
    List<Path> files = LogFixture.files(log.directory());
    assertTrue(files.size() <= LogFixture.SEGMENTS, files::toString);
    assertFalse(files.get(0).getFileName().toString().equals("0000000001.log"));
    LogFixture crashed = reopened(log.crashed(temp.resolve("crashed")));
    assertEquals(log.stores, crashed.stores);
  }

  @Test
  void aLogThatHasGrownHasItsStoresFlushed() {
    String text = "x".repeat(9_000);
    for (int i = 0; i < 100; i++) {
      log.commit(0, i + text); // the others have nothing to flush
    }
    assertTrue(log.persisted(0) > 0);
    assertTrue(log.log().stats().segments() <= LogFixture.SEGMENTS);
  }

  @Test
  void aCrashAtAnyMomentOfUseAndRetirementLosesNothing() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 150; i++) {
      log.commit(random.nextInt(3), i + "y".repeat(random.nextInt(20_000)));
      if (random.nextInt(20) == 0) {
        log.flush(random.nextInt(3));
      }
      if (i % 5 == 0) {
        LogFixture crashed = log.crashed(temp.resolve("crashed" + i)).open();
        assertEquals(log.stores, crashed.stores);
        crashed.commit(0, "after");
        crashed.close();
      }
    }
  }

  @Test
  void aFullLogFailsAndNothingIsLost() throws Exception {
    log.flushes(false);
    String text = "z".repeat(9_000);
    List<String> kept = new ArrayList<>();
    ExecutionException failed = null;
    for (int i = 0; failed == null && i < 200; i++) {
      try {
        get(append(0, i + text));
        kept.add(i + text);
      } catch (ExecutionException e) {
        failed = e;
      }
    }
    assertNotNull(failed);
    assertTrue(failed.getMessage().contains("the store's disk is full"), failed.getMessage());
    assertTrue(log.log().hasFailed());
    assertThrows(JournalException.class, () -> append(1, "refused"));
    assertTrue(LogFixture.files(log.directory()).size() <= LogFixture.SEGMENTS);
    log.close();
    assertThrows(JournalException.class, log::open); // as long as there is no room
    log.close();
    log.flushes(true);
    log.open();
    assertEquals(kept, log.stores.get(0));
    log.commit(0, "again");
  }

  @Test
  void aFailedWriteFailsAllThatWaitsAndAllLaterOnes() throws Exception {
    log.hold();
    CompletableFuture<Long> first = append(0, "a");
    log.awaitWaiting();
    CompletableFuture<Long> second = append(1, "b");
    log.fails(false);
    log.release();
    assertThrows(ExecutionException.class, () -> get(first));
    assertThrows(ExecutionException.class, () -> get(second));
    assertThrows(JournalException.class, () -> append(2, "c"));
  }

  @Test
  void whatAFailedWriteHasLeftWholeCountsOnceItIsOpenedAgain() throws Exception {
    log.commit(0, "a");
    log.fails(true);
    CompletableFuture<Long> unknown = append(1, "b");
    assertThrows(ExecutionException.class, () -> get(unknown));
    log.close();
    log.repair();
    log.open();
    assertEquals(List.of(List.of("a"), List.of("b"), List.of()), log.stores);
    log.commit(1, "c");
    LogFixture crashed = reopened(log.crashed(temp.resolve("crashed")));
    assertEquals(log.stores, crashed.stores);
  }

  @Test
  void whatAFailedWriteHasNotLeftIsNotThereAndLaterCommitsAre() throws Exception {
    log.commit(0, "a");
    log.fails(false);
    CompletableFuture<Long> lost = append(1, "b");
    assertThrows(ExecutionException.class, () -> get(lost));
    log.close();
    log.repair();
    log.open();
    log.commit(1, "c");
    log.commit(0, "d");
    LogFixture crashed = reopened(log.crashed(temp.resolve("crashed")));
    assertEquals(List.of(List.of("a", "d"), List.of("c"), List.of()), crashed.stores);
  }

  @Test
  void openingThatFailsHalfWayMayBeTriedAgain() throws Exception {
    log.commit(0, "a");
    log.fails(true);
    CompletableFuture<Long> unknown = append(0, "b");
    assertThrows(ExecutionException.class, () -> get(unknown));
    for (boolean afterwards : new boolean[] {false, true, true, false}) {
      log.close();
      log.fails(afterwards);
      assertThrows(JournalException.class, log::open);
    }
    log.close();
    log.repair();
    log.open();
    log.commit(2, "c");
    LogFixture crashed = reopened(log.crashed(temp.resolve("crashed")));
    assertEquals(List.of(List.of("a", "b"), List.of(), List.of("c")), crashed.stores);
  }

  @Test
  void aLogWithoutFilesIsToldAndNotMadeAnew() throws Exception {
    log.close();
    for (Path file : LogFixture.files(log.directory())) {
      Files.delete(file);
    }
    LogConfig config = LogConfig.of(log.directory(), 3, 8 << 20);
    JournalException missing =
        assertThrows(JournalException.class, () -> CommitLog.open(config, log, new long[3]));
    assertTrue(missing.getMessage().contains("is missing"), missing.getMessage());
    assertNull(missing.getCause());
  }
}
