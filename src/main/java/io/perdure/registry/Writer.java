package io.perdure.registry;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.Routes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.journal.JournalException;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Makes the changes of the registry while this node owns it, one after another, each decided on
 * what is committed. Thread: the worker of {@link RegistryVerticle}; it is told of ownership on
 * any.
 *
 * <p>Once a commit has failed nothing is accepted by the opening it was made in, since it is
 * unknown whether it is on disk. A node that stands alone opens the store anew, which tells; one of
 * a cluster owns the registry no more, and whatever is decided next, here or elsewhere, is decided
 * on what has come of it.
 */
final class Writer {
  static final long RETRY_MILLIS = 1_000;

  private static final System.Logger LOG = System.getLogger(Writer.class.getName());

  private final Registry registry;
  private final RegistryStorage.Source source;
  private final Bus bus;
  private final Clock clock;
  private final int waitingMax;

  /** The view follows what is applied, on whatever node it was decided. */
  private final boolean follows;

  private final Queue<Supplier<Future<?>>> waiting = new ArrayDeque<>();

  /** Changes that are made, and not yet known to be seen wherever they may be looked for. */
  private final AtomicInteger unacknowledged = new AtomicInteger();

  private Context context;

  /** Null while another node owns the registry. */
  private RegistryStorage opening;

  private String owner;
  private boolean busy;
  private Promise<Void> idle;
  private Clock.Timer retry;
  private volatile String problem;

  Writer(Registry registry, RegistryStorage.Source source, Bus bus, Clock clock, int waitingMax) {
    this.registry = registry;
    this.source = source;
    this.bus = bus;
    this.clock = clock;
    this.waitingMax = waitingMax;
    follows = source.replica() != null;
  }

  /** Why no change is accepted at the moment; null while all is well. Thread: any. */
  String problem() {
    return problem;
  }

  /**
   * For the node that stands alone: opens and reads the store. Fails with {@link StoreException}.
   */
  Future<?> openAlone(Context thread) {
    context = thread;
    opening = source.open();
    return Future.succeededFuture()
        .compose(
            opened -> {
              RegistryReader.read(opening.reader(), registry);
              LOG.log(INFO, "registry read: functions " + registry.size());
              return noteCreation();
            });
  }

  /** For a node of a cluster: opens the store as soon as it owns the registry. */
  void openWhenOwned(Context thread) {
    context = thread;
  }

  void gained() {
    context.runOnContext(none -> own());
  }

  void lost(String to) {
    context.runOnContext(none -> disown(to));
  }

