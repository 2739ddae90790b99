package io.perdure.store;

import static io.perdure.store.Stores.bytes;
import static io.perdure.store.Stores.put;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.InvocationId;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path dir;
  private StoreShared shared;
  private Store store;

  @BeforeEach
  void open() {
    shared = new StoreShared(Stores.SMALL);
    store = Store.open(dir.resolve("store"), StoreOptions.shard(shared));
  }

  @AfterEach
  void close() {
    store.close();
    shared.close();
  }

  private void reopen() {
    store.close();
    store = Store.open(dir.resolve("store"), StoreOptions.shard(shared));
  }

  @Test
  void whatWasWrittenIsThereAfterOpeningAgain() {
    store.write(put(Family.RECORD, "a", "1").delete(Family.RECORD, bytes("b")));
    reopen();
    assertArrayEquals(bytes("1"), store.get(Family.RECORD, bytes("a")));
    assertNull(store.get(Family.RECORD, bytes("b")));
    assertNull(store.get(Family.KEY, bytes("a")));
  }

  @Test
  void getAllKeepsTheOrderAndNullsWhatIsMissing() {
    store.write(put(Family.RECORD, "a", "1").put(Family.RECORD, bytes("c"), bytes("3")));
    List<byte[]> values =
        store.getAll(Family.RECORD, List.of(bytes("c"), bytes("b"), bytes("a"), bytes("c")));
    assertEquals(Arrays.asList("3", null, "1", "3"), values.stream().map(StoreTest::text).toList());
  }

  @Test
  void aGlanceTellsWhatMemoryHasAndWhatIsSurelyAbsent() {
    store.write(put(Family.RECORD, "a", "1"), false);
    assertArrayEquals(bytes("1"), store.glance(Family.RECORD, bytes("a")));
    store.write(new Batch().delete(Family.RECORD, bytes("a")), false);
    assertSame(StoreReader.ABSENT, store.glance(Family.RECORD, bytes("a")));
    assertSame(StoreReader.ABSENT, store.glance(Family.RECORD, bytes("b")));
  }

  @Test
  void aGlanceLeavesTheDiskAlone() {
    store.write(put(Family.RECORD, "a", "1"));
    reopen(); // which leaves it in a file that nobody has read
    assertNull(store.glance(Family.RECORD, bytes("a")));
    assertArrayEquals(bytes("1"), store.get(Family.RECORD, bytes("a")));
    assertArrayEquals(bytes("1"), store.glance(Family.RECORD, bytes("a")));
  }

  @Test
  void aGlanceAtAClosedStoreTellsNothing() {
    store.write(put(Family.RECORD, "a", "1"));
    store.close();
    assertNull(store.glance(Family.RECORD, bytes("a")));
  }

  @Test
  void aScanStaysInsideItsBoundsInBothDirections() {
    Batch batch = new Batch();
    for (char c = 'a'; c <= 'f'; c++) {
      batch.put(Family.LIST, bytes(String.valueOf(c)), new byte[0]);
    }
    store.write(batch);
    assertEquals("bcd", keys("b", "e", false, null));
    assertEquals("dcb", keys("b", "e", true, null));
    assertEquals("abcdef", keys(null, null, false, null));
    assertEquals("fedcba", keys(null, null, true, null));
    assertEquals("cd", keys("b", "e", false, "bb"));
    assertEquals("cb", keys("b", "e", true, "cc"));
    assertEquals("bcd", keys("b", "e", false, "a"));
    assertEquals("dcb", keys("b", "e", true, "z"));
    assertEquals("", keys("x", "z", true, null));
  }

  private String keys(String from, String to, boolean descending, String seek) {
    StringBuilder keys = new StringBuilder();
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan =
            view.scan(
                Family.LIST,
                from == null ? null : bytes(from),
                to == null ? null : bytes(to),
                descending)) {
      if (seek != null) {
        scan.seek(bytes(seek));
      }
      for (; scan.valid(); scan.next()) {
        keys.append(text(scan.key()));
      }
    }
    return keys.toString();
  }

  @Test
  void aViewDoesNotSeeLaterCommits() {
    store.write(put(Family.RECORD, "a", "1"));
    try (StoreReader.View view = store.view()) {
      store.write(put(Family.RECORD, "a", "2").put(Family.RECORD, bytes("b"), bytes("2")));
      assertArrayEquals(bytes("1"), view.get(Family.RECORD, bytes("a")));
      assertEquals(
          Arrays.asList("1", null),
          view.getAll(Family.RECORD, List.of(bytes("a"), bytes("b"))).stream()
              .map(StoreTest::text)
              .toList());
    }
  }

  @Test
  void aClosedStoreRefusesInsteadOfEndingTheProcess() {
    store.close();
    store.close();
    assertThrows(StoreException.class, () -> store.get(Family.RECORD, bytes("a")));
    assertThrows(StoreException.class, () -> store.write(put(Family.RECORD, "a", "1")));
    assertThrows(StoreException.class, () -> store.view());
    assertThrows(StoreException.class, () -> store.checkpoint(dir.resolve("copy")));
  }

  @Test
  void aStoreHasOnlyItsFamilies() {
    assertThrows(
        IllegalArgumentException.class, () -> store.get(Family.REGISTRY, bytes("function")));
  }

  @Test
  void aStoreOpenedForReadingStaysUntouched() {
    store.write(put(Family.RECORD, "a", "1"));
    store.close();
    List<Path> before = Stores.files(dir, "");
    try (Store reading =
        Store.open(dir.resolve("store"), StoreOptions.shard(shared).forReading())) {
      assertArrayEquals(bytes("1"), reading.get(Family.RECORD, bytes("a")));
      assertThrows(StoreException.class, () -> reading.write(put(Family.RECORD, "a", "2")));
    }
    assertEquals(before, Stores.files(dir, ""));
  }

  @Test
  void aCheckpointHoldsWhatWasCommittedBeforeAndNothingTorn() throws Exception {
    AtomicInteger written = new AtomicInteger();
    AtomicBoolean end = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; !end.get(); i++) {
                String number = String.format("%07d", i);
                store.write(
                    put(Family.LIST, number, "").put(Family.META, bytes("last"), bytes(number)),
                    false);
                written.set(i);
                started.countDown();
              }
            });
    started.await();
    List<Integer> before = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      before.add(written.get());
      store.checkpoint(dir.resolve("copy" + i));
    }
    end.set(true);
    writing.get();
    for (int i = 0; i < 3; i++) {
      try (Store copy = Store.open(dir.resolve("copy" + i), StoreOptions.shard(shared))) {
        int last = Integer.parseInt(text(copy.get(Family.META, bytes("last"))));
        assertTrue(last >= before.get(i), last + " against " + before.get(i));
        assertEquals(last, count(copy, Family.LIST));
      }
    }
  }

  @Test
  void aCheckpointDoesNotReplaceWhatExists() {
    store.checkpoint(dir.resolve("copy"));
    assertThrows(StoreException.class, () -> store.checkpoint(dir.resolve("copy")));
  }

  @Test
  void aLargeBodyIsReadBackWhole() {
    InvocationId id = InvocationId.floor(RandomInvocations.NOW);
    SplittableRandom random = new SplittableRandom(1);
    for (int bytes :
        new int[] {
          0, 1, BodyRef.CHUNK_BYTES, BodyRef.CHUNK_BYTES + 1, 2 * BodyRef.CHUNK_BYTES, 6 << 20
        }) {
      byte[] body = new byte[bytes];
      random.nextBytes(body);
      BodyRef ref = new BodyRef(bytes, RandomInvocations.BUCKET);
      Batch batch = new Batch();
      Changes.body(Family.RESULT, id, ref, body, batch);
      assertEquals(ref.chunks(), batch.operations());
      store.write(batch);
      assertArrayEquals(body, Changes.readBody(store, Family.RESULT, id, ref));
      try (StoreReader.View view = store.view()) {
        assertArrayEquals(body, Changes.readBody(view, Family.RESULT, id, ref));
      }
    }
  }

  @Test
  void aBodyWithAMissingPieceIsAnErrorAndNotShorter() {
    InvocationId id = InvocationId.floor(RandomInvocations.NOW);
    BodyRef ref = new BodyRef(BodyRef.CHUNK_BYTES + 10, RandomInvocations.BUCKET);
    Batch batch = new Batch();
    Changes.body(Family.RESULT, id, ref, new byte[ref.bytes()], batch);
    batch.delete(Family.RESULT, Keys.chunk(ref.bucket(), id, 1));
    store.write(batch);
    StoreException missing =
        assertThrows(StoreException.class, () -> Changes.readBody(store, Family.RESULT, id, ref));
    assertTrue(missing.getMessage().contains("piece 2 of 2 is missing"), missing.getMessage());
  }

  @Test
  void briefViewStepsOverSoManyRemovedEntriesAndNoMore() {
    Batch all = new Batch();
    Batch removed = new Batch();
    for (int i = 10; i < 99; i++) {
      all.put(Family.LIST, bytes("k" + i), new byte[0]);
      removed.delete(Family.LIST, bytes("k" + i));
    }
    store.write(all.put(Family.LIST, bytes("k99"), new byte[0]));
    store.write(removed);
    try (StoreReader.View brief = store.briefView(50)) {
      assertThrows(StoreException.class, () -> brief.scan(Family.LIST, null, null, false));
      try (StoreReader.Scan last = brief.scan(Family.LIST, null, null, true)) {
        assertEquals("k99", text(last.key()));
        assertThrows(StoreException.class, last::next);
      }
    }
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(Family.LIST, null, null, false)) {
      assertEquals("k99", text(scan.key()));
    }
  }

  @Test
  void droppedBucketsFreeTheirFilesAndLeaveTheOthers() {
    InvocationId.Minter minter = new InvocationId.Minter(0, new SplittableRandom(1));
    SplittableRandom random = new SplittableRandom(2);
    List<InvocationId> ids = new ArrayList<>();
    for (int bucket = 100; bucket < 110; bucket++) {
      InvocationId id = minter.next(1);
      byte[] body = new byte[1 << 20];
      random.nextBytes(body);
      Batch batch = new Batch();
      BodyRef ref = new BodyRef(body.length, bucket);
      Changes.body(Family.PAYLOAD, id, ref, body, batch);
      Changes.body(Family.LOG, id, ref, body, batch);
      store.write(batch, false);
      ids.add(id);
      store.checkpoint(dir.resolve("flush" + bucket)); // writes a file per bucket
    }
    assertTrue(store.stats().tableBytes() > 20 << 20, store.stats().toString());
    store.dropBelow(108);
    assertTrue(store.stats().tableBytes() < 5 << 20, store.stats().toString());
    BodyRef dropped = new BodyRef(1 << 20, 107);
    assertThrows(
        StoreException.class, () -> Changes.readBody(store, Family.LOG, ids.get(7), dropped));
    for (int i = 8; i < 10; i++) {
      BodyRef kept = new BodyRef(1 << 20, 100 + i);
      assertEquals(1 << 20, Changes.readBody(store, Family.PAYLOAD, ids.get(i), kept).length);
    }
  }

  @Test
  void droppingAgainOrNothingIsHarmless() {
    InvocationId id = InvocationId.floor(1);
    store.dropBelow(50);
    Batch batch = new Batch();
    BodyRef ref = new BodyRef(10, 50);
    Changes.body(Family.PAYLOAD, id, ref, new byte[10], batch);
    store.write(batch);
    store.dropBelow(50);
    store.dropBelow(50);
    reopen();
    assertEquals(10, Changes.readBody(store, Family.PAYLOAD, id, ref).length);
  }

  @Test
  void statisticsTellOfAHealthyStore() {
    store.write(put(Family.RECORD, "a", "1"));
    StoreStats stats = store.stats();
    assertTrue(stats.writeBufferBytes() > 0, stats.toString());
    assertFalse(stats.writesStopped(), stats.toString());
    assertEquals(0, stats.backgroundErrors(), stats.toString());
  }

  private static int count(StoreReader store, Family family) {
    int count = 0;
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(family, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        count++;
      }
    }
    return count;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
