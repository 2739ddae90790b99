package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import io.perdure.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesTest {
  @TempDir Path dir;

  private final InvocationBuilder next = new RandomInvocations(0, new SplittableRandom(11)).next();

  /** Applies batches to maps, as a store would. */
  private static final class Kept implements Batch.Visitor {
    private final Map<Family, Map<String, String>> families = new EnumMap<>(Family.class);

    private Map<String, String> of(Family family) {
      return families.computeIfAbsent(family, f -> new TreeMap<>());
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
      of(family).put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
    }

    @Override
    public void delete(Family family, byte[] key) {
      of(family).remove(HexFormat.of().formatHex(key));
    }
  }

  @Test
  void anyChangeLeavesExactlyTheEntriesOfTheNewForm() {
    Seeds.each(
        20,
        random -> {
          RandomInvocations invocations = new RandomInvocations(0, random);
          for (int i = 0; i < 50; i++) {
            Kept kept = new Kept();
            InvocationBuilder changing = invocations.next();
            Invocation before = null;
            for (int step = 0; step < 5; step++) {
              Invocation after = changing.build();
              apply(before, after, kept);
              Kept expected = new Kept();
              Changes.entries(after, expected::put);
              expected.put(Family.RECORD, Keys.id(after.id()), RecordCodec.encode(after));
              expected.families.forEach(
                  (family, entries) -> assertEquals(entries, kept.of(family)));
              before = after;
              invocations.change(changing);
            }
            apply(before, null, kept);
            kept.families.forEach((family, entries) -> assertEquals(Map.of(), entries));
          }
        });
  }

  private static void apply(Invocation before, Invocation after, Kept kept) {
    Batch batch = new Batch();
    Changes.apply(before, after, batch);
    batch.forEach(kept);
  }

  @Test
  void onlyDifferencesAreWritten() {
    next.mode = Invocation.Mode.ASYNC;
    next.status = Status.RETRYING;
    Invocation before = next.build();
    Batch same = new Batch();
    Changes.apply(before, next.build(), same);
    assertTrue(same.isEmpty());

    next.reason = "another";
    Batch recordOnly = new Batch();
    Changes.apply(before, next.build(), recordOnly);
    assertEquals(1, recordOnly.operations());

    next.dueAt = before.dueAt() + 1;
    Batch dueToo = new Batch();
    Changes.apply(before, next.build(), dueToo);
    assertEquals(3, dueToo.operations());
  }

  @Test
  void aCompletionMovesTheStatusAndTakesItOutOfTheQueue() {
    next.mode = Invocation.Mode.ASYNC;
    next.key = null;
    next.status = Status.ENQUEUED;
    next.dueAt = 5;
    next.attentionAt = Long.MAX_VALUE;
    Invocation before = next.build();
    next.status = Status.SUCCEEDED;
    next.endedAt = 7;
    next.attentionAt = 9;
    Invocation after = next.build();
    Kept kept = new Kept();
    apply(null, before, kept);
    assertEquals(
        List.of(Family.RECORD, Family.LIST, Family.STATUS, Family.DUE), familiesWithEntries(kept));
    apply(before, after, kept);
    assertEquals(
        List.of(Family.RECORD, Family.LIST, Family.STATUS, Family.ENDED, Family.EXPIRY),
        familiesWithEntries(kept));
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void everyStatusHasItsIndexes(Status status) {
    next.mode = Invocation.Mode.ASYNC;
    indexes(status);
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void whatIsWaitedForIsInNoQueue(Status status) {
    next.mode = Invocation.Mode.SYNC;
    indexes(status);
  }

  private void indexes(Status status) {
    next.key = "key";
    next.status = status;
    next.attentionAt = 9;
    boolean sync = next.mode == Invocation.Mode.SYNC;
    Family ofStatus =
        switch (status) {
          case ENQUEUED, RETRYING -> sync ? Family.STARTED : Family.DUE;
          case RUNNING, STOPPING -> Family.STARTED;
          case STOPPED, SUCCEEDED, FAILED, EXPIRED, INVALID -> Family.ENDED;
        };
    Kept kept = new Kept();
    apply(null, next.build(), kept);
    Set<Family> expected =
        EnumSet.of(Family.RECORD, Family.KEY, Family.LIST, Family.STATUS, Family.EXPIRY, ofStatus);
    assertEquals(expected, Set.copyOf(familiesWithEntries(kept)));
  }

  private static List<Family> familiesWithEntries(Kept kept) {
    return kept.families.keySet().stream().filter(family -> !kept.of(family).isEmpty()).toList();
  }

  @Test
  void attentionBeforeTheEpochSortsFirst() {
    next.attentionAt = -5;
    Kept kept = new Kept();
    apply(null, next.build(), kept);
    String first = HexFormat.of().formatHex(Keys.expiry(0, next.id));
    assertEquals(List.of(first), List.copyOf(kept.of(Family.EXPIRY).keySet()));
  }

  @Test
  void anotherInvocationIsNoChange() {
    Invocation one = next.build();
    next.functionUid++;
    Invocation other = next.build();
    assertThrows(IllegalArgumentException.class, () -> Changes.apply(one, other, new Batch()));
  }

  @Test
  void indexesOfWhatIsSynchronousAreApartFromTheQueue() {
    next.functionUid = 7;
    next.status = Status.FAILED;
    next.mode = Invocation.Mode.ASYNC;
    Kept queued = new Kept();
    apply(null, next.build(), queued);
    next.mode = Invocation.Mode.SYNC;
    Kept waitedFor = new Kept();
    apply(null, next.build(), waitedFor);
    for (Family family : List.of(Family.LIST, Family.STATUS, Family.ENDED)) {
      String key = queued.of(family).keySet().iterator().next();
      assertEquals("0000000000000007", key.substring(0, 16));
      assertEquals(
          "8000000000000007" + key.substring(16), waitedFor.of(family).keySet().iterator().next());
    }
  }

  @Test
  void anInvocationKeepsItsMode() {
    next.mode = Invocation.Mode.ASYNC;
    Invocation one = next.build();
    next.mode = Invocation.Mode.SYNC;
    Invocation other = next.build();
    assertThrows(IllegalArgumentException.class, () -> Changes.apply(one, other, new Batch()));
  }

  @Test
  void countersAreLoadedAsTheyWereWritten() {
    try (StoreShared shared = new StoreShared(Stores.SMALL);
        Store store = Store.open(dir.resolve("store"), StoreOptions.shard(shared))) {
      store.write(
          new Batch()
              .put(Family.META, Keys.counter(7, Status.ENQUEUED), Keys.number(3))
              .put(Family.META, Keys.counter(7, Status.INVALID), Keys.number(1L << 40))
              .put(Family.META, Keys.counter(9, Status.FAILED), Keys.number(2))
              .put(Family.META, Meta.boots(), Keys.number(5)));
      Map<Long, long[]> counters = Changes.loadCounters(store);
      assertEquals(2, counters.size());
      assertArrayEquals(new long[] {0, 3, 0, 0, 0, 0, 0, 0, 0, 1L << 40}, counters.get(7L));
      assertArrayEquals(new long[] {0, 0, 0, 0, 0, 0, 0, 2, 0, 0}, counters.get(9L));
    }
  }

  @Test
  void afterRandomChangesVerificationFindsNothing() {
    Seeds.each(
        3,
        random -> {
          Path place = dir.resolve("data" + random.nextLong());
          try (DataDirectory data = DataDirectory.open(place, 2, Stores.SMALL)) {
            for (int shard = 0; shard < 2; shard++) {
              new RandomChanges(shard, random, data.shard(shard)).run(400);
            }
          }
          Verify.Report report = Verify.run(place, 10);
          assertEquals(List.of(), report.texts());
          assertTrue(report.ok());
          assertEquals(3, report.stores());
          assertTrue(report.records() > 100, report.toString());
        });
  }

  /** Creates, changes and removes at random, in batches, and keeps the counters. */
  static final class RandomChanges {
    private final RandomGenerator picks;
    private final RandomInvocations invocations;
    private final BatchWriter writer;
    private final List<Invocation> alive = new ArrayList<>();
    private final Map<Long, long[]> counters = new HashMap<>();

    RandomChanges(int shard, RandomGenerator random, Store store) {
      this(shard, random, batch -> store.write(batch, false));
    }

    RandomChanges(int shard, RandomGenerator random, BatchWriter writer) {
      picks = random;
      invocations = new RandomInvocations(shard, random);
      this.writer = writer;
    }

    List<Invocation> run(int batches) {
      for (int i = 0; i < batches; i++) {
        Batch batch = new Batch();
        for (int change = picks.nextInt(5); change >= 0; change--) {
          change(batch);
        }
        counters.forEach((lane, counts) -> write(lane, counts, batch));
        writer.write(batch);
      }
      return alive;
    }

    private void change(Batch batch) {
      int what = alive.isEmpty() ? 0 : picks.nextInt(8);
      boolean create = what < 3;
      boolean remove = what == 3;
      Invocation before = create ? null : alive.remove(picks.nextInt(alive.size()));
      Invocation after = null;
      if (!remove) {
        InvocationBuilder next = before == null ? invocations.next() : before.edit();
        invocations.change(next);
        after = next.build();
        alive.add(after);
        bodies(after, batch);
      }
      Changes.apply(before, after, batch);
      count(before, -1);
      count(after, 1);
    }

    private static void bodies(Invocation of, Batch batch) {
      byte[] payload = new byte[of.payload().bytes()];
      Changes.body(Family.PAYLOAD, of.id(), of.payload(), payload, batch);
      byte[] result = new byte[of.result().bytes()];
      Changes.body(Family.RESULT, of.id(), of.result(), result, batch);
      byte[] log = new byte[of.log().bytes()];
      Changes.body(Family.LOG, of.id(), of.log(), log, batch);
    }

    private void count(Invocation of, int by) {
      if (of != null) {
        counters.computeIfAbsent(Changes.lane(of), lane -> new long[10])[of.status().code()] += by;
      }
    }

    private static void write(long lane, long[] counts, Batch batch) {
      for (Status status : Status.values()) {
        batch.put(Family.META, Keys.counter(lane, status), Keys.number(counts[status.code()]));
      }
    }
  }
}
