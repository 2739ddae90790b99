package io.perdure.router;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Await;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.ResultTaken;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.TakeResult;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.time.Clock;
import io.vertx.core.Future;

/**
 * Invocations that are waited for: submitted like any other, then asked for their end. Whoever
 * waits is told only what is on disk, and what he does not wait for goes on. Thread-safe.
 */
final class Invokes {
  private static final System.Logger LOG = System.getLogger(Invokes.class.getName());
  private static final byte[] NOTHING = {};

  /** How much later than its deadline the answer of a wait is given up. */
  private static final long SLACK_MILLIS = 5_000;

  /** For what comes on top of the attempts themselves: commits, the end of a stop. */
  private static final long OVERHEAD_MILLIS = 10_000;

  private final Bus bus;
  private final Clock clock;

  Invokes(Bus bus, Clock clock) {
    this.bus = bus;
    this.clock = clock;
  }

  /** Waits for the end of what was submitted. */
  Future<InvokeOutcome> await(Submitted submitted, long waitMillis, boolean withLog) {
    Invocation first = submitted.invocation();
    return ended(first, waitMillis)
        .compose(
            now ->
                now.status().terminal()
                    ? withBodies(now, submitted.created(), withLog)
                    : Future.succeededFuture(
                        new InvokeOutcome(now, submitted.created(), NOTHING, NOTHING)));
  }

  private Future<Invocation> ended(Invocation first, long waitMillis) {
    if (first.status().terminal() || waitMillis <= 0) {
      return Future.succeededFuture(first);
    }
    Await message = new Await(first.id(), 0, true, clock.millis() + waitMillis);
    return bus.request(Addresses.AWAIT.at(first.id().shard()), message, waitMillis + SLACK_MILLIS)
        .map(Found::invocation)
        .recover(
            cause -> {
              // It is accepted whatever becomes of the wait: its caller learns its id.
              LOG.log(DEBUG, "invocation {0} is not waited for: {1}", first.id(), cause);
              return Future.succeededFuture(first);
            });
  }

  private Future<InvokeOutcome> withBodies(Invocation now, boolean created, boolean withLog) {
    Future<byte[]> result =
        now.result().isKept() ? body(now, Part.RESULT, now.result().bytes()) : taken(now);
    Future<byte[]> log =
        withLog ? body(now, Part.LOG, now.log().bytes()) : Future.succeededFuture(NOTHING);
    return Future.all(result, log)
        .map(both -> new InvokeOutcome(now, created, result.result(), log.result()));
  }

  /** One that nobody keeps. */
  private Future<byte[]> taken(Invocation now) {
    TakeResult take = new TakeResult(now.id(), now.result().bytes());
    return bus.request(Addresses.TAKE_RESULT.at(now.id().shard()), take).map(ResultTaken::bytes);
  }

  /** Empty when its retention has ended already: an invocation with a known key may be old. */
  private Future<byte[]> body(Invocation now, Part part, long bytes) {
    if (bytes == 0) {
      return Future.succeededFuture(NOTHING);
    }
    return bus.request(Addresses.GET_BODY.at(now.id().shard()), new GetBody(now.id(), part))
        .map(Body::bytes)
        .recover(
            cause ->
                cause instanceof FailureException e && e.failure() instanceof Failure.Removed
                    ? Future.succeededFuture(NOTHING)
                    : Future.failedFuture(cause));
  }

  /** How long {@code function} may take with all its attempts, once it has its turn. */
  static long worstCaseMillis(Function function, long most) {
    RetryPolicy retry = function.retry();
    long start = function.runtime() instanceof Managed managed ? managed.initTimeoutMillis() : 0;
    long all = OVERHEAD_MILLIS;
    long pause = 0;
    for (int attempt = 1; attempt <= retry.maxAttempts() && all < most; attempt++) {
      all += pause + start + function.timeoutMillis();
      pause = pause == 0 ? retry.backoffMillis() : Math.min(2 * pause, retry.maxBackoffMillis());
    }
    return Math.min(all, most);
  }
}
