package io.perdure.ratelimit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Serves {@link Addresses#ACQUIRE}. Thread: event loop. */
public final class RateLimitVerticle extends VerticleBase {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Buckets looked at for each new one, so that the map shrinks faster than it can grow. */
  private static final int DROPPED_AT_ONCE = 4;

  private final RateLimitConfig config;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry meters;

  /** Least recently used first: what is at the front has had the most time to fill up. */
  private final LinkedHashMap<Key, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private record Key(String account, String dialect, String action) {}

  /** The limiter of this node. */
  public RateLimitVerticle(RateLimitConfig config, Bus bus, Clock clock, MeterRegistry meters) {
    this.config = config;
    this.bus = bus;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public Future<?> start() {
    return bus.serve(Addresses.ACQUIRE, this::acquire);
  }

  private Future<Done> acquire(Acquire request) {
    if (request.tokens() < 1) {
      return failed(new Failure.Invalid("tokens", "expected 1 or more"));
    }
    int rate = config.perSecond(request.dialect(), request.action());
    if (rate == 0) {
      return Future.succeededFuture(Done.DONE);
    }
    long now = clock.millis() * NANOS_PER_MILLI;
    Key key = new Key(request.account(), request.dialect(), request.action());
    TokenBucket bucket = buckets.get(key);
    if (bucket == null) {
      dropFull(now);
      if (buckets.size() >= config.bucketsMax()) {
        return throttled(request, "too many accounts and actions are being limited", 1_000);
      }
      bucket = new TokenBucket(rate, rate, now);
      buckets.put(key, bucket);
    }
    long wait = bucket.take(request.tokens(), now);
    if (wait == 0) {
      return Future.succeededFuture(Done.DONE);
    }
    long millis = (wait + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    // A bucket may be empty shortly after the count has begun anew; that it is empty says that a
    // second had more.
    int seen = Math.max(rate + 1, bucket.asked());
    return rejected(request, new Failure.OverRate(name(request), rate, seen, millis));
  }

  private void dropFull(long now) {
    Iterator<Map.Entry<Key, TokenBucket>> oldest = buckets.entrySet().iterator();
    for (int i = 0; i < DROPPED_AT_ONCE && oldest.hasNext(); i++) {
      if (oldest.next().getValue().isFull(now)) {
        oldest.remove();
      }
    }
  }

  private Future<Done> throttled(Acquire request, String message, long retryAfterMillis) {
    return rejected(request, new Failure.Throttled(name(request), message, retryAfterMillis));
  }

  private Future<Done> rejected(Acquire request, Failure failure) {
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

  private static Future<Done> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
