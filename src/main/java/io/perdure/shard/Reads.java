package io.perdure.shard;

import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Counted;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.GetAll;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Answers questions about a shard. Every answer rests on committed changes only: one that depends
 * on a batch under way waits for it. Called on the shard's thread; scans run on the shared pool, on
 * a view of the store and a copy of what memory knows more.
 */
final class Reads {
  private final Shard shard;
  private final WorkerExecutor scans;

  /** Bodies of buckets below are removed. */
  private int lowWater;

  Reads(Shard shard, WorkerExecutor scans, int lowWater) {
    this.shard = shard;
    this.scans = scans;
    this.lowWater = lowWater;
  }

  int lowWater() {
    return lowWater;
  }

  void lowWater(int bucket) {
    lowWater = bucket;
  }

  Future<Invocation> get(InvocationId id) {
    Live entry = shard.load(id);
    return entry == null ? Shard.notFound(id) : shard.committed(entry);
  }

  Future<FoundAll> getAll(GetAll get) {
    List<Future<Invocation>> found = new ArrayList<>(get.ids().size());
    for (InvocationId id : get.ids()) {
      Live entry = shard.load(id);
      if (entry != null) {
        found.add(shard.committed(entry));
      }
    }
    return Future.all(found).map(all -> new FoundAll(found.stream().map(Future::result).toList()));
  }

  Future<Invocation> await(Await await) {
    return get(await.id())
        .compose(
            now -> {
              boolean met =
                  await.terminal()
                      ? now.status().terminal()
                      : now.lastSeq() > await.afterSeq() || now.status().terminal();
              if (met || await.deadline() <= shard.clock.millis()) {
                return Future.succeededFuture(now);
              }
              return shard
                  .waiters
                  .await(await.id(), await.afterSeq(), await.terminal(), await.deadline())
                  .compose(told -> get(await.id()));
            });
  }

  Future<Body> body(GetBody get) {
    return get(get.id())
        .compose(
            invocation -> {
              BodyRef ref = ref(invocation, get.part());
              if (ref.isEmpty()) {
                return Future.succeededFuture(new Body(invocation, new byte[0]));
              }
              if (ref.bucket() < lowWater) {
                return Future.failedFuture(
                    new FailureException(
                        new Failure.Removed(get.part().name().toLowerCase(java.util.Locale.ROOT))));
              }
              return scan(
                  () ->
                      new Body(
                          invocation,
                          Changes.readBody(shard.reader, family(get.part()), get.id(), ref)));
            });
  }

  Future<PageFound> page(Page page) {
    if (page.through() != null) {
      // Beyond this point nothing new may appear below the position.
      shard.minter.advanceBeyond(page.through());
    }
    InvocationId frontier = shard.minter.frontier();
    return shard
        .commits
        .settled()
        .compose(
            v -> {
              Map<InvocationId, Invocation> overlay = shard.overlay();
              StoreReader.View view = shard.reader.view();
              return scan(
                  () -> {
                    try (view) {
                      return new Scanner(view, overlay, shard.config.scanRows())
                          .page(page, frontier);
                    }
                  });
            });
  }

  Future<Counted> count(Count count) {
    var filter = count.filter();
    boolean counters =
        filter.labels().isEmpty() && filter.from() == 0 && filter.to() == Long.MAX_VALUE;
    return shard
        .commits
        .settled()
        .compose(
            v -> {
              Map<InvocationId, Invocation> overlay = shard.overlay();
              if (counters) {
                return Future.succeededFuture(fromCounters(count, overlay));
              }
              StoreReader.View view = shard.reader.view();
              return scan(
                  () -> {
                    try (view) {
                      return new Counted(
                          new Scanner(view, overlay, shard.config.scanRows()).count(filter));
                    }
                  });
            });
  }

  private Counted fromCounters(Count count, Map<InvocationId, Invocation> overlay) {
    var filter = count.filter();
    Map<Status, Long> sum = shard.counters.sum(filter.functionUid(), filter.account());
    for (Invocation ahead : overlay.values()) {
      Live entry = shard.inMemory(ahead.id());
      if (entry != null
          && entry.written != null
          && ahead.account().equals(filter.account())
          && (filter.functionUid() == 0 || filter.functionUid() == ahead.functionUid())) {
        sum.merge(entry.written.status(), -1L, Long::sum);
        sum.merge(ahead.status(), 1L, Long::sum);
      }
    }
    Map<Status, Long> result = new EnumMap<>(Status.class);
    sum.forEach(
        (status, n) -> {
          if (n != 0 && (filter.statuses().isEmpty() || filter.statuses().contains(status))) {
            result.put(status, n);
          }
        });
    return new Counted(result);
  }

  /** Runs what may block for long on the shared pool; the answer comes back on this thread. */
  <T> Future<T> scan(Callable<T> task) {
    return scans.executeBlocking(task, false);
  }

  private static BodyRef ref(Invocation of, Part part) {
    return switch (part) {
      case PAYLOAD -> of.payload();
      case RESULT -> of.result();
      case LOG -> of.log();
    };
  }

  private static Family family(Part part) {
    return switch (part) {
      case PAYLOAD -> Family.PAYLOAD;
      case RESULT -> Family.RESULT;
      case LOG -> Family.LOG;
    };
  }
}
