package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Counted;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.FoundAll;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/**
 * The addresses of shards, served from memory: accepts and shows invocations, runs none. A test
 * changes them with {@link #change}. Thread-safe, so that a test can look at it while it is asked.
 */
public final class ServedShards {
  /** All invocations of all shards. */
  public final NavigableMap<InvocationId, Invocation> records = new ConcurrentSkipListMap<>();

  /** Every submit a shard was asked for, in order. */
  public final List<Submit> submits = new ArrayList<>();

  /** How often SUBMIT_ALL was asked. */
  public int batches;

  /** Bodies by part and id, where they are not empty. */
  public final Map<String, byte[]> bodies = new ConcurrentHashMap<>();

  /** Part and id of bodies that have been removed. */
  public final Set<String> removed = ConcurrentHashMap.newKeySet();

  /** What every submit is refused with, or null. */
  public volatile Failure refusing;

  /** Stops are carried out, then asked for once more, as of the owner after one that has gone. */
  public volatile boolean repeatingStops;

  /** Makes every submit throw as a bug would. */
  public volatile boolean breaking;

  private final Vertx vertx;
  private final Functions functions;
  private final Clock clock;
  private final List<InvocationId.Minter> minters = new ArrayList<>();
  private final Map<String, InvocationId> keys = new ConcurrentHashMap<>();
  private final List<Waiter> waiters = new ArrayList<>();

  private record Waiter(Await asked, Promise<Found> answer) {}

  /** Serves {@code shards} shards. */
  public ServedShards(Vertx vertx, int shards, Functions functions, Clock clock) {
    this.vertx = vertx;
    this.functions = functions;
    this.clock = clock;
    Bus bus = Bus.install(vertx);
    for (int at = 0; at < shards; at++) {
      int shard = at;
      minters.add(new InvocationId.Minter(shard, new Random(shard)));
      bus.serve(Addresses.SUBMIT.at(shard), asked -> answer(() -> submit(shard, asked)));
      bus.serve(
          Addresses.SUBMIT_ALL.at(shard), asked -> answer(() -> submitAll(shard, asked.submits())));
      bus.serve(Addresses.GET.at(shard), asked -> answer(() -> new Found(find(asked.id()))));
      bus.serve(Addresses.GET_ALL.at(shard), asked -> answer(() -> findAll(asked.ids())));
      bus.serve(
          Addresses.GET_BY_KEY.at(shard),
          asked -> answer(() -> new Found(find(byKey(asked.functionUid(), asked.key())))));
      bus.serve(Addresses.GET_BODY.at(shard), asked -> answer(() -> body(asked)));
      bus.serve(Addresses.AWAIT.at(shard), this::await);
      bus.serve(
          Addresses.STOP.at(shard),
          asked ->
              answer(
                  () -> {
                    Found first = stop(asked);
                    return repeatingStops ? stop(asked) : first;
                  }));
      bus.serve(Addresses.PAGE.at(shard), asked -> answer(() -> page(shard, asked)));
      bus.serve(Addresses.COUNT.at(shard), asked -> answer(() -> count(shard, asked.filter())));
      bus.serve(Addresses.SEARCH.at(shard), asked -> answer(() -> search(shard, asked)));
    }
  }

  /** Replaces an invocation and tells who waits for it. */
  public Invocation change(InvocationId id, UnaryOperator<InvocationBuilder> how) {
    Invocation changed = how.apply(find(id).edit()).build();
    records.put(id, changed);
    List<Waiter> reached = new ArrayList<>();
    synchronized (waiters) {
      for (Waiter waiter : waiters) {
        if (waiter.asked.id().equals(id) && reached(waiter.asked, changed)) {
          reached.add(waiter);
        }
      }
      waiters.removeAll(reached);
    }
    reached.forEach(waiter -> waiter.answer.tryComplete(new Found(changed)));
    return changed;
  }

  /** It has run once and ended as {@code status} with {@code result}. */
  public Invocation finish(InvocationId id, Status status, byte[] result) {
    if (result.length > 0) {
      bodies.put("RESULT" + id, result);
    }
    return change(
        id,
        next -> {
          long now = clock.millis();
          next.attempts = 1;
          next.startedAt = now;
          next.event(Event.Type.RUNNING, now, "");
          next.status = status;
          next.endedAt = now;
          next.attentionAt = now + 1_000;
          next.result = new BodyRef(result.length, 1);
          return next.event(Event.Type.valueOf(status.name()), now, "");
        });
  }

  /** How many wait. */
  public int waiting() {
    synchronized (waiters) {
      return waiters.size();
    }
  }

