package io.perdure.router;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The one place that knows how a request finds its shard. Thread-safe; every future fails with
 * {@link FailureException} and completes on the context that asked.
 */
public final class Router {
  /** Longest wait of one {@link #await}. */
  public static final long WAIT_MILLIS_MAX = 60_000;

  /** Longest wait of one {@link #invoke}. */
  public static final long INVOKE_WAIT_MILLIS_MAX = 3_600_000;

  /** Longest time a stopped attempt may be given to end by itself. */
  public static final long GRACE_MILLIS_MAX = 3_600_000;

  /** Most invocations of a page. */
  public static final int LIMIT_MAX = 1_000;

  private static final System.Logger LOG = System.getLogger(Router.class.getName());
  private static final int[] NONE = {};

  private final Bus bus;
  private final Functions functions;
  private final Clock clock;
  private final int payloadBytesMax;
  private final Submits submits;
  private final Lists lists;
  private final Searches searches;
  private final Placing placing;
  private final Invokes invokes;
  private final Lookups lookups;
  private final Stops stops;
  private final Refusals refusals = new Refusals();

  /** A router over {@code shards} shards, accepting everything. */
  public Router(Bus bus, Functions functions, int shards, Clock clock, RouterConfig config) {
    this(bus, functions, shards, () -> NONE, clock, config, AtHand.NOTHING);
  }

  /**
   * As above, on a node that owns the shards that {@code here} gives and can tell some of it
   * itself.
   */
  public Router(
      Bus bus,
      Functions functions,
      int shards,
      Supplier<int[]> here,
      Clock clock,
      RouterConfig config,
      AtHand atHand) {
    this.bus = bus;
    this.functions = functions;
    this.clock = clock;
    this.payloadBytesMax = config.payloadBytesMax();
    this.submits = new Submits(functions, config);
    this.lists = new Lists(bus, shards, clock);
    this.searches = new Searches(bus, shards);
    this.placing = new Placing(bus, shards, here, clock, submits);
    this.invokes = new Invokes(bus, clock);
    this.lookups = new Lookups(bus, shards, clock, atHand);
    this.stops = new Stops(bus, lookups);
  }

  /** Largest payload of {@link #invokeDirectly}: a surface need not read more. */
  public int directPayloadBytesMax() {
    return submits.directPayloadBytesMax();
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
    refusals.refuseAll(why);
  }

  /** From now on every submit fails with {@code why}: the node is draining. */
  public void refuseSubmits(Failure.Unavailable why) {
    refusals.refuseSubmits(why);
  }

  /**
   * While {@code outside} gives one, everything fails with it as well. Called before anything is
   * asked; {@code outside} is asked for each request, on any thread.
   */
  public void refuseWhile(Supplier<Failure> outside) {
    refusals.refuseWhile(outside);
  }

  /** Everything is accepted again. */
  public void acceptAll() {
    refusals.acceptAll();
  }

  /** Why nothing at all is answered at the moment, or null. */
  public Failure closed() {
    return refusals.ofAll();
  }

