package io.perdure.shard;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Count;
import io.perdure.bus.ShardMessages.Counted;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.GetAll;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Answers questions about a shard. Every answer rests on committed changes only: one that depends
 * on a batch under way waits for it. Called on the shard's thread; scans run on the shared pool, on
 * a view of the store and a copy of what memory knows more, but for a short page that an index
 * gives.
 */
final class Reads {
  private static final System.Logger LOG = System.getLogger(Reads.class.getName());

  /** Most scans at once, waiting for the pool or running: each holds a view of the store. */
  static final int SCANS_MAX = 128;

  /** Most rows of a page that are read between two commits: about 0.2 ms. */
  static final int AT_ONCE_MAX = 64;

  /** Most removed entries of an index that are stepped over between two commits. */
  private static final int REMOVED_MAX = 1_000;

  private final Shard shard;
  private final WorkerExecutor pool;
  private int scanning;

  Reads(Shard shard, WorkerExecutor pool) {
    this.shard = shard;
    this.pool = pool;
  }

  Future<Invocation> get(InvocationId id) {
    Live entry = shard.memory.load(id);
    return entry == null ? shard.memory.notFound(id) : shard.memory.committed(entry);
  }

  Future<FoundAll> getAll(GetAll get) {
    List<Future<Invocation>> found = new ArrayList<>(get.ids().size());
    for (InvocationId id : get.ids()) {
      Live entry = shard.memory.load(id);
      if (entry != null) {
        found.add(shard.memory.committed(entry));
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
                      : now.lastSeq() > await.afterSeq() || now.over();
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
              BodyRef ref = get.part().of(invocation);
              if (ref.isEmpty()) {
                return Future.succeededFuture(new Body(invocation, new byte[0]));
              }
              if (!ref.isKept()) {
                return Future.failedFuture(
                    new FailureException(new Failure.NotKept(name(get.part()), ref.bytes())));
              }
              return blocking(() -> new Body(invocation, read(get, ref)));
            })
        .recover(Reads::withoutTheShard);
  }

  /** One body that is damaged is no reason for the shard not to serve the others. */
  private static <T> Future<T> withoutTheShard(Throwable cause) {
    if (!(cause instanceof StoreException)) {
      return Future.failedFuture(cause);
    }
    LOG.log(ERROR, "a body cannot be read, answered as unavailable", cause);
    return Future.failedFuture(
        new FailureException(new Failure.Unavailable(cause.getMessage(), 5_000)));
  }

  private byte[] read(GetBody get, BodyRef ref) {
    if (!shard.bodies.isRemoved(ref)) {
      try {
        return Changes.readBody(shard.reader, family(get.part()), get.id(), ref);
      } catch (StoreException e) {
        if (!shard.bodies.isRemoved(ref)) {
          throw e;
        }
      }
    }
    throw new FailureException(new Failure.Removed(name(get.part())));
  }

  private static String name(Part part) {
    return part.name().toLowerCase(Locale.ROOT);
  }

  Future<PageFound> page(Page page) {
    InvocationId frontier = shard.frontier.advance(page.through());
    return shard
        .commits
        .settled()
        .compose(
            v -> {
              PageFound found = isBrief(page) ? atOnce(page, frontier) : null;
              return found == null
                  ? scan(page.filter(), scanner -> scanner.page(page, frontier))
                  : Future.succeededFuture(found);
            });
  }

  /** Whether an index gives the page and no more than a few of its entries are read. */
  private static boolean isBrief(Page page) {
    Filter filter = page.filter();
    return page.limit() <= AT_ONCE_MAX
        && filter.functionUid() != 0
        && filter.criteria().ended() == null
        && !filter.criteria().needsRecords();
  }

  /**
   * On this thread: it takes less than to have another do it. Null when there is more to step over
   * than seems, or when the store cannot be read, which the pool may find out and tell.
   */
  private PageFound atOnce(Page page, InvocationId frontier) {
    try (StoreReader.View view = shard.reader.briefView(REMOVED_MAX)) {
      Set<Long> occupied = shard.counters.occupied(page.filter().functionUid());
      return new Scanner(view, shard.starts.snapshot(), occupied, shard.config.scanRows())
          .page(page, frontier);
    } catch (StoreException e) {
      LOG.log(DEBUG, "a page is left to the pool: {0}", e.getMessage());
      return null;
    }
  }

  /** Waits for nothing: counts are those of what is committed at this moment. */
  Future<Counted> count(Count count) {
    Filter filter = count.filter();
    return Totals.isCounted(filter.criteria())
        ? Future.succeededFuture(new Counted(fromCounters(filter)))
        : scan(filter, scanner -> new Counted(scanner.count(filter)));
  }

  /** Waits for nothing: what has been acknowledged is committed. */
  Future<SearchFound> search(Search search) {
    return scan(search.filter(), scanner -> scanner.search(search));
  }

  private Map<Status, Long> fromCounters(Filter filter) {
    Criteria criteria = filter.criteria();
    Map<Status, Long> sum =
        shard.counters.sum(
            filter.functionUid(), filter.account(), criteria.mode(), criteria.tracked());
    for (Live entry : shard.starts.entries()) {
      Invocation started = entry.started.invocation();
      if (started.account().equals(filter.account())
          && (filter.functionUid() == 0 || filter.functionUid() == started.functionUid())
          && (criteria.mode() == null || criteria.mode() == started.mode())
          && (criteria.tracked() == null || criteria.tracked() == started.tracked())) {
        sum.merge(entry.started.onDisk(), -1L, Long::sum);
        sum.merge(started.status(), 1L, Long::sum);
      }
    }
    Map<Status, Long> result = new EnumMap<>(Status.class);
    sum.forEach(
        (status, n) -> {
          if (n != 0 && criteria.wants(status)) {
            result.put(status, n);
          }
        });
    return result;
  }

  private interface Scan<T> {
    T on(Scanner scanner);
  }

  /** Scans a view of this moment on the shared pool. */
  private <T> Future<T> scan(Filter filter, Scan<T> scan) {
    if (scanning >= SCANS_MAX) {
      return Future.failedFuture(
          new FailureException(
              new Failure.Throttled(
                  "shard.scans", SCANS_MAX + " lists and counts wait already", 1_000)));
    }
    Map<InvocationId, Starts.Started> starts = shard.starts.snapshot();
    Set<Long> occupied = shard.counters.occupied(filter.functionUid());
    StoreReader.View view = shard.reader.view();
    scanning++;
    return this.<T>blocking(
            () -> {
              try (view) {
                return scan.on(new Scanner(view, starts, occupied, shard.config.scanRows()));
              }
            })
        .onComplete(
            done -> {
              scanning--;
              view.close(); // if the pool would not even begin
            });
  }

  /** Runs what may take long on the shared pool; the answer comes back on this thread. */
  <T> Future<T> blocking(Callable<T> task) {
    return pool.executeBlocking(task, false);
  }

  static Family family(Part part) {
    return switch (part) {
      case PAYLOAD -> Family.PAYLOAD;
      case RESULT -> Family.RESULT;
      case LOG -> Family.LOG;
    };
  }
}
