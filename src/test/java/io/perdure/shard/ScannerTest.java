package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.Store;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreReader;
import io.perdure.store.StoreShared;
import io.perdure.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is found in a store of random invocations, of which memory knows some to have begun, against
 * a look at all of them.
 */
class ScannerTest {
  private static final int POPULATIONS = 16;
  private static final int SEARCHES = 100;
  private static final long T0 = 1_000_000;
  private static final long SPAN = 60;
  private static final int PLENTY = 1_000_000;
  private static final InvocationId FRONTIER = InvocationId.ceiling(T0 + SPAN);

  @TempDir Path dir;

  @Test
  void searchesPagesAndCountsAreThoseOfTheModel() {
    Seeds.each(
        POPULATIONS,
        random -> {
          try (Population population = new Population(random, random.nextInt(150))) {
            RandomCriteria asked = new RandomCriteria(random, T0, T0 + SPAN);
            for (int i = 0; i < SEARCHES; i++) {
              Filter filter =
                  new Filter("acc", asked.any(List.of(0L, 11L, 11L, 12L)), asked.next());
              population.search(filter, asked.order(), random);
              population.page(filter, random);
              population.count(filter);
            }
          }
        });
  }

  @Test
  void whatEndedInABatchThatMemoryHasNotHeardOfIsStillShownAsRunning() {
    try (Population population = new Population(new Random(6), 0)) {
      population.add(1, i -> i.status = Status.SUCCEEDED);
      InvocationBuilder next = population.shown.remove(0).edit();
      next.status = Status.RUNNING;
      next.endedAt = 0;
      population.shown.add(next.build());
      population.starts.put(next.id, new Starts.Started(next.build(), Status.ENQUEUED));
      for (Status status : List.of(Status.RUNNING, Status.SUCCEEDED, Status.ENQUEUED)) {
        Filter filter = new Filter("acc", 11, Criteria.ANY.withStatuses(Set.of(status)));
        population.search(filter, Order.ENDED, new Random(1));
        population.search(filter, Order.ACCEPTED, new Random(1));
      }
      population.search(new Filter("acc", 11, Criteria.ANY), Order.ENDED, new Random(1));
    }
  }

  @Test
  void countersAnswerTheTotalAndNoRecordIsRead() {
    try (Population population = new Population(new Random(1), 0)) {
      population.add(30, i -> i.status = Status.SUCCEEDED);
      population.add(5, i -> i.mode = Invocation.Mode.SYNC);
      Filter queued = new Filter("acc", 11, Criteria.ANY.withMode(Invocation.Mode.ASYNC));
      for (Order order : Order.values()) {
        try (Scan scan = new Scan(population, 0)) {
          assertEquals(30, scan.scanner.search(new Search(queued, order, true, 0)).total());
        }
      }
    }
  }

  @Test
  void whatIndexesAnswerNeedsNoRecord() {
    try (Population population = new Population(new Random(2), 0)) {
      population.add(40, i -> i.status = Status.SUCCEEDED);
      population.add(3, i -> i.status = Status.FAILED);
      population.add(3, i -> i.status = Status.ENQUEUED);
      Criteria any = Criteria.ANY.withMode(Invocation.Mode.ASYNC);
      for (Criteria criteria :
          List.of(
              any,
              any.withStatuses(Set.of(Status.SUCCEEDED)),
              any.acceptedWithin(T0, T0 + 30),
              any.endedWithin(T0, T0 + 30),
              any.endedWithin(T0, T0 + 30).withStatuses(Set.of(Status.FAILED)),
              any.endedWithin(T0, T0 + 30).acceptedWithin(T0, T0 + 20))) {
        Filter filter = new Filter("acc", 11, criteria);
        for (boolean descending : new boolean[] {false, true}) {
          List<Hit> expected = population.expected(filter, Order.ACCEPTED, descending);
          Search search = new Search(filter, Order.ACCEPTED, descending, 46);
          try (Scan scan = new Scan(population, 46)) {
            SearchFound found = scan.scanner.search(search);
            assertEquals(expected.size(), found.total());
            assertEquals(
                expected.stream().map(Hit::id).toList(),
                found.hits().stream().map(Hit::id).toList());
            assertEquals(0, scan.scanner.recordsRead(), criteria::toString);
          }
        }
      }
      for (Criteria criteria :
          List.of(any, any.withStatuses(Set.of(Status.SUCCEEDED)), any.endedWithin(T0, T0 + 30))) {
        Filter filter = new Filter("acc", 11, criteria);
        try (Scan scan = new Scan(population, 46)) {
          SearchFound found = scan.scanner.search(new Search(filter, Order.ENDED, true, 46));
          assertEquals(population.expected(filter, Order.ENDED, true), found.hits());
          assertEquals(0, scan.scanner.recordsRead(), criteria::toString);
        }
      }
    }
  }

