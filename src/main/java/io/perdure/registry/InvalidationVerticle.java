package io.perdure.registry;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Ends the queues of deleted functions: asks the shards of this node, in portions, to mark what
 * waits INVALID; a shard that comes to a node does so by itself. One function after another; a
 * shard that fails is asked again after a pause, while other functions go on. Kept in memory only:
 * a shard that starts finds by itself what is left of functions that are gone. Thread: event loop.
 */
public final class InvalidationVerticle extends VerticleBase {
  static final int PORTION = 500;
  static final long PAUSE_MILLIS = 1_000;
  static final long PAUSE_MILLIS_MAX = 60_000;

  /** More deletions than this are left to the next start of the shards. */
  static final int WAITING_MAX = 100_000;

  private static final System.Logger LOG = System.getLogger(InvalidationVerticle.class.getName());
  private static final String DETAIL = "the function was deleted";

  private final int shards;
  private final IntPredicate owned;
  private final Bus bus;
  private final Clock clock;

  private final PriorityQueue<Job> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Job::notBefore).thenComparingLong(Job::uid));
  private Clock.Timer timer;
  private boolean busy;
  private boolean stopped;

  /**
   * A function whose queue is to end.
   *
   * @param shards that have not yet said that nothing is left
   * @param notBefore milliseconds since the epoch
   * @param failures in a row
   */
  private record Job(long uid, List<Integer> shards, long notBefore, int failures) {
    private Job again(List<Integer> failed, long now) {
      long pause = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS << Math.min(failures, 10));
      return new Job(uid, failed, now + pause, failures + 1);
    }
  }

  /** Asks those of the shards 0 to {@code shards - 1} that are this node's at the moment. */
  public InvalidationVerticle(int shards, IntPredicate owned, Bus bus, Clock clock) {
    this.shards = shards;
    this.owned = owned;
    this.bus = bus;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    return bus.listen(Addresses.FUNCTION_CHANGED, this::onChange);
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    return Future.succeededFuture();
  }

  private void onChange(FunctionChanged change) {
    if (!change.deleted()) {
      return;
    }
    if (waiting.size() >= WAITING_MAX) {
      LOG.log(
          ERROR,
          WAITING_MAX
              + " deleted functions wait for their queues to end; the queue of uid "
              + change.functionUid()
              + " ends after the next start");
      return;
    }
    List<Integer> all = IntStream.range(0, shards).boxed().toList();
    waiting.add(new Job(change.functionUid(), all, 0, 0));
    next();
  }

  private void next() {
    Job first = waiting.peek();
    if (busy || stopped || first == null) {
      return;
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (first.notBefore() > clock.millis()) {
      timer = clock.at(first.notBefore(), this::next);
      return;
    }
    busy = true;
    waiting.remove(first);
    List<Integer> failed = new ArrayList<>();
    askFrom(0, first, failed)
        .onComplete(
            done -> {
              busy = false;
              if (failed.isEmpty()) {
                LOG.log(
                    DEBUG,
                    "the queue of the deleted function with uid " + first.uid() + " has ended");
              } else {
                waiting.add(first.again(failed, clock.millis()));
              }
              context.runOnContext(none -> next()); // not nested, whoever answers at once
            });
  }

  private Future<Void> askFrom(int first, Job job, List<Integer> failed) {
    int index = first;
    while (index < job.shards().size() && !owned.test(job.shards().get(index))) {
      index++;
    }
    if (index == job.shards().size() || stopped) {
      return Future.succeededFuture();
    }
    int next = index + 1;
    Promise<Void> end = Promise.promise();
    drain(job.shards().get(index), job, failed, end);
    return end.future().compose(done -> askFrom(next, job, failed));
  }

  private boolean hasLeft(int shard, Throwable cause) {
    boolean fenced = cause instanceof FailureException e && e.failure() instanceof Failure.Fenced;
    return fenced || !owned.test(shard);
  }

  /**
   * One portion after another; a callback and no chain of futures, since there may be thousands.
   */
  private void drain(int shard, Job job, List<Integer> failed, Promise<Void> end) {
    bus.request(Addresses.INVALIDATE.at(shard), new Invalidate(job.uid(), DETAIL, PORTION))
        .onSuccess(
            portion -> {
              if (!portion.more()) {
                end.complete();
              } else if (portion.invalidated() == 0 || stopped) {
                failed.add(shard); // more waits but cannot go yet: asking again at once would spin
                end.complete();
              } else {
                drain(shard, job, failed, end);
              }
            })
        .onFailure(
            e -> {
              if (!hasLeft(shard, e)) {
                LOG.log(
                    WARNING,
                    "shard "
                        + shard
                        + " did not end the queue of the deleted function with uid "
                        + job.uid()
                        + ", to be asked again after a pause: "
                        + e.getMessage());
                failed.add(shard);
              }
              end.complete();
            });
  }
}