  /** Why submits are refused at the moment, or null; so that a body need not be read first. */
  public Failure refusal() {
    return refusals.ofSubmits();
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
   * That there is such a namespace.
   *
   * @throws FailureException not found
   */
  public void requireNamespace(String account, String namespace) {
    if (!functions.hasNamespace(account, namespace)) {
      throw new FailureException(new Failure.NotFound("namespace", namespace));
    }
  }

  /** The function of that name, if the account has it. */
  public Optional<Function> find(String account, String namespace, String name) {
    return functions.find(account, namespace, name);
  }

  /**
   * The function as {@code qualifier} leads to it: with that version's code, environment and
   * limits.
   *
   * @param qualifier version or alias, null for the latest
   * @throws FailureException not found, saying whether it is the namespace, the function or the
   *     qualifier
   */
  public Function version(String account, String namespace, String name, String qualifier) {
    return resolve(function(account, namespace, name), qualifier)
        .orElseThrow(() -> new FailureException(new Failure.NotFound("qualifier", qualifier)));
  }

  /**
   * {@code function} as {@code qualifier} leads to it; empty when there is no such version or alias
   * of it.
   *
   * @param qualifier version or alias, null for the latest
   */
  public Optional<Function> resolve(Function function, String qualifier) {
    return functions.resolve(function, qualifier, 0);
  }

  /**
   * The qualifier to submit an invocation by that has this routing key: the version that the alias
   * sends it to, else {@code qualifier} itself.
   *
   * @param qualifier version or alias, null for the latest
   * @param routingKey values by name
   */
  public String routed(Function function, String qualifier, Map<String, String> routingKey) {
    return qualifier == null
        ? null
        : functions.match(function, qualifier, routingKey).orElse(qualifier);
  }

  /**
   * Submits; succeeds once the invocation is on disk. {@code created} is false when the key was
   * there before with the same payload. Fails as invalid, too large, not found (namespace, function
   * or qualifier), key reused, throttled (the function's backlog is full) or unavailable.
   */
  public Future<Submitted> submit(SubmitRequest request) {
    Failure refused = refusal();
    return refused == null ? placing.submit(request, false) : failed(refused);
  }

  /**
   * Submits and waits for the end, or for {@code waitMillis}, whichever is first; what has not
   * ended by then goes on. Fails like {@link #submit}, never because of the wait: what was accepted
   * is told.
   *
   * @param waitMillis the caller's patience; {@link #worstCaseMillis} is what the function may need
   * @param withLog whether the log is wanted, too
   */
  public Future<InvokeOutcome> invoke(SubmitRequest request, long waitMillis, boolean withLog) {
    return submit(request).compose(done -> invokes.await(done, waitMillis, withLog));
  }

  /**
   * As {@link #invoke}, of a call in mode {@link Invocation.Mode#SYNC}, whose bodies may be larger
   * than what is kept: such a payload goes to the function alone and such a result to this caller
   * alone, when it ends within the wait. The record tells their length and fingerprint.
   *
   * <p>Fails as not kept when the result has gone already: its key was there before, or it was not
   * fetched in time.
   */
  public Future<InvokeOutcome> invokeDirectly(
      SubmitRequest request, long waitMillis, boolean withLog) {
    Failure refused = refusal();
    Future<Submitted> submitted = refused == null ? placing.submit(request, true) : failed(refused);
    return submitted.compose(done -> invokes.await(done, waitMillis, withLog));
  }

  /**
   * How long {@code function} may take with all its attempts once it has its turn, at most {@code
   * most} milliseconds.
   */
  public static long worstCaseMillis(Function function, long most) {
    return Invokes.worstCaseMillis(function, most);
  }

  /**
   * Submits several; each stands alone, and the outcomes are in the order of the requests. Those of
   * one shard are committed together; all without key go to one shard.
   */
  public Future<List<SubmitOutcome>> submitAll(List<SubmitRequest> requests) {
    Failure refused = refusal();
    return refused == null ? placing.submitAll(requests) : failed(refused);
  }

  /** The invocation as it is now. An id of another account does not exist. */
  public Future<Invocation> get(String account, InvocationId id) {
    return lookups.get(account, id);
  }

  /**
   * The invocation of {@code function} that has {@code name} as its key; if there is none, the one
   * of the account, whatever its function, whose id it is.
   */
  public Future<Invocation> getByKeyOrId(String account, Function function, String name) {
    return lookups.getByKeyOrId(account, function, name);
  }

  /**
   * The invocation once it has an event after {@code afterSeq} (with {@code terminal}: once it has
   * ended), or when the time is over, as it is then.
   *
   * @param waitMillis at most {@link #WAIT_MILLIS_MAX}, longer waits are cut to it
   */
  public Future<Invocation> await(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis) {
    return lookups.await(account, id, afterSeq, terminal, Math.min(waitMillis, WAIT_MILLIS_MAX));
  }

  /**
   * A body; fails as removed when its retention has ended, or as not kept. Empty when there was
   * none.
   */
  public Future<Body> body(String account, InvocationId id, Part part) {
    return lookups.body(account, id, part);
  }

  /** The bytes of a body; empty when there is none, or none any more. */
  public Future<byte[]> bytesLeft(Invocation of, Part part) {
    return lookups.bytesLeft(of, part);
  }

  /**
   * Asks for a stop; succeeds once the decision is on disk. Fails as a conflict when it has ended,
   * but not when it has been stopped since the begin of this call: that may have been this one,
   * asked again since its first answer was lost.
   *
   * @param graceMillis 0 to {@link #GRACE_MILLIS_MAX}
   * @param by who asks, for the record
   */
  public Future<Invocation> stop(
      String account, InvocationId id, StopMode mode, long graceMillis, String by) {
    return stops.stop(account, id, mode, graceMillis, by);
  }

  /**
   * Makes a new invocation from one that has ended: same function, payload, labels and qualifier.
   * Fails as removed when the payload is gone or was not kept, as not found when the function, its
   * version or alias is, as a conflict while it has not ended.
   *
   * @param requestId the surface's own id of this request, or null
   */
  public Future<Submitted> redrive(String account, InvocationId id, String requestId) {
    Failure refused = refusal();
    if (refused != null) {
      return failed(refused);
    }
    return body(account, id, Part.PAYLOAD)
        .compose(body -> placing.place(submits.again(body, requestId)));
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

  /**
   * A part of an ordered list and the length of the whole. Each shard answers for one moment of its
   * own: within an answer nothing comes twice, and what the total counts is what the list has.
   * Fails as invalid (offset, limit), not found (function) or scan limit.
   */
  public Future<SearchPage> search(InvocationSearch search) {
    try {
      if (search.offset() < 0) {
        throw new FailureException(
            new Failure.Invalid("offset", "expected at least 0, got " + search.offset()));
      }
      if (search.limit() < 0 || search.limit() > LIMIT_MAX) {
        throw new FailureException(
            new Failure.Invalid("limit", "expected 0 to " + LIMIT_MAX + ", got " + search.limit()));
      }
      return searches.search(filter(search.query()), search);
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
    return new Filter(query.account(), uid, query.criteria());
  }

  /**
   * Why it is in its state; asks the executor of its shard's owner when it is due and only that can
   * tell.
   */
  public Future<Why> why(Invocation invocation) {
    Function function = functions.byUid(invocation.functionUid(), invocation.qualifier());
    long now = clock.millis();
    if (!Whys.needsGate(invocation, function, now)) {
      return Future.succeededFuture(Whys.of(invocation, function, null, now));
    }
    int shard = invocation.id().shard();
    return bus.request(Addresses.SHARD_GATE.at(shard), new GetGate(invocation.functionUid()))
        .recover(
            cause -> {
              LOG.log(DEBUG, "the gate did not answer, saying less: {0}", cause.getMessage());
              return Future.succeededFuture((Gate) null);
            })
        .map(gate -> Whys.of(invocation, function, gate, now));
  }

  /** Like {@link #why}, from what is known here and now: for lists. */
  public Why whyAtOnce(Invocation invocation) {
    Function function = functions.byUid(invocation.functionUid(), invocation.qualifier());
    return Whys.of(invocation, function, null, clock.millis());
  }

  static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