  @Test
  void aFewOfAStatusAreOrderedByEndWithoutWalkingAllEnds() {
    try (Population population = new Population(new Random(3), 0)) {
      population.add(300, i -> i.status = Status.SUCCEEDED);
      population.add(2, i -> i.status = Status.FAILED);
      Filter failed = new Filter("acc", 11, Criteria.ANY.withStatuses(Set.of(Status.FAILED)));
      try (Scan scan = new Scan(population, PLENTY)) {
        SearchFound found = scan.scanner.search(new Search(failed, Order.ENDED, false, 20));
        assertEquals(population.expected(failed, Order.ENDED, false), found.hits());
        assertEquals(2, scan.scanner.recordsRead());
      }
    }
  }

  @Test
  void whatNoIndexAnswersIsReadUpToTheLimitAndNoTotalIsWrong() {
    try (Population population = new Population(new Random(4), 0)) {
      population.add(21, i -> i.origin = Invocation.Origin.SCF);
      Filter filter =
          new Filter("acc", 11, Criteria.ANY.withOrigins(Set.of(Invocation.Origin.SCF)));
      for (Order order : Order.values()) {
        Search search = new Search(filter, order, false, 1);
        try (Scan scan = new Scan(population, 21)) {
          assertEquals(21, scan.scanner.search(search).total());
        }
        assertEquals(new Failure.ScanLimit(20), failure(population, 20, search));
      }
    }
  }

  @Test
  void aPrefixOfKeysOrIdsReadsOnlyWhatHasIt() {
    try (Population population = new Population(new Random(7), 0)) {
      int[] number = {0};
      population.add(60, i -> i.key = "key-" + number[0]++);
      population.add(60, i -> {});
      String id = population.shown.get(100).id().toString();
      for (String prefix : List.of("key-4", "key-59", id, id.substring(0, 26), "nobody")) {
        Filter filter = new Filter("acc", 11, Criteria.ANY.withPrefix(prefix));
        List<Hit> expected = population.expected(filter, Order.ACCEPTED, true);
        try (Scan scan = new Scan(population, PLENTY)) {
          Search search = new Search(filter, Order.ACCEPTED, true, 120);
          SearchFound found = scan.scanner.search(search);
          assertEquals(expected, found.hits());
          assertEquals(expected.size(), scan.scanner.recordsRead(), prefix);
        }
      }
    }
  }

  @Test
  void partBeyondWhatMayBeReadIsInvalid() {
    try (Population population = new Population(new Random(5), 3)) {
      Filter filter = new Filter("acc", 11, Criteria.ANY);
      Search search = new Search(filter, Order.ACCEPTED, false, 21);
      Failure.Invalid invalid = (Failure.Invalid) failure(population, 20, search);
      assertEquals("offset", invalid.field());
      assertTrue(invalid.message().contains("20 rows, not 21"), invalid.message());
    }
  }

  private static Failure failure(Population population, int rowsMax, Search search) {
    try (Scan scan = new Scan(population, rowsMax)) {
      return assertThrows(FailureException.class, () -> scan.scanner.search(search)).failure();
    }
  }

  private interface Change {
    void on(InvocationBuilder next);
  }

  private static final class Scan implements AutoCloseable {
    private final StoreReader.View view;
    private final Scanner scanner;

    Scan(Population population, int rowsMax) {
      view = population.store.view();
      scanner = new Scanner(view, population.starts, population.occupied(), rowsMax);
    }

    @Override
    public void close() {
      view.close();
    }
  }

  /** A store, what memory knows more, and all of it as it is to be shown. */
  private final class Population implements AutoCloseable {
    private final Random random;
    private final InvocationId.Minter minter;
    private final StoreShared shared = new StoreShared(StoreConfig.DEFAULT);
    private final Store store;
    private final Counters counters = new Counters(Map.of());
    private final Map<InvocationId, Starts.Started> starts = new HashMap<>();
    private final List<Invocation> shown = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private long now = T0;

    Population(Random random, int size) {
      this.random = random;
      minter = new InvocationId.Minter(0, random);
      store = Store.open(dir.resolve("store" + random.nextLong()), StoreOptions.shard(shared));
      for (int i = 0; i < size; i++) {
        write(any(), random.nextInt(5) == 0);
      }
    }

    /** Writes {@code n} of function 11 that are queued and as {@code change} makes them. */
    void add(int n, Change change) {
      for (int i = 0; i < n; i++) {
        InvocationBuilder next = new InvocationBuilder();
        next.id = minter.next(later());
        next.functionUid = 11;
        next.account = "acc";
        change.on(next);
        next.endedAt = next.status.terminal() ? T0 + random.nextLong(SPAN) : 0;
        write(next.build(), false);
        shown.add(next.build());
      }
    }

