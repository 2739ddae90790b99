package io.perdure.ratelimit;

import io.perdure.bus.Done;
import io.perdure.bus.LimitMessages;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.bus.LimitMessages.LeaseTokens;
import io.perdure.bus.LimitMessages.TokensLeased;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Tokens of high rates that homes have lent to this node of a cluster: a message fetches what some
 * time needs, and not one token. A node asks for as many as it has used of late, so that those with
 * little to do leave the others theirs, and gives back with the next request what it did not use.
 * Not thread-safe.
 *
 * <p>What is leased is used within {@link LimitMessages#TOKENS_LEASE_MILLIS} of the moment it was
 * asked for, or not at all; a home's bucket holds less by what that time brings. So no span of time
 * sees more calls than the rate's share of it and one second's burst.
 */
final class LeasedTokens {
  /** Rates up to this one are asked for call by call: a lease would bring a few tokens only. */
  static final int ASKED_SINGLY_MAX = 100;

  /** So many calls wait for one answer of a home. */
  static final int WAITING_MAX = 10_000;

  private static final long LEASE_NANOS = LimitMessages.TOKENS_LEASE_MILLIS * 1_000_000;

  /** Leases looked at for each new one, so that the map shrinks faster than it can grow. */
  private static final int DROPPED_AT_ONCE = 4;

  /** Asks the home of a limit. */
  interface Home {
    Future<TokensLeased> lease(LeaseTokens ask);
  }

  private final LongSupplier nanos;
  private final int max;
  private final Home home;

  /** Least recently used first. */
  private final LinkedHashMap<Limit, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);

  private record Limit(String account, String dialect, String action) {}

  private record Waiting(int tokens, Promise<Done> answer) {}

  private static final class Lease {
    final Limit of;
    final int most;
    final Deque<Waiting> waiting = new ArrayDeque<>();
    int tokens;
    long until;
    boolean asking;

    /** Tokens wanted since {@link #since}, and in the lease time before that. */
    int wanted;

    int wantedBefore;
    long since;

    /** What the home has said lately, and until when it need not be asked again; or null. */
    FailureException refusal;

    long refusedUntil;

    /** So many tokens were refused. */
    int refused;

    Lease(Limit of, int most, long now) {
      this.of = of;
      this.most = most;
      this.since = now;
    }
  }

  /**
   * No leases.
   *
   * @param nanos time of any origin
   * @param max most leases at a time
   */
  LeasedTokens(LongSupplier nanos, int max, Home home) {
    this.nanos = nanos;
    this.max = max;
    this.home = home;
  }

  /** Tokens of a lease at most, at {@code rate} a second. */
  static int most(int rate) {
    return (int) (rate * LimitMessages.TOKENS_LEASE_MILLIS / 1_000);
  }

  /** Takes what {@code request} wants, or fails as the home says. */
  Future<Done> take(Acquire request, int rate) {
    long now = nanos.getAsLong();
    Lease lease = lease(request, rate, now);
    if (lease == null) {
      return failed(
          new Failure.Throttled(
              request.dialect() + "." + request.action(),
              "too many accounts and actions are being limited",
              1_000));
    }
    count(lease, request.tokens(), now);
    boolean good = now - lease.until < 0; // else what is left goes back with the next request
    if (good && lease.waiting.isEmpty() && lease.tokens >= request.tokens()) {
      lease.tokens -= request.tokens();
      return Future.succeededFuture(Done.DONE);
    }
    boolean refused = lease.refusal != null && now - lease.refusedUntil < 0;
    if (refused && request.tokens() >= lease.refused) {
      return Future.failedFuture(lease.refusal);
    }
    if (lease.waiting.size() >= WAITING_MAX) {
      return failed(new Failure.Unavailable("too many calls wait for their limit", 1_000));
    }
    Promise<Done> answer = Promise.promise();
    lease.waiting.add(new Waiting(request.tokens(), answer));
    ask(lease);
    return answer.future();
  }

  private static void count(Lease lease, int tokens, long now) {
    long passed = now - lease.since;
    if (passed >= LEASE_NANOS) {
      lease.wantedBefore = passed < 2 * LEASE_NANOS ? lease.wanted : 0;
      lease.wanted = 0;
      lease.since = now;
    }
    lease.wanted = (int) Math.min(TokenBucket.TOKENS_MAX, (long) lease.wanted + tokens);
  }

  /** That of the request's limit; null when there are too many. */
  private Lease lease(Acquire request, int rate, long now) {
    Limit limit = new Limit(request.account(), request.dialect(), request.action());
    Lease known = leases.get(limit);
    if (known != null) {
      return known;
    }
    Iterator<Lease> oldest = leases.values().iterator();
    for (int i = 0; i < DROPPED_AT_ONCE && oldest.hasNext(); i++) {
      Lease one = oldest.next();
      if (!one.asking && now - one.until >= 0) {
        oldest.remove();
      }
    }
    if (leases.size() >= max) {
      return null;
    }
    Lease next = new Lease(limit, most(rate), now);
    next.until = now;
    leases.put(limit, next);
    return next;
  }

  private void ask(Lease lease) {
    if (lease.asking || lease.waiting.isEmpty()) {
      return;
    }
    lease.asking = true;
    int least = lease.waiting.peek().tokens();
    long waiting = 0;
    for (Waiting one : lease.waiting) {
      waiting += one.tokens();
    }
    long useful = Math.max(waiting, Math.max(lease.wanted, lease.wantedBefore));
    int most = (int) Math.max(least, Math.min(lease.most, useful));
    int returned = lease.tokens;
    lease.tokens = 0;
    long askedAt = nanos.getAsLong();
    Limit of = lease.of;
    home.lease(new LeaseTokens(of.account(), of.dialect(), of.action(), least, most, returned))
        .onComplete(answer -> answered(lease, askedAt, answer));
  }

  /** Those that waited when the home was asked have been decided upon there, however late. */
  private void answered(Lease lease, long askedAt, AsyncResult<TokensLeased> answer) {
    lease.asking = false;
    if (answer.failed()) {
      refused(lease, answer.cause());
      return;
    }
    lease.refusal = null;
    lease.tokens += answer.result().tokens();
    lease.until = askedAt + LEASE_NANOS;
    List<Promise<Done>> served = new ArrayList<>();
    while (!lease.waiting.isEmpty() && lease.tokens >= lease.waiting.peek().tokens()) {
      Waiting next = lease.waiting.remove();
      lease.tokens -= next.tokens();
      served.add(next.answer());
    }
    ask(lease);
    served.forEach(one -> one.complete(Done.DONE));
  }

  private void refused(Lease lease, Throwable cause) {
    if (cause instanceof FailureException e && e.failure() instanceof Failure.OverRate over) {
      long millis = Math.min(over.retryAfterMillis(), LimitMessages.TOKENS_LEASE_MILLIS);
      lease.refusal = e;
      lease.refused = lease.waiting.isEmpty() ? 1 : lease.waiting.peek().tokens();
      lease.refusedUntil = nanos.getAsLong() + millis * 1_000_000;
    }
    List<Waiting> all = List.copyOf(lease.waiting);
    lease.waiting.clear();
    all.forEach(one -> one.answer().fail(cause));
  }

  private static Future<Done> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
