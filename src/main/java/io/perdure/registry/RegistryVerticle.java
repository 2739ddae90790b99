package io.perdure.registry;

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
import io.perdure.store.StoreException;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The registry on one node: has the store read into the {@link Registry}, and serves the addresses
 * {@code perdure.registry.*}: changes while this node owns the registry, lists and look-ups always.
 * Thread: to be deployed as a worker; its start and its checkpoints touch the disk.
 */
public final class RegistryVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(RegistryVerticle.class.getName());

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
  private final Writer writer;

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
    writer = new Writer(registry, source, bus, clock, config.waitingMax());
  }

  /** Why no change is accepted at the moment; null while all is well. Thread: any. */
  public String problem() {
    return writer.problem();
  }

  /**
   * Fails with {@link StoreException} when the store is damaged or was written by a newer version.
   */
  @Override
  public Future<?> start() {
    return (source.replica() == null ? writer.openAlone(context) : follow())
        .compose(opened -> serve())
        .recover(e -> writer.end().transform(ended -> Future.failedFuture(e)));
  }

  private Future<?> follow() {
    Following following = new Following(registry, source.replica(), bus);
    writer.openWhenOwned(context);
    source.watch(
        new RegistryStorage.Watcher() {
          @Override
          public void gained() {
            writer.gained();
          }

          @Override
          public void lost(String owner) {
            writer.lost(owner);
          }

          @Override
          public void applied(Batch batch, long index) {
            following.applied(batch, index);
          }

          @Override
          public void replaced() {
            following.replaced();
          }
        });
    following.begin();
    LOG.log(INFO, "registry read: functions " + registry.size());
    return Future.succeededFuture();
  }

  /** Ends behind the changes that were accepted. */
  @Override
  public Future<?> stop() {
    return writer.stop();
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
        asked ->
            writer.change(
                () -> {
                  Failure refused = refusal.get();
                  if (refused != null) {
                    throw new FailureException(refused);
                  }
                  return decision.apply(asked, clock.millis());
                }));
  }

  private <Q extends Message, R extends Message> Future<Void> change(
      Address<Q, R> address, BiFunction<Q, Long, Change<R>> decision) {
    return bus.serve(address, asked -> writer.change(() -> decision.apply(asked, clock.millis())));
  }

  private <Q extends Message, R extends Message> Future<Void> read(
      Address<Q, R> address, Function<Q, R> answer) {
    return bus.serve(
        address,
        asked -> {
          try {
            return told(Future.succeededFuture(answer.apply(asked)));
          } catch (FailureException e) {
            return told(Future.failedFuture(e)); // that there is no such function, for example
          }
        });
  }

  /** What was found, unless it may be old. */
  private <R> Future<R> told(Future<R> found) {
    Failure stale = source.stale();
    return stale == null ? found : Writer.failed(stale);
  }

  private Future<Done> copy(Checkpoint to) {
    Path directory = Path.of(to.directory());
    if (Files.exists(directory)) {
      return Writer.failed(new Failure.Conflict(directory + " exists already"));
    }
    writer.opening().checkpoint(directory);
    return Future.succeededFuture(Done.DONE);
  }
}
