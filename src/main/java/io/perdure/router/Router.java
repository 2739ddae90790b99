package io.perdure.router;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.GetByKey;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place that knows how a request finds its shard. Thread-safe; every future fails with
 * {@link FailureException} and completes on the context that asked.
 */
public final class Router {
  /** Longest wait of one {@link #await}. */
  public static final long WAIT_MILLIS_MAX = 60_000;

  /** Longest time a stopped attempt may be given to end by itself. */
  public static final long GRACE_MILLIS_MAX = 3_600_000;

  /** Most invocations of a page. */
  public static final int LIMIT_MAX = 1_000;

  private static final System.Logger LOG = System.getLogger(Router.class.getName());

  /** Above this, hashing a payload would hold an event loop for more than about a millisecond. */
  private static final int OFFLOAD_BYTES = 256 * 1024;

  /** How much later than its deadline the answer of a wait is given up. */
  private static final long WAIT_SLACK_MILLIS = 5_000;

  private final Bus bus;
  private final Functions functions;
  private final int shards;
  private final Clock clock;
  private final int payloadBytesMax;
  private final Submits submits;
  private final Lists lists;
  private final AtomicInteger turn = new AtomicInteger();
  // Addresses of a shard are looked up for every request: made once.
  private final List<Address<Submit, Submitted>> submitAt;
  private final List<Address<Get, Found>> getAt;
  private volatile Failure closed;
  private volatile Failure refusal;