  private synchronized Submitted submit(int shard, Submit asked) {
    submits.add(asked);
    if (breaking) {
      throw new IllegalStateException("a bug");
    }
    if (refusing != null) {
      throw new FailureException(refusing);
    }
    InvocationId known =
        asked.key() == null ? null : keys.get(key(asked.functionUid(), asked.key()));
    if (known != null) {
      return new Submitted(find(known), false);
    }
    Function function = functions.byUid(asked.functionUid());
    long now = clock.millis();
    InvocationBuilder next = new InvocationBuilder();
    next.id = minters.get(shard).next(now);
    next.functionUid = function.uid();
    next.account = function.account();
    next.namespace = function.namespace();
    next.function = function.name();
    next.qualifier = asked.qualifier();
    next.key = asked.key();
    next.fingerprint = asked.fingerprint();
    next.requestId = asked.requestId();
    next.origin = asked.origin();
    next.mode = asked.mode();
    next.tracked = asked.tracked();
    next.depth = asked.depth();
    next.traceparent = asked.traceparent();
    next.labels = asked.labels();
    next.acceptedAt = now;
    next.dueAt = Math.max(now, asked.dueAt());
    next.redriveOf = asked.redriveOf();
    next.payload = new BodyRef(asked.payload().length, 1);
    next.event(Event.Type.ENQUEUED, now, "");
    Invocation made = next.build();
    records.put(made.id(), made);
    if (asked.payload().length > 0) {
      bodies.put("PAYLOAD" + made.id(), asked.payload());
    }
    if (asked.key() != null) {
      keys.put(key(asked.functionUid(), asked.key()), made.id());
    }
    return new Submitted(made, true);
  }

  private synchronized SubmittedAll submitAll(int shard, List<Submit> asked) {
    batches++;
    List<Message> outcomes = new ArrayList<>();
    for (Submit one : asked) {
      try {
        outcomes.add(submit(shard, one));
      } catch (FailureException e) {
        outcomes.add(new Failed(e.failure()));
      }
    }
    return new SubmittedAll(outcomes);
  }

  private Invocation find(InvocationId id) {
    Invocation found = id == null ? null : records.get(id);
    if (found == null) {
      throw new FailureException(new Failure.NotFound("invocation", String.valueOf(id)));
    }
    return found;
  }

  private FoundAll findAll(List<InvocationId> ids) {
    return new FoundAll(ids.stream().map(records::get).filter(java.util.Objects::nonNull).toList());
  }

  private InvocationId byKey(long functionUid, String key) {
    return keys.get(key(functionUid, key));
  }

  private static String key(long functionUid, String key) {
    return functionUid + "/" + key;
  }

  private Body body(GetBody asked) {
    Invocation invocation = find(asked.id());
    byte[] bytes = bodies.getOrDefault(asked.part().name() + asked.id(), new byte[0]);
    if (removed.contains(asked.part().name() + asked.id())) {
      throw new FailureException(
          new Failure.Removed("the " + asked.part().name().toLowerCase(java.util.Locale.ROOT)));
    }
    return new Body(invocation, bytes);
  }

  private Future<Found> await(Await asked) {
    Invocation now = find(asked.id());
    long left = asked.deadline() - clock.millis();
    if (reached(asked, now) || left <= 0) {
      return Future.succeededFuture(new Found(now));
    }
    Waiter waiter = new Waiter(asked, Promise.promise());
    synchronized (waiters) {
      waiters.add(waiter);
    }
    Invocation meanwhile = find(asked.id()); // changed before the waiter could be seen
    if (reached(asked, meanwhile)) {
      waiter.answer.tryComplete(new Found(meanwhile));
    }
    vertx.setTimer(left, timer -> waiter.answer.tryComplete(new Found(find(asked.id()))));
    return waiter.answer.future();
  }

  private static boolean reached(Await asked, Invocation now) {
    return asked.terminal() ? now.status().terminal() : now.lastSeq() > asked.afterSeq();
  }

  private Found stop(Stop asked) {
    Invocation now = find(asked.id());
    if (now.status().terminal()) {
      throw new FailureException(new Failure.Conflict("it has ended as " + now.status()));
    }
    return new Found(
        change(
            asked.id(),
            next -> {
              next.stop = asked.mode();
              next.event(Event.Type.STOP_REQUESTED, clock.millis(), "by " + asked.by());
              if (next.status == Status.RUNNING) {
                next.status = Status.STOPPING;
                return next;
              }
              next.status = Status.STOPPED;
              next.endedAt = clock.millis();
              next.reason = "stopped by " + asked.by() + " before it ran";
              return next.event(Event.Type.STOPPED, clock.millis(), "");
            }));
  }

  private synchronized PageFound page(int shard, Page asked) {
    minters.get(shard).advanceBeyond(asked.through());
    NavigableMap<InvocationId, Invocation> all =
        asked.descending() ? records.descendingMap() : records;
    List<Invocation> page = new ArrayList<>();
    boolean more = false;
    for (Invocation one :
        (asked.after() == null ? all : all.tailMap(asked.after(), false)).values()) {
      if (one.id().shard() == shard && asked.filter().matches(one)) {
        if (page.size() == asked.limit()) {
          more = true;
          break;
        }
        page.add(one);
      }
    }
    return new PageFound(page, minters.get(shard).frontier(), more);
  }

  private Counted count(int shard, Filter filter) {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    records.values().stream()
        .filter(one -> one.id().shard() == shard && filter.matches(one))
        .forEach(one -> counts.merge(one.status(), 1L, Long::sum));
    return new Counted(counts);
  }

  private SearchFound search(int shard, Search asked) {
    List<Hit> hits = new ArrayList<>();
    for (Invocation one : records.values()) {
      if (one.id().shard() == shard && asked.filter().matches(one)) {
        hits.add(new Hit(one.id(), one.status().terminal() ? one.endedAt() : 0));
      }
    }
    hits.sort(asked.order().comparator(asked.descending()));
    return new SearchFound(hits.subList(0, Math.min(asked.rows(), hits.size())), hits.size());
  }

  private static <T> Future<T> answer(java.util.function.Supplier<T> answer) {
    try {
      return Future.succeededFuture(answer.get());
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
  }
}
