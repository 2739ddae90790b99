package io.perdure.shard;

import static io.perdure.shard.ScriptedExecutor.NOTHING;
import static io.perdure.shard.ShardHarness.FN;
import static io.perdure.shard.ShardHarness.T0;
import static io.perdure.shard.ShardHarness.join;
import static io.perdure.shard.ShardHarness.submission;
import static io.perdure.shard.TestFunctions.ACCOUNT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Criteria;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages are asked for while invocations come in, start and end. In the end each page is compared
 * with what there is: nothing between two positions was left out, nothing came twice, and nothing
 * has appeared below a frontier that was told.
 */
class PagingWalkTest {
  private static final long BUSY = 12;
  private static final int STEPS = 150;
  private static final Set<Status> ANY = Set.of(Status.values());

  private final long seed = Long.getLong("perdure.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final List<Future<Submitted>> submits = new ArrayList<>();
  private final List<Answered> answered = new ArrayList<>();
  private ShardHarness shard;

  private record Answered(Stable stable, Page page, Future<PageFound> found) {}

  /** A filter of which no invocation ever begins or ceases to be a part, and what it means. */
  private record Stable(Filter filter, Predicate<Invocation> means) {}

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
    shard.functions.put(FN, new TestFunctions.Spec().paused());
    shard.functions.put(BUSY);
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  @Test
  void pagesUpwardsHaveNoGapAndNoRepetition() throws Exception {
    walk(false);
  }

  @Test
  void pagesDownwardsHaveNoGapAndNoRepetition() throws Exception {
    walk(true);
  }

  private void walk(boolean descending) throws Exception {
    List<Stable> filters = filters();
    InvocationId[] positions = new InvocationId[filters.size()];
    for (int step = 0; step < STEPS; step++) {
      change();
      int i = random.nextInt(filters.size());
      InvocationId through =
          random.nextBoolean() ? null : InvocationId.ceiling(shard.clock.millis());
      int limit = 1 + random.nextInt(5);
      Page page = new Page(filters.get(i).filter(), descending, positions[i], through, limit);
      Future<PageFound> found = shard.bus.request(Addresses.PAGE.at(0), page);
      answered.add(new Answered(filters.get(i), page, found));
      change();
      List<InvocationId> ids = below(join(found).frontier(), join(found).ids());
      positions[i] = ids.isEmpty() ? (descending ? null : positions[i]) : last(ids);
    }
    List<Invocation> all = everything();
    for (Answered one : answered) {
      check(one.page(), join(one.found()), all.stream().filter(one.stable().means()).toList());
    }
    for (Stable stable : filters) {
      var counted = shard.ask(Addresses.COUNT.at(0), new Count(stable.filter())).byStatus();
      assertEquals(
          all.stream().filter(stable.means()).count(),
          counted.values().stream().mapToLong(Long::longValue).sum(),
          () -> "count of " + stable.filter() + replay());
    }
  }

  private void check(Page page, PageFound found, List<Invocation> matching) {
    InvocationId frontier = found.frontier();
    List<InvocationId> expected = new ArrayList<>();
    for (Invocation one : matching) {
      InvocationId id = one.id();
      boolean beyond =
          page.after() == null
              || (page.descending()
                  ? id.compareTo(page.after()) < 0
                  : id.compareTo(page.after()) > 0);
      boolean within =
          !found.more()
              || (page.descending()
                  ? id.compareTo(last(found.ids())) >= 0
                  : id.compareTo(last(found.ids())) <= 0);
      if (beyond && within && id.compareTo(frontier) < 0) {
        expected.add(id);
      }
    }
    expected.sort(page.descending() ? Comparator.reverseOrder() : Comparator.naturalOrder());
    assertEquals(expected, below(frontier, found.ids()), () -> page + replay());
    assertEquals(new HashSet<>(found.ids()).size(), found.ids().size(), () -> page + replay());
    if (page.through() != null) {
      assertTrue(frontier.compareTo(page.through()) > 0, () -> page + replay());
    }
  }

  /** Something happens, and nobody waits for it. */
  private void change() {
    for (int i = random.nextInt(4); i > 0; i--) {
      long function = random.nextBoolean() ? FN : BUSY;
      Map<String, String> labels = Map.of("colour", random.nextBoolean() ? "red" : "blue");
      submits.add(shard.submit(0, submission(function, null, 0, labels, NOTHING)));
    }
    for (Run run : shard.executor.handedOver()) {
      shard.executor.began(run);
      if (random.nextBoolean()) {
        shard.executor.succeeded(run, NOTHING);
      }
    }
    shard.clock.advance(Duration.ofMillis(random.nextInt(3)));
  }

  private List<Stable> filters() {
    Map<String, String> red = Map.of("colour", "red");
    long from = T0 + 40;
    long to = T0 + 160;
    return List.of(
        new Stable(filter(0, Set.of(), Map.of(), 0, Long.MAX_VALUE), i -> true),
        new Stable(filter(FN, Set.of(), Map.of(), 0, Long.MAX_VALUE), i -> i.functionUid() == FN),
        new Stable(
            filter(FN, Set.of(Status.ENQUEUED), Map.of(), 0, Long.MAX_VALUE),
            i -> i.functionUid() == FN),
        new Stable(filter(BUSY, ANY, Map.of(), 0, Long.MAX_VALUE), i -> i.functionUid() == BUSY),
        new Stable(
            filter(BUSY, ANY, red, 0, Long.MAX_VALUE),
            i -> i.functionUid() == BUSY && i.labels().equals(red)),
        new Stable(filter(0, Set.of(), red, 0, Long.MAX_VALUE), i -> i.labels().equals(red)),
        new Stable(
            filter(BUSY, ANY, Map.of(), from, to),
            i -> i.functionUid() == BUSY && i.id().millis() >= from && i.id().millis() < to));
  }

  private static Filter filter(
      long function, Set<Status> statuses, Map<String, String> labels, long from, long to) {
    return new Filter(
        ACCOUNT,
        function,
        Criteria.ANY.withStatuses(statuses).withLabels(labels).acceptedWithin(from, to));
  }

  private List<Invocation> everything() throws Exception {
    List<Invocation> all = new ArrayList<>();
    for (Future<Submitted> submit : submits) {
      all.add(join(submit).invocation());
    }
    shard.settle();
    return all;
  }

  private static List<InvocationId> below(InvocationId frontier, List<InvocationId> ids) {
    return ids.stream().filter(id -> id.compareTo(frontier) < 0).toList();
  }

  private static InvocationId last(List<InvocationId> ids) {
    return ids.get(ids.size() - 1);
  }

  private String replay() {
    return ", replay with -Dperdure.seed=" + seed;
  }
}
