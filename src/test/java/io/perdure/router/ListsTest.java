package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.testkit.Seeds;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists while submits go on: each seed is another interleaving of both. */
class ListsTest {
  private static final int ROUNDS = 100;
  private static final InvocationQuery ALL = new InvocationQuery("acc", null, null, Criteria.ANY);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    Answers.of(vertx.close());
  }

  @Test
  void pagesHaveNoGapAndNoRepetitionUnderConcurrentSubmits() {
    Seeds.each(
        ROUNDS,
        random -> {
          try (Interleaving run = new Interleaving(random)) {
            run.check();
          }
        });
  }

  /** Some shards, with submits that are minted, wait for their commit, and are acknowledged. */
  private final class Interleaving implements AutoCloseable {
    private final Random random;
    private final Vertx own = Vertx.vertx();
    private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<Shard> shards = new ArrayList<>();
    private final Set<InvocationId> vanished = new HashSet<>();
    private final Router router;
    private boolean busy = true;

    Interleaving(Random random) {
      this.random = random;
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        shards.add(new Shard(i, random.nextInt(3) == 0 ? random.nextInt(50) : 0));
      }
      Bus bus = Bus.install(own);
      shards.forEach(shard -> shard.serve(bus));
      router = new Router(bus, new KnownFunctions(), count, clock, RouterConfig.DEFAULT);
    }

    void check() {
      boolean descending = random.nextBoolean();
      int limit = 1 + random.nextInt(8);
      for (int i = random.nextInt(40); i > 0; i--) {
        submitSomething();
      }
      Set<InvocationId> before = acknowledged();
      List<InvocationId> listed = new ArrayList<>();
      String cursor = null;
      int pages = 0;
      do {
        // Ascending, what came in before the last page was asked for belongs to the list, too.
        before = descending ? before : acknowledged();
        ListPage page = Answers.of(router.list(ALL, descending, limit, cursor));
        assertTrue(page.invocations().size() <= limit, "a page is not longer than asked for");
        page.invocations().forEach(one -> listed.add(one.id()));
        cursor = page.cursor();
        busy = pages++ < 25;
        assertTrue(pages < 2_000, "the list ends");
      } while (cursor != null);

      List<InvocationId> ordered = new ArrayList<>(listed);
      ordered.sort(descending ? Comparator.reverseOrder() : Comparator.naturalOrder());
      assertEquals(ordered, listed, "in order");
      assertEquals(listed.size(), new HashSet<>(listed).size(), "no repetition");
      Set<InvocationId> missing = new TreeSet<>(before);
      missing.removeAll(new HashSet<>(listed));
      synchronized (this) {
        missing.removeAll(vanished);
      }
      assertEquals(Set.of(), missing, "no gap");
    }

    private synchronized Set<InvocationId> acknowledged() {
      Set<InvocationId> ids = new TreeSet<>();
      shards.forEach(shard -> ids.addAll(shard.committed.keySet()));
      return ids;
    }

    private void meanwhile() {
      if (busy) {
        for (int i = random.nextInt(4); i > 0; i--) {
          submitSomething();
        }
      }
    }

    private synchronized void submitSomething() {
      if (random.nextInt(3) == 0) {
        clock.advance(Duration.ofMillis(random.nextInt(3)));
      }
      Shard shard = shards.get(random.nextInt(shards.size()));
      shard.mint();
      if (random.nextBoolean()) {
        shards.get(random.nextInt(shards.size())).commit();
      }
    }

    @Override
    public void close() {
      Answers.of(own.close());
    }

    private final class Shard {
      private final int number;
      private final long aheadMillis;
      private final InvocationId.Minter minter;
      private final NavigableMap<InvocationId, Invocation> committed = new TreeMap<>();
      private final NavigableMap<InvocationId, Invocation> pending = new TreeMap<>();

      Shard(int number, long aheadMillis) {
        this.number = number;
        this.aheadMillis = aheadMillis;
        this.minter = new InvocationId.Minter(number, new Random(number));
      }

      void serve(Bus bus) {
        bus.serve(Addresses.PAGE.at(number), asked -> Future.succeededFuture(page(asked)));
      }

      void mint() {
        InvocationBuilder next = new InvocationBuilder();
        next.id = minter.next(clock.millis() + aheadMillis);
        next.account = "acc";
        pending.put(next.id, next.build());
      }

      void commit() {
        committed.putAll(pending);
        pending.clear();
      }

      private PageFound page(Page asked) {
        synchronized (Interleaving.this) {
          meanwhile();
          minter.advanceBeyond(asked.through());
          if (!pending.isEmpty() && pending.firstKey().compareTo(asked.through()) <= 0) {
            commit();
          }
          removeSomething();
          List<Invocation> part = new ArrayList<>();
          boolean more = false;
          for (InvocationId id :
              asked.descending() ? committed.descendingKeySet() : committed.keySet()) {
            int past = asked.after() == null ? 1 : id.compareTo(asked.after());
            if (asked.after() == null || (asked.descending() ? past < 0 : past > 0)) {
              if (part.size() == asked.limit()) {
                more = true;
                break;
              }
              part.add(committed.get(id));
            }
          }
          InvocationId frontier = pending.isEmpty() ? minter.frontier() : pending.firstKey();
          PageFound found = new PageFound(part, frontier, more);
          meanwhile();
          return found;
        }
      }

      /** Its retention is over. */
      private void removeSomething() {
        if (!committed.isEmpty() && random.nextInt(20) == 0) {
          InvocationId gone = committed.firstKey();
          committed.remove(gone);
          vanished.add(gone);
        }
      }
    }
  }

  @Test
  void acknowledgedSubmitIsListedEvenWhenItsIdIsAheadOfTheClock() {
    KnownFunctions functions = new KnownFunctions();
    functions.add(1, "acc", "f");
    VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    Router router = new Router(Bus.install(vertx), functions, 4, clock, RouterConfig.DEFAULT);
    ServedShards shards = new ServedShards(vertx, 4, functions, clock);
    for (int i = 1; i <= 20; i++) {
      // Each list pushes the next ids beyond the present millisecond; the clock stands still.
      Answers.of(router.list(ALL, true, 5, null));
      InvocationId mine = Answers.of(router.submit(RouterTest.request("f"))).invocation().id();
      assertEquals(mine, Answers.of(router.list(ALL, true, 5, null)).invocations().get(0).id());
      assertEquals(i, shards.records.size());
    }
  }

  @Test
  void whatOneShardHasBeyondItsShareIsAskedForOnceMore() {
    KnownFunctions functions = new KnownFunctions();
    functions.add(1, "acc", "f");
    VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    Router router = new Router(Bus.install(vertx), functions, 4, clock, RouterConfig.DEFAULT);
    ServedShards shards = new ServedShards(vertx, 4, functions, clock);
    InvocationId.Minter minter = new InvocationId.Minter(2, new Random(1));
    for (int i = 0; i < 60; i++) {
      InvocationBuilder next = new InvocationBuilder();
      next.id = minter.next(clock.millis() - 1_000 + i);
      next.account = "acc";
      shards.records.put(next.id, next.build());
    }
    ListPage page = Answers.of(router.list(ALL, true, 50, null));
    List<Invocation> newest = new ArrayList<>(shards.records.descendingMap().values());
    assertEquals(newest.subList(0, 50), page.invocations());
    assertNotNull(page.cursor());
  }

  @Test
  void shareOfAPageIsNeverMoreThanThePage() {
    assertEquals(1, Lists.share(1, 6));
    assertEquals(3, Lists.share(3, 1));
    assertEquals(25, Lists.share(100, 6));
  }
}
