package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Parts of ordered lists over all shards: each gives the beginning of its own list up to the end of
 * the part wanted, and its length; the records are read of the part alone.
 */
final class Searches {
  private final Bus bus;
  private final int shards;

  Searches(Bus bus, int shards) {
    this.bus = bus;
    this.shards = shards;
  }

  Future<SearchPage> search(Filter filter, InvocationSearch search) {
    long rows = search.limit() == 0 ? 0 : (long) search.offset() + search.limit();
    if (rows > Integer.MAX_VALUE) {
      return Future.failedFuture(
          new FailureException(new Failure.Invalid("offset", "expected less than 2^31 - limit")));
    }
    Search message = new Search(filter, search.order(), search.descending(), (int) rows);
    List<Future<SearchFound>> asked = new ArrayList<>(shards);
    for (int shard = 0; shard < shards; shard++) {
      asked.add(bus.request(Addresses.SEARCH.at(shard), message));
    }
    return Future.all(asked)
        .compose(
            all -> {
              List<SearchFound> found = asked.stream().map(Future::result).toList();
              long total = found.stream().mapToLong(SearchFound::total).sum();
              List<InvocationId> ids =
                  part(
                      found,
                      search.order().comparator(search.descending()),
                      search.offset(),
                      search.limit());
              return Records.of(bus, ids, filter).map(records -> new SearchPage(total, records));
            });
  }

  /** What stands at {@code offset} and behind, at most {@code limit}, of all lists merged. */
  static List<InvocationId> part(
      List<SearchFound> lists, Comparator<Hit> order, int offset, int limit) {
    PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::hit, order));
    lists.forEach(list -> Head.push(heads, list.hits(), 0));
    List<InvocationId> ids = new ArrayList<>(Math.min(limit, Router.LIMIT_MAX));
    for (long place = 0; !heads.isEmpty() && ids.size() < limit; place++) {
      Head head = heads.poll();
      if (place >= offset) {
        ids.add(head.hit().id());
      }
      Head.push(heads, head.list, head.at + 1);
    }
    return ids;
  }

  /** A place in one list. */
  private record Head(List<Hit> list, int at) {
    Hit hit() {
      return list.get(at);
    }

    static void push(PriorityQueue<Head> heads, List<Hit> list, int at) {
      if (at < list.size()) {
        heads.add(new Head(list, at));
      }
    }
  }
}
