package io.perdure.retention;

import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.DropBodies;
import io.perdure.bus.ShardMessages.Reap;
import io.perdure.bus.ShardMessages.Reaped;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntPredicate;

/**
 * Sweeps through the shards of this node at an interval. Thread: event loop; the shards do the
 * work.
 */
public final class RetentionVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(RetentionVerticle.class.getName());

  /** Portions in a row that may do nothing, such as those of invocations changed just now. */
  private static final int IDLE_PORTIONS_MAX = 10;

  private final RetentionConfig config;
  private final int shards;
  private final IntPredicate owned;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry meters;

  /** By shard: the earliest time for attention it told last. Written here, read by the gauge. */
  private final AtomicLongArray oldestDue;

  /** By shard: the bucket below which it was last told to drop bodies. */
  private final int[] droppedBelow;

  private Gauge lag;
  private Counter removed;
  private Counter expired;
  private Counter moved;
  private Clock.Timer timer;
  private Future<Swept> sweeping;
  private boolean stopped;

  /**
   * What a sweep did.
   *
   * @param failedShards shards that could not be swept to the end; logged, the next sweep takes up
   *     what they left
   */
  public record Swept(long removed, long expired, long moved, int failedShards) {
    static final Swept NOTHING = new Swept(0, 0, 0, 0);

    private Swept plus(Reaped portion) {
      return new Swept(
          removed + portion.removed(),
          expired + portion.expired(),
          moved + portion.moved(),
          failedShards);
    }

    private Swept failed() {
      return new Swept(removed, expired, moved, failedShards + 1);
    }
  }

  /**
   * The reaper of shards 0 to {@code shards - 1}.
   *
   * @param owned which of them are this node's at the moment; the others have their own reaper
   */
  public RetentionVerticle(
      RetentionConfig config,
      int shards,
      IntPredicate owned,
      Bus bus,
      Clock clock,
      MeterRegistry meters) {
    this.config = config;
    this.shards = shards;
    this.owned = owned;
    this.bus = bus;
    this.clock = clock;
    this.meters = meters;
    oldestDue = new AtomicLongArray(shards);
    for (int shard = 0; shard < shards; shard++) {
      oldestDue.set(shard, Long.MAX_VALUE);
    }
    droppedBelow = new int[shards];
  }

  @Override
  public Future<?> start() {
    lag =
        Gauge.builder("perdure.retention.lag", this, RetentionVerticle::lagSeconds)
            .description("time since the oldest invocation due for the reaper became due")
            .baseUnit("seconds")
            .register(meters);
    removed = counter("removed", "invocations removed after their retention");
    expired = counter("expired", "invocations expired because they waited too long");
    moved = counter("moved", "bodies moved because they were still needed");
    scheduleSweep();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    timer.cancel();
    meters.remove(lag);
    return sweeping == null ? Future.succeededFuture() : sweeping;
  }

  private void scheduleSweep() {
    timer = clock.at(clock.millis() + config.sweepInterval().toMillis(), this::sweepAndSchedule);
  }

  private void sweepAndSchedule() {
    join()
        .onFailure(e -> LOG.log(WARNING, "sweep failed, next one in " + config.sweepInterval(), e))
        .onComplete(
            done -> {
              if (!stopped) {
                scheduleSweep();
              }
            });
  }

  /**
   * Sweeps besides the schedule: now, or behind the sweep that goes on, so that all that is due at
   * the time of the call is looked at. Thread: any. A shard that fails is logged and counted; the
   * others are swept all the same.
   */
  public Future<Swept> sweep() {
    Promise<Swept> swept = Promise.promise();
    context.runOnContext(
        none -> {
          Future<Swept> before = sweeping;
          Future<Swept> after = before == null ? join() : before.transform(done -> join());
          after.onComplete(swept);
        });
    return swept.future();
  }

  /** The sweep that goes on, or a new one. */
  private Future<Swept> join() {
    if (sweeping != null) {
      return sweeping;
    }
    Promise<Swept> end = Promise.promise();
    sweeping = end.future();
    sweepFrom(0, clock.millis(), Swept.NOTHING)
        .onComplete(
            done -> {
              sweeping = null; // at once when no shard is this node's
              end.handle(done);
            });
    return end.future();
  }

  private Future<Swept> sweepFrom(int first, long now, Swept sofar) {
    int shard = first;
    while (shard < shards && !owned.test(shard)) {
      left(shard++);
    }
    if (shard == shards || stopped) {
      return Future.succeededFuture(sofar);
    }
    int next = shard + 1;
    Promise<Swept> end = Promise.promise();
    drain(shard, now, sofar, 0, end);
    return end.future().compose(swept -> sweepFrom(next, now, swept));
  }

  /** Another node sees to {@code shard}. */
  private void left(int shard) {
    oldestDue.set(shard, Long.MAX_VALUE);
    droppedBelow[shard] = 0; // it may have been told less there than here
  }

  private boolean hasLeft(int shard, Throwable cause) {
    boolean fenced = cause instanceof FailureException e && e.failure() instanceof Failure.Fenced;
    return fenced || !owned.test(shard);
  }

  /**
   * One portion after another; a callback and no chain of futures, since there may be thousands.
   */
  private void drain(int shard, long now, Swept sofar, int idle, Promise<Swept> end) {
    bus.request(Addresses.REAP.at(shard), new Reap(now, config.batchSize()))
        .onFailure(
            e -> {
              if (hasLeft(shard, e)) {
                left(shard);
                end.complete(sofar);
              } else {
                tellFailure("sweep of shard " + shard, e);
                end.complete(sofar.failed());
              }
            })
        .onSuccess(
            portion -> {
              note(shard, portion);
              Swept swept = sofar.plus(portion);
              int idling = isNothing(portion) ? idle + 1 : 0;
              if (!portion.more()) {
                dropBodies(shard, now).onComplete(done -> end.complete(swept));
              } else if (stopped || idling == IDLE_PORTIONS_MAX) {
                end.complete(swept); // what is left cannot go yet: asking on would spin
              } else {
                drain(shard, now, swept, idling, end);
              }
            });
  }

  /**
   * Only behind a complete sweep: whatever still lies in those buckets is no longer referred to.
   */
  private Future<?> dropBodies(int shard, long now) {
    int bucket = (int) (now / BodyRef.BUCKET_MILLIS);
    if (bucket <= droppedBelow[shard]) {
      return Future.succeededFuture();
    }
    return bus.request(Addresses.DROP_BODIES.at(shard), new DropBodies(bucket))
        .onSuccess(done -> droppedBelow[shard] = bucket)
        .onFailure(
            e -> {
              if (!hasLeft(shard, e)) {
                tellFailure("removal of old bodies in shard " + shard, e);
              }
            });
  }

  private void note(int shard, Reaped portion) {
    oldestDue.set(shard, portion.oldestDue());
    removed.increment(portion.removed());
    expired.increment(portion.expired());
    moved.increment(portion.moved());
  }

  private static boolean isNothing(Reaped portion) {
    return portion.removed() == 0 && portion.expired() == 0 && portion.moved() == 0;
  }

  private void tellFailure(String what, Throwable cause) {
    LOG.log(
        WARNING,
        what + " failed, to be repeated in " + config.sweepInterval() + ": " + cause.getMessage());
  }

  /** Of all shards, as last told; it grows while a shard cannot be swept. */
  private double lagSeconds() {
    long oldest = Long.MAX_VALUE;
    for (int shard = 0; shard < shards; shard++) {
      oldest = Math.min(oldest, oldestDue.get(shard));
    }
    return Math.max(0, clock.millis() - oldest) / 1000.0;
  }

  private Counter counter(String name, String description) {
    return Counter.builder("perdure.retention." + name).description(description).register(meters);
  }
}
