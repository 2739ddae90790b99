package io.perdure.ratelimit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.Homes;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.bus.LimitMessages.LeaseTokens;
import io.perdure.bus.LimitMessages.TokensLeased;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves {@link Addresses#ACQUIRE}, and in a cluster {@link Addresses#TAKE_TOKENS} and {@link
 * Addresses#LEASE_TOKENS} for what has its home here. Thread: event loop.
 */
public final class RateLimitVerticle extends VerticleBase {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long a home is waited for: who calls is better told to come again. */
  static final long HOME_MILLIS = 500;

  /** Since when a node that stands alone knows its buckets. */
  private static final long ALWAYS = Long.MIN_VALUE;

  /** Buckets looked at for each new one, so that the map shrinks faster than it can grow. */
  private static final int DROPPED_AT_ONCE = 4;

  private final RateLimitConfig config;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry meters;

  /** Least recently used first: what is at the front has had the most time to fill up. */
  private final LinkedHashMap<Key, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** Where limits are decided for all nodes; null for a node that stands alone. */
  private final Homes homes;

  /** Of the shards that this node has been asked for as their home. */
  private final Map<Integer, Home> known = new HashMap<>();

  /** Tokens that other homes have lent; null for a node that stands alone. */
  private final LeasedTokens leased;

  private record Key(String account, String dialect, String action) {
    static Key of(Acquire request) {
      return new Key(request.account(), request.dialect(), request.action());
    }

    static Key of(LeaseTokens ask) {
      return new Key(ask.account(), ask.dialect(), ask.action());
    }

    /** Its home. The hash of a text is the same everywhere, and so is this. */
    int shard(int shards) {
      return Math.floorMod((account + ' ' + dialect + '.' + action).hashCode(), shards);
    }
  }

  /**
   * What one ownership of a shard knows.
   *
   * @param epoch of the ownership
   * @param sinceNanos when it was first heard of: nothing is known of what was granted before
   */
  private record Home(long epoch, long sinceNanos) {}

  /** The limiter of a node that stands alone. */
  public RateLimitVerticle(RateLimitConfig config, Bus bus, Clock clock, MeterRegistry meters) {
    this(config, bus, clock, meters, null);
  }

  /**
   * The limiter of this node.
   *
   * @param homes where limits are decided for all nodes; null for a node that stands alone
   */
  public RateLimitVerticle(
      RateLimitConfig config, Bus bus, Clock clock, MeterRegistry meters, Homes homes) {
    this.config = config;
    this.bus = bus;
    this.clock = clock;
    this.meters = meters;
    this.homes = homes;
    this.leased =
        homes == null
            ? null
            : new LeasedTokens(
                () -> clock.millis() * NANOS_PER_MILLI, config.bucketsMax(), this::leaseFromHome);
  }

  @Override
  public Future<?> start() {
    List<Future<Void>> served = new ArrayList<>();
    served.add(bus.serve(Addresses.ACQUIRE, homes == null ? this::acquire : this::askHome));
    if (homes != null) {
      List.of("rate", "unavailable").forEach(this::refusals); // seen before the first
    }
    for (int shard = 0; homes != null && shard < homes.shards(); shard++) {
      int of = shard;
      served.add(bus.serve(Addresses.TAKE_TOKENS.at(of), request -> acquireAtHome(request, of)));
      served.add(bus.serve(Addresses.LEASE_TOKENS.at(of), ask -> leaseAtHome(ask, of)));
    }
    return Future.all(served);
  }

  // ---- in a cluster

  private Future<Done> askHome(Acquire request) {
    int rate = config.perSecond(request.dialect(), request.action());
    if (request.tokens() >= 1 && rate == 0) {
      return Future.succeededFuture(Done.DONE);
    }
    boolean singly = request.tokens() < 1 || rate <= LeasedTokens.ASKED_SINGLY_MAX;
    int shard = Key.of(request).shard(homes.shards());
    Future<Done> asked =
        singly
            ? bus.request(Addresses.TAKE_TOKENS.at(shard), request, HOME_MILLIS)
            : leased.take(request, rate);
    return asked.recover(cause -> refused(decided(request, cause)));
  }

  private Future<TokensLeased> leaseFromHome(LeaseTokens ask) {
    int shard = Key.of(ask).shard(homes.shards());
    return bus.request(Addresses.LEASE_TOKENS.at(shard), ask, HOME_MILLIS);
  }

  /** A call that this node refuses because of what its home has said, or has not. */
  private Future<Done> refused(Failure failure) {
    refusals(failure.kind() == Failure.Kind.UNAVAILABLE ? "unavailable" : "rate").increment();
    return failed(failure);
  }

  private Counter refusals(String why) {
    return Counter.builder("perdure.ratelimit.home.refused")
        .description("calls refused here as the home of their limit said, or was not there")
        .tag("why", why)
        .register(meters);
  }

  /** What the home has said; or that it could not be asked, which is no reason to let it pass. */
  private static Failure decided(Acquire request, Throwable cause) {
    Failure failure = Bus.failure(Addresses.ACQUIRE, cause);
    return failure.kind() == Failure.Kind.THROTTLED || failure.kind() == Failure.Kind.INVALID
        ? failure
        : new Failure.Unavailable(
            "the limit of " + name(request) + " cannot be checked at the moment", 1_000);
  }

  private Future<Done> acquireAtHome(Acquire request, int shard) {
    return atHome(shard).compose(home -> acquire(request, home.sinceNanos()));
  }

  private Future<TokensLeased> leaseAtHome(LeaseTokens ask, int shard) {
    return atHome(shard).compose(home -> lease(ask, home.sinceNanos()));
  }

  /** This node's present ownership of {@code shard}; fails as fenced when it has none. */
  private Future<Home> atHome(int shard) {
    Promise<Long> confirmed = Promise.promise();
    homes.confirm(shard).onComplete(epoch -> context.runOnContext(v -> confirmed.handle(epoch)));
    return confirmed
        .future()
        .compose(
            epoch -> {
              Home home = home(shard, epoch);
              return home == null
                  ? failed(new Failure.Fenced(shard, null))
                  : Future.succeededFuture(home);
            });
  }

  /** Null for an ownership that another one of this node has followed. */
  private Home home(int shard, long epoch) {
    Home home = known.get(shard);
    if (home == null || home.epoch() < epoch) {
      buckets.keySet().removeIf(key -> key.shard(homes.shards()) == shard);
      home = new Home(epoch, clock.millis() * NANOS_PER_MILLI);
      known.put(shard, home);
    }
    return home.epoch() == epoch ? home : null;
  }

  // ---- deciding

  private Future<Done> acquire(Acquire request) {
    return acquire(request, ALWAYS);
  }

  /**
   * Takes the tokens, or fails.
   *
   * @param sinceNanos a bucket that is not known was empty then
   */
  private Future<Done> acquire(Acquire request, long sinceNanos) {
    if (request.tokens() < 1) {
      return failed(new Failure.Invalid("tokens", "expected 1 or more"));
    }
    int rate = config.perSecond(request.dialect(), request.action());
    if (rate == 0) {
      return Future.succeededFuture(Done.DONE);
    }
    TokenBucket bucket = bucket(Key.of(request), rate, sinceNanos);
    return bucket == null ? tooMany(request) : take(bucket, request, rate);
  }

  private Future<TokensLeased> lease(LeaseTokens ask, long sinceNanos) {
    Acquire least = new Acquire(ask.account(), ask.dialect(), ask.action(), ask.least());
    int rate = config.perSecond(ask.dialect(), ask.action());
    if (ask.least() < 1 || ask.most() < ask.least() || ask.returned() < 0) {
      return failed(new Failure.Invalid("tokens", "expected 1 or more"));
    }
    if (rate == 0) {
      return Future.succeededFuture(new TokensLeased(ask.most()));
    }
    TokenBucket bucket = bucket(Key.of(ask), rate, sinceNanos);
    if (bucket == null) {
      return tooMany(least);
    }
    bucket.putBack(ask.returned(), clock.millis() * NANOS_PER_MILLI);
    return take(bucket, least, rate)
        .map(taken -> new TokensLeased(ask.least() + bucket.takeMore(ask.most() - ask.least())));
  }

  /** The bucket of {@code key}; null when there are too many. */
  private TokenBucket bucket(Key key, int rate, long sinceNanos) {
    TokenBucket bucket = buckets.get(key);
    if (bucket == null) {
      long now = clock.millis() * NANOS_PER_MILLI;
      dropFull(now);
      if (buckets.size() >= config.bucketsMax()) {
        return null;
      }
      bucket = sinceNanos == ALWAYS ? new TokenBucket(rate, rate, now) : emptyAt(sinceNanos, rate);
      buckets.put(key, bucket);
    }
    return bucket;
  }

  private <T> Future<T> tooMany(Acquire request) {
    return throttled(request, "too many accounts and actions are being limited", 1_000);
  }

  private Future<Done> take(TokenBucket bucket, Acquire request, int rate) {
    long wait = bucket.take(request.tokens(), clock.millis() * NANOS_PER_MILLI);
    if (wait == 0) {
      return Future.succeededFuture(Done.DONE);
    }
    long millis = (wait + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    // A bucket may be empty shortly after the count has begun anew; that it is empty says that a
    // second had more.
    int seen = Math.max(rate + 1, bucket.asked());
    return rejected(request, new Failure.OverRate(name(request), rate, seen, millis));
  }

  /** Of a home: what leases may still use has been taken before. */
  private static TokenBucket emptyAt(long sinceNanos, int rate) {
    int lent = rate > LeasedTokens.ASKED_SINGLY_MAX ? LeasedTokens.most(rate) : 0;
    TokenBucket bucket = new TokenBucket(rate - lent, rate, sinceNanos);
    bucket.drain();
    return bucket;
  }

  private void dropFull(long now) {
    Iterator<Map.Entry<Key, TokenBucket>> oldest = buckets.entrySet().iterator();
    for (int i = 0; i < DROPPED_AT_ONCE && oldest.hasNext(); i++) {
      if (oldest.next().getValue().isFull(now)) {
        oldest.remove();
      }
    }
  }

  private <T> Future<T> throttled(Acquire request, String message, long retryAfterMillis) {
    return rejected(request, new Failure.Throttled(name(request), message, retryAfterMillis));
  }

  private <T> Future<T> rejected(Acquire request, Failure failure) {
    Counter.builder("perdure.ratelimit.rejected")
        .description("calls refused because their account makes too many a second")
        .tag("dialect", request.dialect())
        .tag("action", request.action())
        .register(meters)
        .increment();
    return failed(failure);
  }

  private static String name(Acquire request) {
    return request.dialect() + "." + request.action();
  }

  private static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
