package io.perdure.shard;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.Failed;
import io.perdure.bus.Message;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Invalidate;
import io.perdure.bus.ShardMessages.State;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.SubmitAll;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The owner of one shard. Deployed as a worker verticle with a pool of one thread, so that reading
 * the store blocks nobody else. Recovers at start and after each failure of the store; what it
 * cannot serve meanwhile is answered as unavailable.
 */
public final class ShardVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(ShardVerticle.class.getName());
  private static final long REOPEN_MILLIS = 2_000;
  private static final int INVALIDATE_PORTION = 500;
  private static final String SHUTTING_DOWN = "the node is shutting down";

  private final int number;
  private final ShardParts parts;
  private final ShardStorage.Source source;
  private final Bus bus;
  private final ShardMeters meters;

  /** Outlives an opening: what it promised to readers of pages holds after a failure, too. */
  private final InvocationId.Minter minter;

  private ShardStorage storage;
  private Shard shard;
  private Attempts attempts;
  private Submits submits;
  private Reads reads;
  private Reaping reaping;

  /** Of the storage that failed last. */
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

  /** How the shard is doing; any thread. */
  public State state() {
    return state;
  }

  /** What can be told without asking; null while nothing can. Any thread. */
  public Glance glance() {
    return glance;
  }

  @Override
  public Future<?> start() {
    Future<?> listening =
        Future.all(
            List.of(
                Future.all(
                    serve(Addresses.SUBMIT, submit -> submits.submit(submit)),
                    serve(Addresses.SUBMIT_ALL, this::submitAll),
                    serve(Addresses.GET, get -> reads.get(get.id()).map(Found::new)),
                    serve(Addresses.GET_ALL, get -> reads.getAll(get)),
                    serve(Addresses.GET_BY_KEY, get -> getByKey(get.functionUid(), get.key())),
                    serve(Addresses.GET_BODY, get -> reads.body(get))),
                Future.all(
                    serve(Addresses.AWAIT, await -> reads.await(await).map(Found::new)),
                    serve(Addresses.STOP, stop -> shard.stop(stop).map(Found::new)),
                    serve(Addresses.PAGE, page -> reads.page(page)),
                    serve(Addresses.COUNT, count -> reads.count(count)),
                    serve(Addresses.SEARCH, search -> reads.search(search))),
                Future.all(
                    serve(Addresses.REAP, reap -> reaping.reap(reap)),
                    serve(Addresses.DROP_BODIES, drop -> reaping.dropBodies(drop).map(Done.DONE)),
                    serve(Addresses.INVALIDATE, invalidate -> reaping.invalidate(invalidate)),
                    serve(Addresses.CHECKPOINT, this::checkpoint)),
                bus.serve(Addresses.SHARD_STATE.at(number), ask -> Future.succeededFuture(state)),
                bus.serve(
                    Addresses.TAKE_RESULT.at(number),
                    take -> bus.request(Addresses.HAND_OVER, take)),
                bus.listen(
                    Addresses.ATTEMPT.at(number), told -> guarded(() -> attempts.told(told))),
                bus.listen(
                    Addresses.DELIVERY.at(number), told -> guarded(() -> shard.owed.told(told))),
                bus.listen(Addresses.FUNCTION_CHANGED, this::functionChanged)));
    // Opening hands over what is due, and the executor may answer at once, so somebody has to
    // listen before. What arrives meanwhile has its turn when this method has ended.
    open();
    return listening;
  }

  /** Ends after all that is decided is committed and answered. */
  @Override
  public Future<?> stop() {
    stopping = true;
    glance = null;
    state = new State(number, "failed", SHUTTING_DOWN, 0);
    if (reopening != null) {
      reopening.cancel();
    }
    if (shard == null) {
      return closed;
    }
    shard.queues.close();
    shard.owed.close();
    return settled(shard)
        .otherwiseEmpty() // who waited for a commit that failed has been told
        .compose(
            v -> {
              if (shard == null) {
                return closed; // it failed meanwhile
              }
              shard.close(unavailable(SHUTTING_DOWN));
              shard = null;
              return storage.close();
            });
  }

  /** Outcomes of attempts are taken in up to the end, so there may be more to wait for. */
  private static Future<Void> settled(Shard shard) {
    return shard
        .commits
        .settled()
        .compose(
            v -> shard.commits.newestPending() == 0 ? Future.succeededFuture() : settled(shard));
  }

  private <Q extends Message, R extends Message> Future<Void> serve(
      Address<Q, R> address, Function<Q, Future<R>> handler) {
    return bus.serve(
        address.at(number),
        message -> {
          Shard by = shard;
          if (by == null || stopping) {
            return Future.failedFuture(new FailureException(unavailable(state.problem())));
          }
          Future<R> answer;
          try {
            answer = handler.apply(message);
          } catch (StoreException e) {
            answer = Future.failedFuture(e);
          }
          return answer.recover(e -> Future.failedFuture(answerable(e, by)));
        });
  }

  /** A store that cannot be read any more fails the shard, unless that has happened already. */
  private Throwable answerable(Throwable cause, Shard by) {
    if (!(cause instanceof StoreException)) {
      return cause;
    }
    fail(cause, by);
    return new FailureException(unavailable(cause.getMessage()));
  }

  private void guarded(Runnable turn) {
    Shard by = shard;
    if (by == null) {
      return; // told by an attempt of an opening that is gone: it is run again
    }
    try {
      turn.run();
    } catch (StoreException e) {
      fail(e, by);
    }
  }

  // ---- opening and failing

  private void open() {
    reopening = null;
    boolean failedBefore = state.phase().equals("failed"); // who read of that wants to read of this
    long began = System.nanoTime();
    try {
      storage = source.open();
      StoreReader reader = storage.reader();
      Recovery.advance(minter, reader);
      Shard opened = new Shard(storage, parts, meters, minter, context, this::fail);
      shard = opened;
      attempts = new Attempts(opened, storage.epoch());
      submits = new Submits(opened, parts, meters);
      reads = new Reads(opened, parts.scans());
      reaping = new Reaping(opened, reads, storage);
      glance = new Glance(reader, opened.bodies);
      List<InvocationId> lost = Recovery.started(reader);
      for (InvocationId id : lost) {
        Live entry = opened.load(id);
        if (entry != null) {
          opened.propose(entry, Recovery.lost(entry.current), null);
        }
      }
      List<Recovery.Head> heads = Recovery.heads(reader);
      for (Recovery.Head head : heads) {
        opened.queues.recovered(head.of(), head.dueAt());
      }
      for (Recovery.Head head : Recovery.owing(reader)) {
        opened.owed.recovered(head.of(), head.dueAt());
      }
      state = new State(number, "serving", null, 1);
      LOG.log(
          lost.isEmpty() && !failedBefore ? DEBUG : INFO,
          "shard {0} serves after {1} ms: {2} lost attempts, {3} functions with a queue",
          number,
          (System.nanoTime() - began) / 1_000_000,
          lost.size(),
          heads.size());
      context.runOnContext(v -> invalidateDeleted(heads));
    } catch (RuntimeException e) {
      fail(e, shard);
    }
  }

  /** Functions deleted before their queue was marked: goes on where an earlier run ended. */
  private void invalidateDeleted(List<Recovery.Head> heads) {
    for (Recovery.Head head : heads) {
      if (parts.functions().byUid(head.of()) == null) {
        guarded(() -> invalidate(head.of()));
      }
    }
  }

  private void invalidate(long function) {
    if (shard == null) {
      return;
    }
    reaping
        .invalidate(new Invalidate(function, "the function was deleted", INVALIDATE_PORTION))
        .onSuccess(
            done -> {
              if (done.more()) {
                guarded(() -> invalidate(function));
              }
            })
        .onFailure(
            e ->
                LOG.log(
                    ERROR,
                    "the queue of deleted function " + function + " is not marked, at next start",
                    e));
  }

  /** The store cannot be trusted: memory is thrown away, and the shard is opened anew. */
  private void fail(Throwable cause, Shard failed) {
    if (failed != shard) {
      return; // that opening has failed before
    }
    glance = null;
    String problem = "shard " + number + ": " + cause.getMessage();
    LOG.log(ERROR, problem + "; opened again in " + REOPEN_MILLIS + " ms", cause);
    state = new State(number, "failed", problem, 0);
    ShardStorage broken = storage;
    shard = null;
    storage = null;
    Promise<Void> closing = Promise.promise();
    closed = closing.future(); // known before those who wait are told: one of them may be stop()
    if (failed != null) {
      failed.close(unavailable(problem));
      bus.send(Addresses.ORDER, new Abandon(number, failed.epoch()));
    }
    // Whatever thread it ends on: timers belong to this one.
    closed.onComplete(v -> context.runOnContext(x -> reopen()));
    (broken == null ? Future.<Void>succeededFuture() : close(broken)).onComplete(closing);
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
    if (!stopping) {
      long at = parts.clock().millis() + REOPEN_MILLIS;
      reopening =
          parts
              .clock()
              .at(
                  at,
                  () -> {
                    if (!stopping) {
                      open();
                    }
                  });
    }
  }

  private static Failure unavailable(String why) {
    return new Failure.Unavailable(why, REOPEN_MILLIS);
  }

  // ---- what needs more than one line

  private Future<SubmittedAll> submitAll(SubmitAll all) {
    List<Future<Message>> outcomes = new ArrayList<>(all.submits().size());
    for (Submit submit : all.submits()) {
      outcomes.add(
          submits
              .submit(submit)
              .<Message>map(submitted -> submitted)
              .recover(
                  e ->
                      e instanceof FailureException f
                          ? Future.succeededFuture(new Failed(f.failure()))
                          : Future.failedFuture(e)));
    }
    return Future.all(outcomes)
        .map(done -> new SubmittedAll(outcomes.stream().map(Future::result).toList()));
  }

  private Future<Found> getByKey(long function, String key) {
    InvocationId id = submits.idOfKey(function, key);
    return id == null
        ? Future.failedFuture(
            new FailureException(new Failure.NotFound("invocation with key", key)))
        : reads.get(id).map(Found::new);
  }

  private Future<Done> checkpoint(Checkpoint checkpoint) {
    ShardStorage of = storage;
    return reads
        .<Void>blocking(
            () -> {
              of.checkpoint(Path.of(checkpoint.directory()));
              return null;
            })
        .map(Done.DONE)
        .recover(
            e -> {
              // What is wrong is the directory, more likely than the store.
              LOG.log(ERROR, "no checkpoint of shard " + number, e);
              return Future.failedFuture(new FailureException(unavailable(e.getMessage())));
            });
  }

  private void functionChanged(FunctionChanged changed) {
    guarded(() -> shard.queues.functionChanged(changed.functionUid()));
  }
}
