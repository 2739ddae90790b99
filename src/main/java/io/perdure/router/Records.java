package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.GetAll;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The invocations that a page names, from the shards that have them. */
final class Records {
  private Records() {}

  /**
   * The invocations as they are now, in the order of {@code ids}. The page may be behind: what has
   * been removed or no longer matches {@code filter} is left out.
   */
  static Future<List<Invocation>> of(Bus bus, List<InvocationId> ids, Filter filter) {
    Map<Integer, List<InvocationId>> byShard = new TreeMap<>();
    for (InvocationId id : ids) {
      byShard.computeIfAbsent(id.shard(), shard -> new ArrayList<>()).add(id);
    }
    List<Future<FoundAll>> asked = new ArrayList<>(byShard.size());
    byShard.forEach(
        (shard, part) -> asked.add(bus.request(Addresses.GET_ALL.at(shard), new GetAll(part))));
    return Future.all(asked)
        .map(
            done -> {
              Map<InvocationId, Invocation> byId = new HashMap<>();
              asked.forEach(part -> part.result().invocations().forEach(i -> byId.put(i.id(), i)));
              List<Invocation> found = new ArrayList<>(ids.size());
              for (InvocationId id : ids) {
                Invocation invocation = byId.get(id);
                if (invocation != null && filter.matches(invocation)) {
                  found.add(invocation);
                }
              }
              return found;
            });
  }
}
