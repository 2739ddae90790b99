package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
  @TempDir Path dir;
  private final InvocationBuilder next = new RandomInvocations(0, new SplittableRandom(21)).next();

  private interface Change {
    void write(Store store);
  }

  /** One invocation RETRYING with a key and a payload, then {@code damage}. */
  private List<String> problemsAfter(Change damage) {
    next.key = "key";
    next.mode = Invocation.Mode.ASYNC;
    next.status = Status.RETRYING;
    next.functionUid = 7;
    next.tracked = true;
    next.dueAt = 5;
    next.attentionAt = 9;
    next.epoch = 1;
    next.payload = new BodyRef(BodyRef.CHUNK_BYTES + 1, 100);
    next.result = BodyRef.NONE;
    next.log = BodyRef.NONE;
    try (DataDirectory data = DataDirectory.open(dir.resolve("data"), 1, Stores.SMALL)) {
      Batch batch = new Batch();
      Changes.apply(null, next.build(), batch);
      Changes.body(Family.PAYLOAD, next.id, next.payload, new byte[next.payload.bytes()], batch);
      batch.put(Family.META, Keys.counter(7, Status.RETRYING), Keys.number(1));
      data.shard(0).write(batch);
      damage.write(data.shard(0));
    }
    Verify.Report report = Verify.run(dir.resolve("data"), 10);
    assertEquals(report.texts().size(), report.problems());
    assertEquals(report.texts().isEmpty(), report.ok());
    return report.texts();
  }

  private void assertProblem(String expected, Change damage) {
    List<String> problems = problemsAfter(damage);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains(expected), problems::toString);
  }

  @Test
  void whatIsWholeHasNoProblems() {
    assertEquals(List.of(), problemsAfter(store -> {}));
  }

  @Test
  void aMissingEntryIsFound() {
    byte[] due = Keys.timed(7, 5, next.id);
    assertProblem("DUE of " + next.id, store -> store.write(new Batch().delete(Family.DUE, due)));
  }

  @Test
  void anEntryWithoutRecordIsFound() {
    InvocationId other = InvocationId.floor(1);
    assertProblem(
        "LIST has an entry of " + other + ", which does not exist",
        store -> store.write(new Batch().put(Family.LIST, Keys.list(7, other), new byte[0])));
  }

  @Test
  void anEntryOfAnotherStatusIsFound() {
    byte[] key = Keys.status(7, Status.FAILED, next.id);
    assertProblem(
        "STATUS has an entry of " + next.id + " that its record does not ask for",
        store -> store.write(new Batch().put(Family.STATUS, key, new byte[0])));
  }

  @Test
  void aKeyThatLeadsElsewhereIsFound() {
    byte[] key = Keys.idempotency(7, "key");
    byte[] elsewhere = Keys.id(InvocationId.floor(1));
    assertProblem(
        "has the wrong value", store -> store.write(new Batch().put(Family.KEY, key, elsewhere)));
  }

  @Test
  void aWrongCounterIsFound() {
    byte[] key = Keys.counter(7, Status.RETRYING);
    assertProblem(
        "function 7 has 1 invocations RETRYING, its counter says 2",
        store -> store.write(new Batch().put(Family.META, key, Keys.number(2))));
  }

  @Test
  void aCounterOfNothingIsFound() {
    byte[] key = Keys.counter(8, Status.FAILED);
    assertProblem(
        "function 8 has 0 invocations FAILED, its counter says 1",
        store -> store.write(new Batch().put(Family.META, key, Keys.number(1))));
  }

  @Test
  void countersOfWhatIsSynchronousAreApart() {
    byte[] key = Keys.counter(Keys.lane(7, Invocation.Mode.SYNC, true), Status.RETRYING);
    assertProblem(
        "function 7 has 0 synchronous invocations RETRYING, its counter says 1",
        store -> store.write(new Batch().put(Family.META, key, Keys.number(1))));
  }

  @Test
  void anEndWithAnotherStatusIsFound() {
    byte[] other = {(byte) Status.STOPPED.code()};
    assertProblem(
        "ENDED of " + next.id + " (FAILED) has the wrong value", store -> end(store, other));
  }

  @Test
  void anEndThatTellsNoStatusIsOfAnOlderProgram() {
    assertEquals(List.of(), problemsAfter(store -> end(store, new byte[0])));
  }

  /** The invocation fails, and its entry of ENDED tells {@code status}. */
  private void end(Store store, byte[] status) {
    Invocation before = next.build();
    next.status = Status.FAILED;
    next.endedAt = 6;
    Batch batch = new Batch();
    Changes.apply(before, next.build(), batch);
    batch.delete(Family.META, Keys.counter(7, Status.RETRYING));
    batch.put(Family.META, Keys.counter(7, Status.FAILED), Keys.number(1));
    batch.put(Family.ENDED, Keys.timed(7, 6, next.id), status);
    store.write(batch);
  }

  @Test
  void aMissingPieceOfABodyIsFound() {
    byte[] piece = Keys.chunk(100, next.id, 1);
    assertProblem(
        "PAYLOAD of " + next.id + ": piece 2 of 2 is missing",
        store -> store.write(new Batch().delete(Family.PAYLOAD, piece)));
  }

  @Test
  void aBodyBelowTheLowWaterMarkIsNotMissed() {
    assertEquals(
        List.of(),
        problemsAfter(
            store -> {
              store.write(new Batch().put(Family.META, Meta.lowWater(), Keys.number(101)));
              store.dropBelow(101);
            }));
  }

  @Test
  void aDamagedRecordIsFound() {
    List<String> problems =
        problemsAfter(
            store -> store.write(new Batch().put(Family.RECORD, Keys.id(next.id), new byte[] {9})));
    assertTrue(problems.get(0).contains("record " + next.id + ": a record has the format 9"));
  }

  @Test
  void aRecordOfAnotherShardIsFound() {
    next.id = new InvocationId.Minter(1, new SplittableRandom(1)).next(1);
    assertProblem("belongs to shard 1", store -> {});
  }

  @Test
  void anEpochOfTheFutureIsFound() {
    Invocation[] after = new Invocation[1];
    assertProblem(
        "has epoch 2, the present is 1",
        store -> {
          Invocation before = next.build();
          next.epoch = 2;
          after[0] = next.build();
          Batch batch = new Batch();
          Changes.apply(before, after[0], batch);
          store.write(batch);
        });
  }

  @Test
  void aDamagedTableFileIsFound() throws IOException {
    assertEquals(List.of(), problemsAfter(store -> {}));
    DataDirectory.open(dir.resolve("data"), 1, Stores.SMALL).close(); // writes table files
    Stores.flip(Stores.files(dir.resolve("data/shards/000"), ".sst").get(0), 20);
    Verify.Report report = Verify.run(dir.resolve("data"), 10);
    assertFalse(report.ok());
    assertEquals(1, report.stores());
  }

  @Test
  void onlySoManyProblemsArePutInWords() {
    next.key = null;
    try (DataDirectory data = DataDirectory.open(dir.resolve("data"), 1, Stores.SMALL)) {
      Batch batch = new Batch();
      for (int i = 0; i < 50; i++) {
        batch.put(Family.LIST, Keys.list(7, InvocationId.floor(i)), new byte[0]);
      }
      data.shard(0).write(batch);
    }
    Verify.Report report = Verify.run(dir.resolve("data"), 5);
    assertEquals(50, report.problems());
    assertEquals(5, report.texts().size());
    assertEquals(50, report.entries().get(Family.LIST));
  }

  @Test
  void verificationChangesNothing() throws IOException {
    assertEquals(List.of(), problemsAfter(store -> {}));
    Map<Path, Long> before = contents();
    Verify.run(dir.resolve("data"), 10);
    assertEquals(before, contents());
  }

  private Map<Path, Long> contents() throws IOException {
    Map<Path, Long> contents = new TreeMap<>();
    for (Path file : Stores.files(dir, "")) {
      if (Files.isRegularFile(file)) {
        contents.put(file, Files.size(file) + Files.getLastModifiedTime(file).toMillis());
      }
    }
    return contents;
  }

  @Test
  void aDirectoryInUseIsRefused() {
    try (DataDirectory data = DataDirectory.open(dir.resolve("data"), 1, Stores.SMALL)) {
      StoreException refused =
          assertThrows(StoreException.class, () -> Verify.run(data.path(), 10));
      assertTrue(refused.getMessage().contains("already uses"), refused.getMessage());
    }
  }

  private List<String> problemsOfCode(Change damage) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Stores.bytes("one, two"));
    try (DataDirectory data = DataDirectory.open(dir.resolve("data"), 1, Stores.SMALL)) {
      data.registry()
          .write(
              new Batch()
                  .put(Family.CODE, Keys.code(hash), Stores.bytes("{}"))
                  .put(Family.CODE, Keys.codeNames(hash), Stores.bytes("index.py"))
                  .put(Family.CODE, Keys.codePiece(hash, 0), Stores.bytes("one, "))
                  .put(Family.CODE, Keys.codePiece(hash, 1), Stores.bytes("two")));
      damage.write(data.registry());
    }
    return Verify.run(dir.resolve("data"), 10).texts();
  }

  @Test
  void aCodePackageWithOtherBytesIsFound() throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Stores.bytes("one, two"));
    byte[] piece = Keys.codePiece(hash, 1);

    assertEquals(List.of(), problemsOfCode(store -> {}));
    List<String> other =
        problemsOfCode(
            store -> store.write(new Batch().put(Family.CODE, piece, Stores.bytes("2"))));
    assertTrue(other.get(0).contains("its bytes are not those it is named after"));
    List<String> missing =
        problemsOfCode(store -> store.write(new Batch().delete(Family.CODE, piece)));
    assertTrue(missing.get(0).contains("its bytes are not those it is named after"));
  }

  @Test
  void bytesOfNoCodePackageAreFoundUnlessTheyAreBeingWritten() throws Exception {
    byte[] hash = new byte[32];
    byte[] piece = Keys.codePiece(hash, 0);

    List<String> problems =
        problemsOfCode(
            store -> store.write(new Batch().put(Family.CODE, piece, Stores.bytes("x"))));
    assertTrue(problems.get(0).contains("does not exist, and has bytes"));
    assertEquals(
        List.of(),
        problemsOfCode(
            store ->
                store.write(new Batch().put(Family.CODE, Keys.codeUnfinished(hash), new byte[8]))));
  }

  @Test
  void aRegistryFromBeforeThereWereCodePackagesIsRead() {
    try (StoreShared shared = new StoreShared(Stores.SMALL)) {
      StoreOptions now = StoreOptions.registry(shared);
      StoreOptions before =
          new StoreOptions(shared, Set.of(Family.META, Family.REGISTRY), false, false);
      Store.open(dir.resolve("old"), before).close();
      try (Store store = Store.open(dir.resolve("old"), now.forReading())) {
        assertFalse(store.has(Family.CODE));
      }
      try (Store store = Store.open(dir.resolve("old"), now)) {
        assertTrue(store.has(Family.CODE));
      }
    }
  }
}