  /** A router over {@code shards} shards, accepting everything. */
  public Router(Bus bus, Functions functions, int shards, Clock clock, RouterConfig config) {
    this.bus = bus;
    this.functions = functions;
    this.shards = shards;
    this.clock = clock;
    this.payloadBytesMax = config.payloadBytesMax();
    this.submits = new Submits(functions, config);
    this.lists = new Lists(bus, shards, clock);
    List<Address<Submit, Submitted>> submit = new ArrayList<>();
    List<Address<Get, Found>> get = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      submit.add(Addresses.SUBMIT.at(shard));
      get.add(Addresses.GET.at(shard));
    }
    this.submitAt = List.copyOf(submit);
    this.getAt = List.copyOf(get);
  }

  /** Largest payload of a submit: a surface need not read more. */
  public int payloadBytesMax() {
    return payloadBytesMax;
  }

  /**
   * From now on every submit fails with {@code why}, and surfaces refuse everything else, too: what
   * exists has not been read yet, so "does not exist" would be a lie.
   */
  public void refuseAll(Failure.Unavailable why) {
    closed = why;
    refusal = why;
  }

  /** From now on every submit fails with {@code why}: the node is draining. */
  public void refuseSubmits(Failure.Unavailable why) {
    refusal = why;
  }

  /** Everything is accepted again. */
  public void acceptAll() {
    closed = null;
    refusal = null;
  }

  /** Why nothing at all is answered at the moment, or null. */
  public Failure closed() {
    return closed;
  }

  /** Why submits are refused at the moment, or null; so that a body need not be read first. */
  public Failure refusal() {
    return refusal;
  }

  /**
   * The function, by name.
   *
   * @throws FailureException not found, saying whether it is the namespace or the function
   */
  public Function function(String account, String namespace, String name) {
    return submits.resolve(account, namespace, name);
  }

  /**
   * Submits; succeeds once the invocation is on disk. {@code created} is false when the key was
   * there before with the same payload. Fails as invalid, too large, not found, key reused,
   * throttled (the function's backlog is full) or unavailable.
   */
  public Future<Submitted> submit(SubmitRequest request) {
    Failure refused = refusal;
    if (refused != null) {
      return failed(refused);
    }
    if (request.key() != null && request.payload().length > OFFLOAD_BYTES) {
      return offload(() -> submits.prepare(request, clock.millis())).compose(this::place);
    }
    Submit submit;
    try {
      submit = submits.prepare(request, clock.millis());
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
    return place(submit);
  }

  private Future<Submitted> place(Submit submit) {
    int shard = submit.key() == null ? nextShard() : shardOf(submit);
    Future<Submitted> answer = bus.request(submitAt.get(shard), submit);
    return submit.key() == null ? answer : answer.map(done -> Submits.checkReuse(submit, done));
  }

  /**
   * Submits several; each stands alone, and the outcomes are in the order of the requests. Those of
   * one shard are committed together; all without key go to one shard.
   */
  public Future<List<SubmitOutcome>> submitAll(List<SubmitRequest> requests) {
    Failure refused = refusal;
    if (refused != null) {
      return failed(refused);
    }
    long bytes = requests.stream().mapToLong(request -> request.payload().length).sum();
    SubmitOutcome[] outcomes = new SubmitOutcome[requests.size()];
    Callable<Submit[]> prepare = () -> prepareAll(requests, outcomes);
    Future<Submit[]> prepared =
        bytes > OFFLOAD_BYTES
            ? offload(prepare)
            : Future.succeededFuture(prepareAll(requests, outcomes));
    return prepared
        .compose(ready -> placeAll(ready, outcomes))
        .map(done -> Arrays.asList(outcomes));
  }

  private Submit[] prepareAll(List<SubmitRequest> requests, SubmitOutcome[] outcomes) {
    Submit[] ready = new Submit[requests.size()];
    long now = clock.millis();
    for (int i = 0; i < ready.length; i++) {
      try {
        ready[i] = submits.prepare(requests.get(i), now);
      } catch (FailureException e) {
        outcomes[i] = SubmitOutcome.of(e.failure());
      }
    }
    return ready;
  }

  private Future<Void> placeAll(Submit[] ready, SubmitOutcome[] outcomes) {
    int unkeyed = nextShard();
    Map<Integer, List<Integer>> byShard = new TreeMap<>();
    for (int i = 0; i < ready.length; i++) {
      if (ready[i] != null) {
        int shard = ready[i].key() == null ? unkeyed : shardOf(ready[i]);
        byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(i);
      }
    }
    List<Future<Void>> asked = new ArrayList<>(byShard.size());
    byShard.forEach((shard, lines) -> asked.add(submitLines(shard, lines, ready, outcomes)));
    return Future.join(asked).mapEmpty();
  }

  /** Submits the lines of one shard. Never fails for a {@link Failure}: each line has its own. */
  private Future<Void> submitLines(
      int shard, List<Integer> lines, Submit[] ready, SubmitOutcome[] outcomes) {
    List<Submit> part = lines.stream().map(line -> ready[line]).toList();
    return bus.request(Addresses.SUBMIT_ALL.at(shard), new SubmitAll(part))
        .map(SubmittedAll::outcomes)
        .recover(
            cause ->
                cause instanceof FailureException e
                    ? Future.succeededFuture(
                        part.stream().<Message>map(line -> new Failed(e.failure())).toList())
                    : Future.failedFuture(cause))
        .map(
            answers -> {
              for (int i = 0; i < part.size(); i++) {
                outcomes[lines.get(i)] = outcome(part.get(i), answers.get(i));
              }
              return null;
            });
  }

  private static SubmitOutcome outcome(Submit submit, Message answer) {
    if (answer instanceof Failed failed) {
      return SubmitOutcome.of(failed.failure());
    }
    Submitted submitted = (Submitted) answer;
    try {
      return SubmitOutcome.of(
          submit.key() == null ? submitted : Submits.checkReuse(submit, submitted));
    } catch (FailureException e) {
      return SubmitOutcome.of(e.failure());
    }
  }

  /** The invocation as it is now. An id of another account does not exist. */
  public Future<Invocation> get(String account, InvocationId id) {
    if (id.shard() >= shards) {
      return failed(notFound(id));
    }
    return bus.request(getAt.get(id.shard()), new Get(id))
        .compose(found -> owned(account, found.invocation()));
  }

  /** The invocation of a function that has {@code key}. */
  public Future<Invocation> getByKey(String account, String namespace, String name, String key) {
    Function function;
    try {
      function = function(account, namespace, name);
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
    int shard = Placement.shardOf(function.uid(), key, shards);
    return bus.request(Addresses.GET_BY_KEY.at(shard), new GetByKey(function.uid(), key))
        .map(Found::invocation);
  }

  /**
   * The invocation once it has an event after {@code afterSeq} (with {@code terminal}: once it has
   * ended), or when the time is over, as it is then.
   *
   * @param waitMillis at most {@link #WAIT_MILLIS_MAX}, longer waits are cut to it
   */
  public Future<Invocation> await(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis) {
    long wait = Math.min(waitMillis, WAIT_MILLIS_MAX);
    return get(account, id)
        .compose(
            now -> {
              boolean reached = terminal ? now.status().terminal() : now.lastSeq() > afterSeq;
              if (wait <= 0 || reached || now.status().terminal()) {
                return Future.succeededFuture(now);
              }
              Await message = new Await(id, afterSeq, terminal, clock.millis() + wait);
              return bus.request(Addresses.AWAIT.at(id.shard()), message, wait + WAIT_SLACK_MILLIS)
                  .map(Found::invocation)
                  // A clock that stands still never reaches the deadline: the bus gives up first.
                  .recover(cause -> get(account, id));
            });
  }

  /** A body; fails as removed when its retention has ended. Empty when nothing is stored. */
  public Future<Body> body(String account, InvocationId id, Part part) {
    if (id.shard() >= shards) {
      return failed(notFound(id));
    }
    return bus.request(Addresses.GET_BODY.at(id.shard()), new GetBody(id, part))
        .compose(body -> owned(account, body.invocation()).map(body));
  }

  /**
   * Asks for a stop; succeeds once the decision is on disk. Fails as a conflict when it has ended.
   *
   * @param graceMillis 0 to {@link #GRACE_MILLIS_MAX}
   * @param by who asks, for the record
   */
  public Future<Invocation> stop(
      String account, InvocationId id, StopMode mode, long graceMillis, String by) {
    if (graceMillis < 0 || graceMillis > GRACE_MILLIS_MAX) {
      return failed(
          new Failure.Invalid("graceMs", "expected 0 to " + GRACE_MILLIS_MAX + " milliseconds"));
    }
    return get(account, id)
        .compose(
            known ->
                bus.request(Addresses.STOP.at(id.shard()), new Stop(id, mode, graceMillis, by)))
        .map(Found::invocation);
  }

  /**
   * Makes a new invocation from one that has ended: same function, payload, labels and qualifier.
   * Fails as removed when the payload is gone, as not found when the function is, as a conflict
   * while it has not ended.
   *
   * @param requestId the surface's own id of this request, or null
   */
  public Future<Submitted> redrive(String account, InvocationId id, String requestId) {
    Failure refused = refusal;
    if (refused != null) {
      return failed(refused);
    }
    return body(account, id, Part.PAYLOAD).compose(body -> redrive(body, requestId));
  }

  private Future<Submitted> redrive(Body body, String requestId) {
    Invocation from = body.invocation();
    if (!from.status().terminal()) {
      return failed(
          new Failure.Conflict(
              "the invocation is " + from.status() + "; only one that has ended can be redriven"));
    }
    if (functions.byUid(from.functionUid()) == null) {
      return failed(new Failure.NotFound("function", from.function()));
    }
    return place(
        new Submit(
            from.functionUid(),
            from.qualifier(),
            null,
            null,
            requestId,
            Invocation.Origin.REDRIVE,
            from.traceparent(),
            from.labels(),
            0,
            from.id(),
            body.bytes()));
  }

  /**
   * A page of the invocations that match, in the order of their ids, which is the order of
   * acceptance. Fails as invalid (limit, cursor), not found (function) or scan limit.
   *
   * @param limit 1 to {@link #LIMIT_MAX}
   * @param cursor of the page before, or null
   */
  public Future<ListPage> list(
      InvocationQuery query, boolean descending, int limit, String cursor) {
    try {
      if (limit < 1 || limit > LIMIT_MAX) {
        throw new FailureException(
            new Failure.Invalid("limit", "expected 1 to " + LIMIT_MAX + ", got " + limit));
      }
      Filter filter = filter(query);
      InvocationId after = Cursor.positionOf(cursor, filter, descending);
      return lists.list(filter, descending, limit, after);
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
  }

  /** How many match, by status; only statuses that occur. */
  public Future<Map<Status, Long>> count(InvocationQuery query) {
    try {
      return lists.count(filter(query));
    } catch (FailureException e) {
      return Future.failedFuture(e);
    }
  }

  private Filter filter(InvocationQuery query) {
    if ((query.namespace() == null) != (query.function() == null)) {
      throw new FailureException(
          new Failure.Invalid(
              query.function() == null ? "function" : "namespace",
              "expected namespace and function together, or neither"));
    }
    long uid =
        query.function() == null
            ? 0
            : function(query.account(), query.namespace(), query.function()).uid();
    return new Filter(
        query.account(),
        uid,
        query.statuses(),
        query.labels(),
        Math.max(0, query.from()),
        Math.max(0, query.to()));
  }

  /** Why it is in its state; asks the executor when it is due and only the executor can tell. */
  public Future<Why> why(Invocation invocation) {
    Function function = functions.byUid(invocation.functionUid());
    long now = clock.millis();
    if (!Whys.needsGate(invocation, function, now)) {
      return Future.succeededFuture(Whys.of(invocation, function, null, now));
    }
    return bus.request(Addresses.GATE, new GetGate(invocation.functionUid()))
        .recover(
            cause -> {
              LOG.log(DEBUG, "the gate did not answer, saying less: {0}", cause.getMessage());
              return Future.succeededFuture((Gate) null);
            })
        .map(gate -> Whys.of(invocation, function, gate, now));
  }

  /** Like {@link #why}, from what is known here and now: for lists. */
  public Why whyAtOnce(Invocation invocation) {
    Function function = functions.byUid(invocation.functionUid());
    return Whys.of(invocation, function, null, clock.millis());
  }

  private int nextShard() {
    return Math.floorMod(turn.getAndIncrement(), shards);
  }

  private int shardOf(Submit submit) {
    return Placement.shardOf(submit.functionUid(), submit.key(), shards);
  }

  private static Future<Invocation> owned(String account, Invocation invocation) {
    return invocation.account().equals(account)
        ? Future.succeededFuture(invocation)
        : failed(notFound(invocation.id()));
  }

  private static Failure notFound(InvocationId id) {
    return new Failure.NotFound("invocation", id.toString());
  }

  private static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }

  /** Runs what would hold an event loop for too long elsewhere. */
  private static <T> Future<T> offload(Callable<T> work) {
    Context context = Vertx.currentContext();
    if (context != null) {
      return context.executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
