package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.testkit.Seeds;
import io.perdure.time.VirtualClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SearchesTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    Answers.of(vertx.close());
  }

  @Test
  void partIsThatOfAllListsInOne() {
    Seeds.each(
        200,
        random -> {
          Order order = random.nextBoolean() ? Order.ACCEPTED : Order.ENDED;
          Comparator<Hit> comparator = order.comparator(random.nextBoolean());
          List<SearchFound> lists = new ArrayList<>();
          List<Hit> all = new ArrayList<>();
          for (int shard = 0; shard < 4; shard++) {
            List<Hit> hits = hits(shard, random);
            all.addAll(hits);
            hits.sort(comparator);
            lists.add(new SearchFound(hits, hits.size()));
          }
          all.sort(comparator);
          int offset = random.nextInt(30);
          int limit = random.nextInt(10);
          assertEquals(
              all.stream().skip(offset).limit(limit).map(Hit::id).toList(),
              Searches.part(lists, comparator, offset, limit));
        });
  }

  private static List<Hit> hits(int shard, Random random) {
    InvocationId.Minter minter = new InvocationId.Minter(shard, random);
    List<Hit> hits = new ArrayList<>();
    for (int i = random.nextInt(10); i > 0; i--) {
      hits.add(new Hit(minter.next(1 + random.nextInt(5)), random.nextInt(4)));
    }
    return hits;
  }

  @Test
  void whatHasGoneOrNoLongerMatchesIsLeftOutOfThePage() {
    List<Invocation> all = new ArrayList<>();
    InvocationId.Minter minter = new InvocationId.Minter(0, new Random(1));
    for (int i = 0; i < 4; i++) {
      InvocationBuilder next = new InvocationBuilder();
      next.id = minter.next(1);
      next.account = "acc";
      next.status = i == 1 ? Status.SUCCEEDED : Status.RUNNING;
      all.add(next.build());
    }
    Bus bus = Bus.install(vertx);
    bus.serve(
        Addresses.SEARCH.at(0),
        asked ->
            Future.succeededFuture(
                new SearchFound(all.stream().map(i -> new Hit(i.id(), 0)).toList(), 4)));
    bus.serve(
        Addresses.GET_ALL.at(0), asked -> Future.succeededFuture(new FoundAll(all.subList(0, 3))));
    VirtualClock clock = new VirtualClock(Instant.EPOCH);
    Router router = new Router(bus, new KnownFunctions(), 1, clock, RouterConfig.DEFAULT);
    InvocationQuery running =
        new InvocationQuery("acc", null, null, Criteria.ANY.withStatuses(Set.of(Status.RUNNING)));
    SearchPage page =
        Answers.of(router.search(new InvocationSearch(running, Order.ACCEPTED, false, 0, 10)));
    assertEquals(new SearchPage(4, List.of(all.get(0), all.get(2))), page);
  }
}
