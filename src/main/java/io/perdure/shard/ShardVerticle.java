package io.perdure.shard;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.State;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * A shard on this node. Deployed as a worker verticle with a pool of one thread, so that reading
 * the store blocks nobody else. While the node owns the shard it is open here, and opened anew
 * after each failure of the store; what it cannot serve meanwhile is answered as unavailable. While
 * another node does, nothing of it is in memory, and every request is sent on.
 */
public final class ShardVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(ShardVerticle.class.getName());
  private static final long REOPEN_MILLIS = 2_000;
  private static final String SHUTTING_DOWN = "the node is shutting down";

  private final int number;
  private final ShardParts parts;
  private final ShardStorage.Source source;
  private final Bus bus;
  private final ShardMeters meters;

  /** Outlives an opening: what it promised to readers of pages holds after a failure, too. */
  private final InvocationId.Minter minter;

  private final Tenure tenure = new Tenure(this::tenureChanged);

  /** The newest telling that was acted on. */
  private Tenure.Told told = tenure.latest();

  private ShardStorage storage;
  private Opening opening;

  /** Of the storage that was thrown away last. */
  private Future<Void> closed = Future.succeededFuture();

  private Clock.Timer reopening;
  private boolean stopping;
  private volatile State state;
  private volatile Glance glance;

  /** Of shard {@code number}, on what {@code source} opens. */
  public ShardVerticle(int number, ShardParts parts, ShardStorage.Source source) {
    this.number = number;
    this.parts = parts;
    this.source = source;
    this.bus = parts.bus();
    this.meters = new ShardMeters(parts.meters(), number, parts.clock());
    this.minter = Recovery.newMinter(number);
    this.state = new State(number, "recovering", "the store is being opened", 0);
  }

  /** Which shard it is; any thread. */
  public int number() {
    return number;
  }

  /** How the shard is doing; any thread. */
  public State state() {
    return state;
  }

  /**
   * What can be told without asking, from the shard or from what this node has of it while another
   * owns it; null while nothing can. Any thread.
   */
  public Glance glance() {
    Glance own = glance;
    if (own != null) {
      return own;
    }
    StoreReader replica = source.replica();
    return replica == null ? null : Glance.ofReplica(replica, parts.clock());
  }

  @Override
  public Future<?> start() {
    Future<?> listening =
        Future.all(
            List.of(
                Future.all(
                    serve(Addresses.SUBMIT, (by, submit) -> by.submits.submit(submit)),
                    serve(Addresses.SUBMIT_ALL, (by, all) -> by.submits.submitAll(all)),
                    tell(Addresses.GET, (by, get) -> by.reads.get(get.id()).map(Found::new)),
                    tell(Addresses.GET_ALL, (by, get) -> by.reads.getAll(get)),
                    tell(Addresses.GET_BY_KEY, (by, get) -> by.getByKey(get).map(Found::new)),
                    tell(Addresses.GET_BODY, (by, get) -> by.reads.body(get))),
                Future.all(
                    tell(Addresses.AWAIT, (by, await) -> by.reads.await(await).map(Found::new)),
                    serve(Addresses.STOP, (by, stop) -> by.shard.stop(stop).map(Found::new)),
                    tell(Addresses.PAGE, (by, page) -> by.reads.page(page)),
                    tell(Addresses.COUNT, (by, count) -> by.reads.count(count)),
                    tell(Addresses.SEARCH, (by, search) -> by.reads.search(search))),
                Future.all(
                    serve(Addresses.REAP, (by, reap) -> by.reaping.reap(reap)),
                    serve(
                        Addresses.DROP_BODIES,
                        (by, drop) -> by.reaping.dropBodies(drop).map(Done.DONE)),
                    serve(Addresses.SHARD_GATE, (by, ask) -> bus.request(Addresses.GATE, ask)),
                    serve(Addresses.INVALIDATE, (by, of) -> by.reaping.invalidate(of)),
                    serve(Addresses.REST, (by, rest) -> by.resting.rest(rest)),
                    serve(
                        Addresses.RESUME,
                        (by, resume) -> {
                          by.resting.resume();
                          return Future.succeededFuture(Done.DONE);
                        }),
                    serve(Addresses.CHECKPOINT, (by, copy) -> by.checkpoint(copy).map(Done.DONE))),
                bus.serve(Addresses.SHARD_STATE.at(number), ask -> Future.succeededFuture(state)),
                bus.serve(
                    Addresses.TAKE_RESULT.at(number),
                    take -> bus.request(Addresses.HAND_OVER, take)),
                hear(Addresses.ATTEMPT.at(number), (by, told) -> by.attempts.told(told)),
                hear(Addresses.DELIVERY.at(number), (by, told) -> by.shard.owed.told(told)),
                hear(
                    Addresses.FUNCTION_CHANGED,
                    (by, changed) -> by.functionChanged(changed.functionUid()))));
    // Opening hands over what is due, and the executor may answer at once, so somebody has to
    // listen before. What arrives meanwhile has its turn when this method has ended.
    source.watch(tenure);
    follow();
    return listening;
  }

  /** Ends after all that is decided is committed and answered. */
  @Override
  public Future<?> stop() {
    stopping = true;
    glance = null;
    state = new State(number, "failed", SHUTTING_DOWN, 0);
    cancelReopening();
    if (opening == null) {
      return closed;
    }
    opening.quiesce();
    return opening
        .settled()
        .otherwiseEmpty() // who waited for a commit that failed has been told
        .compose(
            v -> {
              if (opening == null) {
                return closed; // it failed or was lost meanwhile
              }
              opening.close(unavailable(SHUTTING_DOWN), unavailable(SHUTTING_DOWN));
              opening = null;
              return storage.close();
            });
  }

  // ---- requests

  /** Serves what rests on a commit, or is idempotent. */
  private <Q extends Message, R extends Message> Future<Void> serve(
      Address<Q, R> address, BiFunction<Opening, Q, Future<R>> handler) {
    return bus.serve(
        address.at(number),
        message -> {
          Opening by = opening;
          if (by == null || stopping) {
            return Future.failedFuture(new FailureException(refusal()));
          }
          Future<R> answer;
          try {
            answer = handler.apply(by, message);
          } catch (StoreException e) {
            answer = Future.failedFuture(e);
          }
          return answer.recover(e -> Future.failedFuture(answerable(e, by)));
        });
  }

  /** Serves what rests on memory and store: that may be old by now, unless it is confirmed. */
  private <Q extends Message, R extends Message> Future<Void> tell(
      Address<Q, R> address, BiFunction<Opening, Q, Future<R>> handler) {
    return serve(address, (by, question) -> by.confirms.confirmed(handler.apply(by, question)));
  }

  /** Takes in what nobody waits for; while the shard is not open it is of no use. */
  private <Q extends Message> Future<Void> hear(
      Address<Q, Done> address, BiConsumer<Opening, Q> handler) {
    return bus.listen(
        address,
        message -> {
          Opening by = opening;
          if (by == null) {
            LOG.log(DEBUG, "shard {0} is not open here, {1} is ignored", number, address.name());
          } else {
            by.shard.turn(() -> handler.accept(by, message));
          }
        });
  }

  /** A store that cannot be read any more fails the shard, unless that has happened already. */
  private Throwable answerable(Throwable cause, Opening by) {
    if (!(cause instanceof StoreException)) {
      return cause;
    }
    fail(cause, by);
    return new FailureException(unavailable(cause.getMessage()));
  }

  /** Why nothing is answered at present. */
  private Failure refusal() {
    boolean elsewhere = !told.here() || (storage != null && storage.moves()); // or soon
    return state.problem() == null || (stopping && elsewhere)
        ? new Failure.Fenced(number, told.owner())
        : unavailable(state.problem());
  }

  private static Failure unavailable(String why) {
    return new Failure.Unavailable(why, REOPEN_MILLIS);
  }

  // ---- gained and lost

  /** On the thread of whoever tells. */
  private void tenureChanged() {
    try {
      context.runOnContext(v -> follow());
    } catch (RejectedExecutionException e) {
      LOG.log(DEBUG, "shard {0} has ended here, whoever owns it: {1}", number, e.getMessage());
    }
  }

  /** Acts on what was told last; what was told before that is of no interest any more. */
  private void follow() {
    Tenure.Told now = tenure.latest();
    if (now == told) {
      return;
    }
    told = now;
    cancelReopening();
    if (opening != null) {
      moved(now.owner());
    }
    if (now.here()) {
      whenClosed(this::open);
    } else if (!stopping) {
      state = following();
    }
  }

  private State following() {
    return new State(number, "following", null, 1);
  }

  /** Throws away what is open: the shard has another owner, or this one anew. */
  private void moved(String owner) {
    LOG.log(
        INFO,
        "shard {0} is not served here any more{1}",
        number,
        owner == null ? "" : ", but by " + owner);
    if (!stopping) {
      state = following();
    }
    discard(
        new Failure.Fenced(number, owner),
        new Failure.Unavailable(
            "shard " + number + " has moved: it is not known whether this was accepted",
            REOPEN_MILLIS));
  }

  /** Runs {@code task} when nothing of the last opening is left, unless all has changed then. */
  private void whenClosed(Runnable task) {
    Tenure.Told under = told;
    Runnable current =
        () -> {
          if (told == under && opening == null && !stopping) {
            task.run();
          }
        };
    if (closed.isComplete()) {
      current.run();
    } else {
      // Whatever thread it ends on: this belongs to the shard's.
      closed.onComplete(v -> context.runOnContext(x -> current.run()));
    }
  }

  // ---- opening and failing

  private void open() {
    reopening = null;
    boolean failedBefore = state.phase().equals("failed"); // who read of that wants to read of this
    long began = System.nanoTime();
    try {
      storage = source.open();
      opening = new Opening(number, storage, parts, meters, minter, context, this::fail);
      Opening opened = opening;
      Opening.Found found = opened.recover();
      glance = opened.glance;
      meters.opened();
      state = new State(number, "serving", null, 1);
      LOG.log(
          found.lost() == 0 && !failedBefore && !storage.moves() ? DEBUG : INFO,
          "shard {0} serves after {1} ms: {2} lost attempts, {3} functions with a queue",
          number,
          (System.nanoTime() - began) / 1_000_000,
          found.lost(),
          found.queues().size());
      context.runOnContext(v -> opened.invalidateDeleted(found.queues()));
    } catch (RuntimeException e) {
      fail(e, opening);
    }
  }

  /** Memory cannot be trusted any more: it is thrown away, and the shard is opened anew. */
  private void fail(Throwable cause, Opening failed) {
    if (failed != opening) {
      return; // that opening has failed before
    }
    boolean refused = failed != null && storage.moves() && failed.shard.commits.refused();
    if (refused || tenure.latest() != told) {
      LOG.log(INFO, "shard {0} is let go: {1}", number, cause.getMessage());
      moved(null); // whose it is from now on is told, too, before or after
    } else {
      String problem = "shard " + number + ": " + cause.getMessage();
      LOG.log(ERROR, problem + "; opened again in " + REOPEN_MILLIS + " ms", cause);
      state = new State(number, "failed", problem, 0);
      discard(unavailable(problem), unavailable(problem));
    }
    whenClosed(this::reopen);
  }

  /** Lets go of memory and storage; {@link #closed} completes when nothing is left of them. */
  private void discard(Failure undecided, Failure unknown) {
    glance = null;
    Opening gone = opening;
    ShardStorage of = storage;
    opening = null;
    storage = null;
    if (of != null && of.moves()) {
      meters.moved();
    }
    Promise<Void> closing = Promise.promise();
    closed = closing.future(); // known before those who wait are told: one of them may be stop()
    if (gone != null) {
      gone.close(undecided, unknown);
      bus.send(Addresses.ORDER, new Abandon(number, gone.shard.epoch()));
    }
    (of == null ? Future.<Void>succeededFuture() : close(of)).onComplete(closing);
  }

  private Future<Void> close(ShardStorage broken) {
    return broken
        .close()
        .recover(
            e -> {
              LOG.log(ERROR, "shard " + number + " did not close cleanly", e);
              return Future.succeededFuture();
            });
  }

  private void reopen() {
    long at = parts.clock().millis() + REOPEN_MILLIS;
    reopening = parts.clock().at(at, () -> whenClosed(this::open));
  }

  private void cancelReopening() {
    if (reopening != null) {
      reopening.cancel();
      reopening = null;
    }
  }
}