  private void own() {
    if (idle != null) {
      return;
    }
    release();
    try {
      opening = source.open();
      LOG.log(INFO, "this node owns the registry");
      noteCreation()
          .onFailure(
              e ->
                  LOG.log(
                      DEBUG, "the age of the registry may not be noted yet: {0}", e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(
          ERROR, "the registry cannot be opened here, tried again in " + RETRY_MILLIS + " ms", e);
      retry = clock.at(clock.millis() + RETRY_MILLIS, this::own);
    }
  }

  private void disown(String to) {
    owner = to;
    if (opening != null) {
      LOG.log(INFO, "this node does not own the registry any more");
    }
    release();
  }

  /** What is committed by now goes on; its end tells what came of it. */
  private void release() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
    if (opening != null) {
      opening.journal().close().onFailure(e -> LOG.log(WARNING, "the journal did not close", e));
      opening = null;
    }
  }

  private Future<?> noteCreation() {
    if (opening.reader().get(Family.META, RecordKeys.CREATED_AT) != null) {
      return Future.succeededFuture();
    }
    long now = clock.millis();
    return change(
        () ->
            new Change<>(
                new Batch().put(Family.META, RecordKeys.CREATED_AT, Keys.number(now)),
                () -> registry.createdAt(now),
                List.of(),
                Done.DONE));
  }

  /** Ends behind the changes that were accepted. */
  Future<Void> stop() {
    idle = Promise.promise();
    if (!busy) {
      idle.complete();
    }
    return idle.future().compose(done -> end());
  }

  /** Ends at once. */
  Future<Void> end() {
    if (retry != null) {
      retry.cancel();
    }
    return opening == null ? Future.succeededFuture() : opening.journal().close();
  }

  /** The present opening; fails when this node does not own the registry. */
  RegistryStorage opening() {
    if (opening == null) {
      throw fenced();
    }
    return opening;
  }

  private FailureException fenced() {
    return new FailureException(new Failure.Fenced(Routes.REGISTRY, owner));
  }

  /** Takes its turn behind the changes that wait; throttled when too many do. */
  <R> Future<R> change(Supplier<Change<R>> decision) {
    if (follows && opening == null) {
      return Future.failedFuture(fenced());
    }
    if (waiting.size() + unacknowledged.get() >= waitingMax) {
      return failed(
          new Failure.Throttled(
              "registry.waiting-max",
              waitingMax + " changes of the registry are waiting",
              RETRY_MILLIS));
    }
    Promise<R> answer = Promise.promise();
    waiting.add(() -> carryOut(decision, answer));
    if (!busy) {
      busy = true;
      next();
    }
    return answer.future();
  }

  private void next() {
    Supplier<Future<?>> first = waiting.poll();
    if (first != null) {
      // By way of the context: a thousand changes that need no commit must not nest.
      first.get().onComplete(done -> context.runOnContext(none -> next()));
      return;
    }
    busy = false;
    if (idle != null) {
      idle.tryComplete(); // what arrived while the addresses were being given up came behind
    }
  }

  /** Completes when the next change may be decided; {@code answer} may follow later. */
  private <R> Future<?> carryOut(Supplier<Change<R>> decision, Promise<R> answer) {
    if (problem != null) {
      answer.fail(unavailable(problem));
      return answer.future();
    }
    RegistryStorage at = opening;
    if (at == null) {
      answer.fail(fenced());
      return answer.future();
    }
    Change<R> change;
    try {
      change = decision.get();
    } catch (RuntimeException e) { // refused, or a bug that is told where it is served
      return answered(at, Future.failedFuture(e), answer);
    }
    if (change.batch().isEmpty()) {
      return answered(at, Future.succeededFuture(change.answer()), answer);
    }
    return at.journal()
        .commit(change.batch())
        .transform(
            committed -> {
              if (committed.failed()) {
                return giveUp(committed.cause(), at, change, answer);
              }
              if (!follows) {
                show(change);
              }
              acknowledge(at, Future.succeededFuture(change.answer()), answer);
              return Future.succeededFuture();
            });
  }

  /** Nothing was changed: that holds if what it was decided on is the newest there is. */
  private <R> Future<?> answered(RegistryStorage at, Future<R> decided, Promise<R> answer) {
    return at.confirm()
        .onFailure(e -> answer.fail(fenced()))
        .onSuccess(confirmed -> acknowledge(at, decided, answer))
        .otherwiseEmpty();
  }

  /** What an answer tells is then seen wherever the next question is asked. */
  private <R> void acknowledge(RegistryStorage at, Future<R> decided, Promise<R> answer) {
    unacknowledged.incrementAndGet();
    at.acknowledged()
        .compose(everywhere -> decided)
        .andThen(done -> unacknowledged.decrementAndGet())
        .onComplete(answer);
  }

  private void show(Change<?> change) {
    change.show().run();
    change.told().forEach(told -> bus.publish(Addresses.FUNCTION_CHANGED, told));
    change.schedules().forEach(told -> bus.publish(Addresses.SCHEDULE_CHANGED, told));
  }

  /** Whoever asked is not told which, unless it was refused: it may be on disk or not. */
  private Future<?> giveUp(
      Throwable cause, RegistryStorage at, Change<?> doubtful, Promise<?> answer) {
    if (follows) {
      if (opening == at) {
        owner = null;
        release();
      }
      if (cause instanceof JournalException e && e.isRefused()) {
        answer.fail(fenced()); // the next owner decides
      } else {
        LOG.log(WARNING, "a change of the registry may or may not be made: " + cause.getMessage());
        answer.fail(unavailable("it is not known whether the change was made: the owner changed"));
      }
      return Future.succeededFuture();
    }
    problem = "the registry's store has failed: " + cause.getMessage();
    LOG.log(ERROR, problem + "; opened again in " + RETRY_MILLIS + " ms", cause);
    FailureException failure = unavailable(problem);
    Promise<Void> handled = Promise.promise();
    at.journal()
        .close()
        .onComplete(
            closed ->
                context.runOnContext( // timers belong to this thread
                    none -> {
                      reopenLater(doubtful);
                      answer.fail(failure);
                      handled.complete();
                    }));
    return handled.future();
  }

  private void reopenLater(Change<?> doubtful) {
    if (idle == null) {
      retry = clock.at(clock.millis() + RETRY_MILLIS, () -> reopen(doubtful));
    }
  }

  /**
   * Opens the store anew. All that memory holds is committed, and only one change is made at a
   * time: what may be on disk beyond it is {@code doubtful} alone, whole or not at all.
   */
  private void reopen(Change<?> doubtful) {
    try {
      opening = source.open();
      boolean stored = holds(opening.reader(), doubtful.batch());
      if (stored) {
        show(doubtful);
      }
      LOG.log(INFO, "the registry is open again; the change that failed is on disk: " + stored);
      problem = null;
    } catch (StoreException e) {
      problem = "the registry's store cannot be opened: " + e.getMessage();
      LOG.log(ERROR, problem + "; tried again in " + RETRY_MILLIS + " ms", e);
      reopenLater(doubtful);
    }
  }

  private static boolean holds(StoreReader reader, Batch batch) {
    boolean[] holds = {true};
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            holds[0] &= Arrays.equals(value, reader.get(family, key));
          }

          @Override
          public void delete(Family family, byte[] key) {
            holds[0] &= reader.get(family, key) == null;
          }
        });
    return holds[0];
  }

  private static FailureException unavailable(String why) {
    return new FailureException(new Failure.Unavailable(why, RETRY_MILLIS));
  }

  static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
