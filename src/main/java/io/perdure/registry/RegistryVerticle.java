package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Checkpoint;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The single writer of the registry: reads the store into the {@link Registry} and serves the
 * addresses {@code perdure.registry.*}. Thread: to be deployed as a worker; its start and its
 * checkpoints touch the disk.
 *
 * <p>Changes are made one after another, each decided on what is committed. Once a commit has
 * failed no change is accepted, since it is unknown whether the failed one is on disk, until the
 * store has been opened anew and tells; what was committed before is served on.
 */
public final class RegistryVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(RegistryVerticle.class.getName());
  private static final long RETRY_MILLIS = 1_000;

  private final Registry registry;
  private final RegistryStorage.Source source;
  private final Bus bus;
  private final Clock clock;
  private final RegistryConfig config;
  private final Supplier<Failure> refusal;
  private final NamespaceDecisions namespaces;
  private final FunctionDecisions functions;
  private final VersionDecisions versions;
  private final AliasDecisions aliases;
  private final AsyncDecisions async;
  private final ScheduleDecisions schedules;
  private final RegistryLists lists;

  private final Queue<Supplier<Future<?>>> waiting = new ArrayDeque<>();
  private RegistryStorage storage;
  private boolean busy;
  private Promise<Void> idle;
  private Clock.Timer reopening;
  private volatile String problem;

  /**
   * The writer of {@code registry}.
   *
   * @param registry empty; filled at the start
   * @param source opened at the start, and again after a failure
   * @param packages asked for each package that a function is to refer to
   * @param runtimes asked for each managed function that is made or gets another runtime
   * @param refusal why nothing more may be stored, or null
   */
  public RegistryVerticle(
      Registry registry,
      RegistryStorage.Source source,
      Bus bus,
      Clock clock,
      RegistryConfig config,
      CodeClaims packages,
      RuntimeCheck runtimes,
      Supplier<Failure> refusal) {
    this.registry = registry;
    this.source = source;
    this.bus = bus;
    this.clock = clock;
    this.config = config;
    this.refusal = refusal;
    namespaces = new NamespaceDecisions(registry, config);
    functions = new FunctionDecisions(registry, config, packages, runtimes);
    versions = new VersionDecisions(registry, config);
    aliases = new AliasDecisions(registry, config);
    async = new AsyncDecisions(registry);
    schedules = new ScheduleDecisions(registry, config);
    lists = new RegistryLists(registry);
  }

  /** Why no change is accepted at the moment; null while all is well. Thread: any. */
  public String problem() {
    return problem;
  }

  /**
   * Fails with {@link StoreException} when the store is damaged or was written by a newer version.
   */
  @Override
  public Future<?> start() {
    storage = source.open();
    return Future.succeededFuture()
        .compose(
            opened -> {
              RegistryReader.read(storage.reader(), registry);
              LOG.log(INFO, "registry read: functions " + registry.size());
              return noteCreation();
            })
        .compose(created -> serve())
        .recover(e -> end().transform(ended -> Future.failedFuture(e)));
  }

  /** Ends behind the changes that were accepted. */
  @Override
  public Future<?> stop() {
    idle = Promise.promise();
    if (!busy) {
      idle.complete();
    }
    return idle.future().compose(done -> end());
  }

  private Future<Void> end() {
    if (reopening != null) {
      reopening.cancel();
    }
    return storage.journal().close();
  }

  private Future<Void> noteCreation() {
    if (storage.reader().get(Family.META, RecordKeys.CREATED_AT) != null) {
      return Future.succeededFuture();
    }
    long now = clock.millis();
    registry.createdAt(now);
    return storage
        .journal()
        .commit(new Batch().put(Family.META, RecordKeys.CREATED_AT, Keys.number(now)));
  }

  private Future<?> serve() {
    return Future.all(
        List.of(
            growth(Addresses.PUT_NAMESPACE, namespaces::decide),
            change(Addresses.DELETE_NAMESPACE, (delete, now) -> namespaces.decide(delete)),
            growth(Addresses.PUT_FUNCTION, functions::decide),
            change(Addresses.SET_PAUSED, functions::decide),
            change(Addresses.DELETE_FUNCTION, (delete, now) -> functions.decide(delete)),
            growth(Addresses.PUBLISH_VERSION, versions::decide),
            change(Addresses.DELETE_VERSION, (delete, now) -> versions.decide(delete)),
            growth(Addresses.PUT_ALIAS, aliases::decide),
            change(Addresses.DELETE_ALIAS, (delete, now) -> aliases.decide(delete)),
            growth(Addresses.PUT_ASYNC, async::decide),
            growth(Addresses.PUT_SCHEDULE, schedules::decide),
            change(Addresses.NOTE_SCHEDULES, (note, now) -> schedules.decide(note)),
            change(Addresses.DELETE_SCHEDULE, (delete, now) -> schedules.decide(delete)),
            read(Addresses.LIST_NAMESPACES, lists::list),
            read(Addresses.LIST_FUNCTIONS, lists::list),
            read(Addresses.LIST_VERSIONS, lists::list),
            read(Addresses.LIST_ALIASES, lists::list),
            read(Addresses.LIST_ASYNC, lists::list),
            read(Addresses.LIST_TRACKED, lists::list),
            read(Addresses.GET_SCHEDULE, lists::find),
            read(Addresses.LIST_SCHEDULES, lists::list),
            read(Addresses.GET_USAGE, asked -> lists.usage(asked.account(), config)),
            bus.serve(Addresses.REGISTRY_CHECKPOINT, this::copy)));
  }

  /** A change that may make the store larger: not while the disk is nearly full. */
  private <Q extends Message, R extends Message> Future<Void> growth(
      Address<Q, R> address, BiFunction<Q, Long, Change<R>> decision) {
    return bus.serve(
        address,
        asked -> {
          Failure refused = refusal.get();
          return refused == null
              ? change(() -> decision.apply(asked, clock.millis()))
              : failed(refused);
        });
  }

  private <Q extends Message, R extends Message> Future<Void> change(
      Address<Q, R> address, BiFunction<Q, Long, Change<R>> decision) {
    return bus.serve(address, asked -> change(() -> decision.apply(asked, clock.millis())));
  }

  private <Q extends Message, R extends Message> Future<Void> read(
      Address<Q, R> address, Function<Q, R> answer) {
    return bus.serve(address, asked -> Future.succeededFuture(answer.apply(asked)));
  }

  private Future<Done> copy(Checkpoint to) {
    Path directory = Path.of(to.directory());
    if (Files.exists(directory)) {
      return failed(new Failure.Conflict(directory + " exists already"));
    }
    storage.checkpoint(directory);
    return Future.succeededFuture(Done.DONE);
  }

  /** Takes its turn behind the changes that wait; throttled when too many do. */
  private <R> Future<R> change(Supplier<Change<R>> decision) {
    if (waiting.size() >= config.waitingMax()) {
      return failed(
          new Failure.Throttled(
              "registry.waiting-max",
              config.waitingMax() + " changes of the registry are waiting",
              RETRY_MILLIS));
    }
    Promise<R> answer = Promise.promise();
    waiting.add(
        () -> {
          Future<R> done = carryOut(decision);
          done.onComplete(answer);
          return done;
        });
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

  private <R> Future<R> carryOut(Supplier<Change<R>> decision) {
    if (problem != null) {
      return failed(new Failure.Unavailable(problem, RETRY_MILLIS));
    }
    Change<R> change;
    try {
      change = decision.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e); // refused, or a bug that is told where it is served
    }
    if (change.batch().isEmpty()) {
      return Future.succeededFuture(change.answer());
    }
    return storage
        .journal()
        .commit(change.batch())
        .recover(e -> giveUp(e, change))
        .map(
            committed -> {
              show(change);
              return change.answer();
            });
  }

  private void show(Change<?> change) {
    change.show().run();
    change.told().forEach(told -> bus.publish(Addresses.FUNCTION_CHANGED, told));
    change.schedules().forEach(told -> bus.publish(Addresses.SCHEDULE_CHANGED, told));
  }

  /** Whoever asked is not told which: it may be on disk or not. */
  private <T> Future<T> giveUp(Throwable cause, Change<?> doubtful) {
    problem = "the registry's store has failed: " + cause.getMessage();
    LOG.log(ERROR, problem + "; opened again in " + RETRY_MILLIS + " ms", cause);
    Failure failure = new Failure.Unavailable(problem, RETRY_MILLIS);
    Promise<T> answer = Promise.promise();
    storage
        .journal()
        .close()
        .onComplete(
            closed ->
                context.runOnContext( // timers belong to this thread
                    none -> {
                      reopenLater(doubtful);
                      answer.fail(new FailureException(failure));
                    }));
    return answer.future();
  }

  private void reopenLater(Change<?> doubtful) {
    if (idle == null) {
      reopening = clock.at(clock.millis() + RETRY_MILLIS, () -> reopen(doubtful));
    }
  }

  /**
   * Opens the store anew. All that memory holds is committed, and only one change is made at a
   * time: what may be on disk beyond it is {@code doubtful} alone, whole or not at all.
   */
  private void reopen(Change<?> doubtful) {
    try {
      storage = source.open();
      boolean stored = holds(storage.reader(), doubtful.batch());
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

  private static <T> Future<T> failed(Failure failure) {
    return Future.failedFuture(new FailureException(failure));
  }
}