    Set<Long> occupied() {
      Set<Long> occupied = new HashSet<>();
      for (long function = 11; function < 14; function++) {
        occupied.addAll(counters.occupied(function));
      }
      return occupied;
    }

    private long later() {
      now = Math.min(T0 + SPAN - 1, now + random.nextInt(3) / 2);
      return now;
    }

    private Invocation any() {
      InvocationBuilder next = new InvocationBuilder();
      next.id = minter.next(later());
      next.functionUid = 11L + random.nextInt(3);
      next.account = next.functionUid == 13 ? "other" : "acc";
      next.mode = pick(Invocation.Mode.values());
      next.origin = pick(Invocation.Origin.values());
      next.qualifier = pick(RandomCriteria.QUALIFIERS.toArray(new String[0]));
      next.labels = RandomCriteria.LABELS.get(random.nextInt(RandomCriteria.LABELS.size()));
      next.status = pick(Status.values());
      String key = pick(RandomCriteria.KEYS.toArray(new String[0]));
      next.key = random.nextBoolean() && keys.add(next.functionUid + key) ? key : null;
      next.endedAt = next.status.terminal() ? T0 + random.nextLong(SPAN) : 0;
      Invocation written = next.build();
      if (random.nextInt(4) == 0) {
        // The store may be ahead of what memory knows to be on disk, but not behind.
        Status onDisk =
            written.status().waiting() ? written.status() : pick(Status.ENQUEUED, Status.RETRYING);
        next.status = Status.RUNNING;
        next.endedAt = 0;
        starts.put(next.id, new Starts.Started(next.build(), onDisk));
      }
      shown.add(next.build());
      return written;
    }

    @SafeVarargs
    private <T> T pick(T... some) {
      return some[random.nextInt(some.length)];
    }

    /** Writes it; what has ended as older programs did, if so. */
    private void write(Invocation written, boolean older) {
      Batch batch = new Batch();
      Changes.apply(null, written, batch);
      if (written.status().terminal() && older) {
        long lane = Changes.lane(written);
        batch.put(Family.ENDED, Keys.timed(lane, written.endedAt(), written.id()), new byte[0]);
      }
      counters.change(null, written);
      counters.flushTo(batch);
      counters.committed();
      store.write(batch, false);
    }

    List<Hit> expected(Filter filter, Order order, boolean descending) {
      return RandomCriteria.matching(shown, filter, order, descending).stream()
          .map(RandomCriteria::hit)
          .toList();
    }

    void search(Filter filter, Order order, Random picks) {
      boolean descending = picks.nextBoolean();
      int rows = picks.nextInt(4) == 0 ? picks.nextInt(200) : picks.nextInt(10);
      Search search = new Search(filter, order, descending, rows);
      List<Hit> expected = expected(filter, order, descending);
      try (Scan scan = new Scan(this, PLENTY)) {
        SearchFound found = scan.scanner.search(search);
        assertEquals(expected.size(), found.total(), search::toString);
        assertEquals(
            expected.stream().limit(rows).map(Hit::id).toList(),
            found.hits().stream().map(Hit::id).toList(),
            search::toString);
        if (order == Order.ENDED) {
          assertEquals(
              expected.stream().limit(rows).toList(), found.hits(), "what a merge goes by");
        }
      }
    }

    void page(Filter filter, Random picks) {
      boolean descending = picks.nextBoolean();
      int limit = 1 + picks.nextInt(10);
      InvocationId after =
          shown.isEmpty() || picks.nextBoolean()
              ? null
              : shown.get(picks.nextInt(shown.size())).id();
      Page page = new Page(filter, descending, after, null, limit);
      List<InvocationId> expected =
          expected(filter, Order.ACCEPTED, descending).stream()
              .map(Hit::id)
              .filter(
                  id ->
                      after == null
                          || (descending ? id.compareTo(after) < 0 : id.compareTo(after) > 0))
              .toList();
      try (Scan scan = new Scan(this, PLENTY)) {
        PageFound found = scan.scanner.page(page, FRONTIER);
        assertEquals(expected.stream().limit(limit).toList(), found.ids(), page::toString);
        assertEquals(expected.size() > limit, found.more(), page::toString);
      }
    }

    void count(Filter filter) {
      Map<Status, Long> expected = new EnumMap<>(Status.class);
      RandomCriteria.matching(shown, filter, Order.ACCEPTED, false)
          .forEach(i -> expected.merge(i.status(), 1L, Long::sum));
      try (Scan scan = new Scan(this, PLENTY)) {
        assertEquals(expected, scan.scanner.count(filter), filter::toString);
      }
    }

    @Override
    public void close() {
      store.close();
      shared.close();
    }
  }
}
