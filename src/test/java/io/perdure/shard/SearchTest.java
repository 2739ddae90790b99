package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.failure;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.TestFunctions.ACCOUNT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.router.InvocationQuery;
import io.perdure.router.InvocationSearch;
import io.perdure.router.ListPage;
import io.perdure.router.Router;
import io.perdure.router.RouterConfig;
import io.perdure.router.SearchPage;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreConfig;
import io.perdure.store.Verify;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches, lists and counts over several shards in which invocations come in, run and end. */
class SearchTest {
  private static final int SHARDS = 3;
  private static final int ROUNDS = 6;
  private static final int SEARCHES = 40;
  private static final long PAUSED = 12;
  private static final int ROWS = 500;

  @TempDir private Path directory;

  private final long seed = Long.getLong("perdure.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Set<InvocationId> ids = new HashSet<>();
  private ShardHarness shard;
  private Router router;

  @BeforeEach
  void open() throws Exception {
    DataDirectory.open(directory, SHARDS, StoreConfig.DEFAULT).close();
    shard = new ShardHarness(directory, SHARDS, new TestConfig().scanRows(ROWS).make());
    shard.functions.put(PAUSED, new TestFunctions.Spec().paused());
    router = new Router(shard.bus, shard.functions, SHARDS, shard.clock, RouterConfig.DEFAULT);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void whatIsFoundIsWhatALookAtAllOfThemFinds() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 8; i++) {
        change();
      }
      if (round == ROUNDS / 2) {
        shard.restart(this::verify);
        shard.settle();
      }
      List<Invocation> all = new ArrayList<>();
      for (InvocationId id : ids) {
        all.add(shard.get(id));
      }
      RandomCriteria asked = new RandomCriteria(random, T0, shard.clock.millis() + 1);
      for (int i = 0; i < SEARCHES; i++) {
        long function = asked.any(List.of(0L, FN, FN, PAUSED));
        compare(all, new Filter(ACCOUNT, function, asked.next()), asked.order());
      }
    }
    shard.restart(this::verify);
  }

  private void compare(List<Invocation> all, Filter filter, Order order) throws Exception {
    boolean descending = random.nextBoolean();
    List<InvocationId> expected = ids(RandomCriteria.matching(all, filter, order, descending));
    int limit = 1 + random.nextInt(20);
    List<InvocationId> found = new ArrayList<>();
    int offset = 0;
    do {
      SearchPage page = search(filter, order, descending, offset, limit);
      assertEquals(expected.size(), page.total(), () -> filter + replay());
      found.addAll(ids(page.invocations()));
      offset += limit;
    } while (offset < expected.size());
    assertEquals(expected, found, () -> order + " " + descending + " " + filter + replay());

    List<InvocationId> listed = new ArrayList<>();
    String cursor = null;
    do {
      ListPage page = join(router.list(query(filter), descending, limit, cursor));
      listed.addAll(ids(page.invocations()));
      cursor = page.cursor();
    } while (cursor != null);
    List<Invocation> matching = RandomCriteria.matching(all, filter, Order.ACCEPTED, descending);
    assertEquals(ids(matching), listed, () -> "list of " + filter + replay());

    Map<Status, Long> counts = new EnumMap<>(Status.class);
    matching.forEach(i -> counts.merge(i.status(), 1L, Long::sum));
    assertEquals(counts, join(router.count(query(filter))), () -> filter + replay());
  }

  /** Some come in, some begin, some end; time passes. */
  private void change() throws Exception {
    RandomCriteria some = new RandomCriteria(random, 0, 1);
    List<Future<Submitted>> submits = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      Submit submit =
          new Submit(
              random.nextInt(4) == 0 ? PAUSED : FN,
              some.any(RandomCriteria.QUALIFIERS),
              null,
              null,
              null,
              some.any(List.of(Invocation.Origin.values())),
              random.nextInt(3) == 0 ? Invocation.Mode.SYNC : Invocation.Mode.ASYNC,
              random.nextInt(3) > 0,
              0,
              null,
              some.any(RandomCriteria.LABELS),
              0,
              null,
              NOTHING);
      submits.add(shard.submit(random.nextInt(SHARDS), submit));
    }
    for (Future<Submitted> submit : submits) {
      ids.add(join(submit).invocation().id());
    }
    shard.barrier();
    shard
        .executor
        .handedOver()
        .forEach(
            run -> {
              shard.executor.began(run);
              switch (random.nextInt(5)) {
                case 0 -> shard.executor.failed(run, RunError.Kind.FUNCTION);
                case 1, 2 -> shard.executor.succeeded(run, NOTHING);
                default -> {} // goes on
              }
            });
    if (random.nextInt(4) == 0 && !ids.isEmpty()) {
      InvocationId any = List.copyOf(ids).get(random.nextInt(ids.size()));
      join(shard.stop(any, StopMode.CANCEL).otherwiseEmpty());
    }
    shard.clock.advance(Duration.ofMillis(random.nextInt(10) == 0 ? 1_200 : random.nextInt(5)));
    shard.settle();
  }

  private void verify() {
    Verify.Report report = Verify.run(directory, 10);
    assertTrue(report.ok(), () -> report.texts() + replay());
  }

  @Test
  void anAnswerShowsNothingTwiceAndOnlyWhatMatchesWhileOthersComeAndEnd() throws Exception {
    Filter running = new Filter(ACCOUNT, FN, Criteria.ANY.withStatuses(Set.of(Status.RUNNING)));
    Filter all = new Filter(ACCOUNT, FN, Criteria.ANY);
    List<Future<SearchPage>> found = new ArrayList<>();
    List<Future<SearchPage>> foundRunning = new ArrayList<>();
    List<Future<Submitted>> submits = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      for (int n = random.nextInt(4); n > 0; n--) {
        submits.add(shard.submit(random.nextInt(SHARDS), ShardHarness.submission(FN, null, 0, "")));
      }
      int before = acknowledged(submits);
      SearchPage page = search(all, Order.ENDED, random.nextBoolean(), 0, ROWS);
      assertTrue(page.total() >= before, "what was acknowledged is found");
      assertEquals(page.total(), page.invocations().size(), "the total is that of the page");
      assertEquals(page.total(), new HashSet<>(ids(page.invocations())).size(), "nothing twice");
      found.add(router.search(new InvocationSearch(query(all), Order.ENDED, true, 0, ROWS)));
      foundRunning.add(
          router.search(new InvocationSearch(query(running), Order.ACCEPTED, true, 0, ROWS)));
      shard
          .executor
          .handedOver()
          .forEach(
              run -> {
                shard.executor.began(run);
                if (random.nextBoolean()) {
                  shard.executor.succeeded(run, NOTHING);
                }
              });
    }
    for (Future<SearchPage> page : found) {
      assertEquals(join(page).total(), new HashSet<>(ids(join(page).invocations())).size());
    }
    for (Future<SearchPage> page : foundRunning) {
      List<Invocation> shown = join(page).invocations();
      assertTrue(shown.size() <= join(page).total());
      assertTrue(shown.stream().allMatch(i -> i.status() == Status.RUNNING), replay());
    }
  }

  private static int acknowledged(List<Future<Submitted>> submits) {
    return (int) submits.stream().filter(Future::succeeded).count();
  }

  @Test
  void partBeyondTheEndIsEmptyAndHasTheTotal() throws Exception {
    shard.accepted(FN, 3);
    SearchPage page = search(new Filter(ACCOUNT, FN, Criteria.ANY), Order.ACCEPTED, true, 3, 20);
    assertEquals(new SearchPage(3, List.of()), page);
  }

  @Test
  void totalAloneIsAskedForWithoutALimit() throws Exception {
    shard.accepted(FN, 3);
    Filter labelled = new Filter(ACCOUNT, FN, Criteria.ANY.withLabels(Map.of("a", "b")));
    assertEquals(
        new SearchPage(3, List.of()),
        search(new Filter(ACCOUNT, FN, Criteria.ANY), Order.ENDED, true, ROWS * 2, 0));
    assertEquals(new SearchPage(0, List.of()), search(labelled, Order.ACCEPTED, true, 0, 0));
  }

  @Test
  void partThatBeginsBeyondWhatMayBeReadIsInvalid() {
    InvocationQuery all = query(new Filter(ACCOUNT, FN, Criteria.ANY));
    Failure.Invalid refused =
        failure(
            Failure.Invalid.class,
            router.search(new InvocationSearch(all, Order.ACCEPTED, true, ROWS, 1)));
    assertEquals("offset", refused.field());
    assertTrue(refused.message().contains("narrow the interval"), refused.message());
    assertEquals("limit", invalid(all, 0, Router.LIMIT_MAX + 1));
    assertEquals("limit", invalid(all, 0, -1));
    assertEquals("offset", invalid(all, -1, 1));
    assertEquals("offset", invalid(all, Integer.MAX_VALUE, 1));
  }

  private String invalid(InvocationQuery query, int offset, int limit) {
    return failure(
            Failure.Invalid.class,
            router.search(new InvocationSearch(query, Order.ACCEPTED, true, offset, limit)))
        .field();
  }

  private SearchPage search(Filter filter, Order order, boolean descending, int offset, int limit)
      throws Exception {
    return join(
        router.search(new InvocationSearch(query(filter), order, descending, offset, limit)));
  }

  private static InvocationQuery query(Filter filter) {
    boolean one = filter.functionUid() != 0;
    return new InvocationQuery(
        filter.account(),
        one ? "default" : null,
        one ? "f" + filter.functionUid() : null,
        filter.criteria());
  }

  private static List<InvocationId> ids(List<Invocation> invocations) {
    return invocations.stream().map(Invocation::id).toList();
  }

  private String replay() {
    return ", replay with -Dperdure.seed=" + seed;
  }
}
