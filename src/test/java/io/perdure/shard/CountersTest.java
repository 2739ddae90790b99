package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountersTest {
  private final Counters counters = new Counters(Map.of());

  @Test
  void changesAreToldOnceTheyAreCommitted() {
    counters.change(null, of(1, Status.ENQUEUED));
    assertEquals(Map.of(), counters.sum(1, "a", null, null));
    counters.flushTo(new Batch());
    assertEquals(Map.of(), counters.sum(1, "a", null, null));
    counters.committed();
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(1, "a", null, null));
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(0, "a", null, null));
    assertEquals(Map.of(), counters.sum(0, "b", null, null));
  }

  @Test
  void changesDuringAWriteBelongToTheNextBatch() {
    counters.change(null, of(1, Status.ENQUEUED));
    counters.flushTo(new Batch());
    counters.change(of(1, Status.ENQUEUED), of(1, Status.SUCCEEDED));
    counters.committed();
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(1, "a", null, null));
    commit();
    assertEquals(Map.of(Status.SUCCEEDED, 1L), counters.sum(1, "a", null, null));
  }

  @Test
  void eachBatchOnItsWayTellsItsOwnCounts() {
    counters.change(null, of(1, Status.ENQUEUED));
    counters.flushTo(new Batch());
    counters.change(of(1, Status.ENQUEUED), of(1, Status.SUCCEEDED));
    counters.flushTo(new Batch());
    counters.committed();
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(1, "a", null, null));
    counters.committed();
    assertEquals(Map.of(Status.SUCCEEDED, 1L), counters.sum(1, "a", null, null));
  }

  @Test
  void functionWhoseEndIsOnItsWayIsKnownUntilThatIsCommitted() {
    counters.change(null, of(1, Status.ENQUEUED));
    counters.flushTo(new Batch());
    counters.change(of(1, Status.ENQUEUED), null);
    counters.flushTo(new Batch());
    counters.committed();
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(1, "a", null, null));
    assertFalse(counters.occupied(1).isEmpty());
    counters.committed();
    assertTrue(counters.occupied(1).isEmpty());
  }

  @Test
  void onlyWhatChangedIsWritten() {
    counters.change(null, of(1, Status.ENQUEUED));
    commit();
    counters.change(null, of(1, Status.ENQUEUED));
    assertEquals(List.of("put META 10"), commit());
  }

  @Test
  void changeThatIsTakenBackInTheSameBatchIsNotWritten() {
    counters.change(null, of(1, Status.ENQUEUED));
    commit();
    counters.change(of(1, Status.ENQUEUED), of(1, Status.STOPPED));
    counters.change(of(1, Status.STOPPED), of(1, Status.ENQUEUED));
    assertEquals(List.of(), commit());
  }

  @Test
  void functionThatHasNothingLeftIsForgotten() {
    counters.change(null, of(1, Status.ENQUEUED));
    assertEquals(List.of("put META 10", "put META 9"), commit());
    counters.change(of(1, Status.ENQUEUED), null);
    assertEquals(List.of("delete META 10", "delete META 9"), commit());
    counters.change(null, of(1, Status.ENQUEUED));
    assertEquals(List.of("put META 10", "put META 9"), commit());
  }

  @Test
  void functionThatComesBackDuringTheWriteOfItsEndIsNamedAgain() {
    counters.change(null, of(1, Status.ENQUEUED));
    commit();
    counters.change(of(1, Status.ENQUEUED), null);
    counters.flushTo(new Batch());
    counters.change(null, of(1, Status.ENQUEUED));
    counters.committed();
    assertEquals(List.of("put META 10", "put META 9"), commit());
    assertEquals(Map.of(Status.ENQUEUED, 1L), counters.sum(0, "a", null, null));
  }

  @Test
  void modesAreCountedApart() {
    InvocationBuilder sync = of(1, Status.RUNNING).edit();
    sync.mode = Invocation.Mode.SYNC;
    counters.change(null, sync.build());
    counters.change(null, of(1, Status.RUNNING));
    counters.change(null, of(1, Status.ENQUEUED));
    commit();
    Map<Status, Long> queued = Map.of(Status.RUNNING, 1L, Status.ENQUEUED, 1L);
    assertEquals(queued, counters.sum(1, "a", Invocation.Mode.ASYNC, null));
    assertEquals(queued, counters.sum(0, "a", Invocation.Mode.ASYNC, null));
    assertEquals(Map.of(Status.RUNNING, 1L), counters.sum(1, "a", Invocation.Mode.SYNC, null));
    assertEquals(Map.of(Status.RUNNING, 2L, Status.ENQUEUED, 1L), counters.sum(1, "a", null, null));
    List<Integer> unfinished = new ArrayList<>();
    counters.unfinished((function, account, n) -> unfinished.add(function == 1 ? n : -1));
    assertEquals(3, unfinished.stream().mapToInt(n -> n).sum());
  }

  @Test
  void unfinishedOnesIncludeWhatIsNotCommitted() {
    counters.change(null, of(1, Status.ENQUEUED));
    counters.change(null, of(1, Status.RETRYING));
    counters.change(null, of(1, Status.FAILED));
    List<String> told = new ArrayList<>();
    counters.unfinished((function, account, n) -> told.add(function + " " + account + " " + n));
    assertEquals(List.of("1 a 2"), told);
  }

  @Test
  void loadedCountsAreCommitted() {
    long[] counts = new long[Status.values().length + 1];
    counts[Status.ENQUEUED.code()] = 7;
    Counters loaded = new Counters(Map.of(1L, counts));
    loaded.account(1, "a");
    assertEquals(Map.of(Status.ENQUEUED, 7L), loaded.sum(0, "a", null, null));
    assertEquals(7, loaded.waiting());
    loaded.change(null, of(1, Status.ENQUEUED));
    Batch batch = new Batch();
    loaded.flushTo(batch);
    assertEquals(1, batch.operations());
    assertTrue(loaded.sum(1, "a", null, null).containsValue(7L));
  }

  private List<String> commit() {
    Batch batch = new Batch();
    counters.flushTo(batch);
    counters.committed();
    List<String> operations = new ArrayList<>();
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            operations.add("put " + family + " " + key.length);
          }

          @Override
          public void delete(Family family, byte[] key) {
            operations.add("delete " + family + " " + key.length);
          }
        });
    return operations;
  }

  private static Invocation of(long function, Status status) {
    InvocationBuilder next = new InvocationBuilder();
    next.id = InvocationId.floor(1);
    next.functionUid = function;
    next.account = "a";
    next.status = status;
    return next.build();
  }
}
