package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.CodeFound;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.FileRead;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.bus.CodeMessages.ReadFile;
import io.perdure.bus.Message;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Takes uploads, checks them, stores them as packages, and removes what nobody needs any more;
 * serves the addresses {@code perdure.code.*}. Thread: to be deployed as a worker, whose single
 * thread does what takes milliseconds; zips are checked on threads of their own.
 *
 * <p>Uploads are taken by the owner of the registry alone, and end with its ownership. Packages are
 * found and read on every node.
 */
public final class PackageVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(PackageVerticle.class.getName());
  private static final long TICK_MILLIS = 60_000;
  private static final int CHECK_THREADS = 2;

  private final Packages packages;
  private final RegistryStorage.Source source;
  private final StoreReader reader;
  private final Bus bus;
  private final Clock clock;
  private final Uploads uploads;
  private final PackageCheck check;
  private final LongFunction<Failure> refusal;

  private final PackageWriter writer;
  private final boolean follows;

  private WorkerExecutor checks;
  private Clock.Timer timer;
  private boolean stopped;

  /** In a cluster: this node owns the registry, whether it could be opened or not. */
  private boolean owns;

  /**
   * Keeps {@code packages}.
   *
   * @param packages empty; filled at the start
   * @param source of the registry's storage, with a journal for packages alone
   * @param reader what the journal commits to, on this node
   * @param uploads a directory for what has not been stored yet; made, or emptied
   * @param refusal why so many bytes more may not be stored, or null; may block
   */
  public PackageVerticle(
      Packages packages,
      RegistryStorage.Source source,
      StoreReader reader,
      Bus bus,
      Clock clock,
      CodeConfig config,
      Path uploads,
      LongFunction<Failure> refusal) {
    this.packages = packages;
    this.source = source;
    this.reader = reader;
    this.bus = bus;
    this.clock = clock;
    this.refusal = refusal;
    this.uploads = new Uploads(uploads, config, clock);
    writer = new PackageWriter(packages, source);
    follows = source.replica() != null;
    check = new PackageCheck(config);
  }

  /** Why no package is stored any more; null while all is well. Thread: any. */
  public String problem() {
    return writer.problem();
  }

  @Override
  public Future<?> start() throws IOException {
    uploads.open();
    checks = vertx.createSharedWorkerExecutor("perdure-code-check", CHECK_THREADS);
    if (follows) {
      source.watch(new Watching());
      packages.read(reader);
    } else {
      packages.read(reader);
      writer.own(reader);
    }
    LOG.log(INFO, "code packages read: " + packages.count());
    scheduleTick();
    return writer.settled().compose(removed -> serve());
  }

  private final class Watching implements RegistryStorage.Watcher {
    @Override
    public void gained() {
      context.runOnContext(
          none -> {
            uploads.dropAll();
            owns = true;
            own();
          });
    }

    @Override
    public void lost(String owner) {
      context.runOnContext(
          none -> {
            uploads.dropAll(); // whoever made them begins anew, with the next owner
            owns = false;
            writer.disown(owner);
          });
    }

    @Override
    public void applied(Batch batch, long index) {
      follow(() -> packages.applied(batch));
    }

    @Override
    public void replaced() {
      follow(() -> packages.read(reader));
    }

    private void follow(Runnable change) {
      try {
        change.run();
      } catch (RuntimeException e) {
        LOG.log(ERROR, "what has become of a code package cannot be read", e);
      }
    }
  }

  private void own() {
    try {
      writer.own(reader);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "the registry cannot be opened for packages, tried again in a minute", e);
    }
  }

  private Future<?> serve() {
    UploadIntake intake =
        new UploadIntake(packages, uploads, writer, check, checks, clock, refusal);
    return Future.all(
        List.of(
            own(Addresses.BEGIN_UPLOAD, intake::begin),
            own(Addresses.ADD_TO_UPLOAD, intake::add),
            own(Addresses.FINISH_UPLOAD, intake::finish),
            own(Addresses.ABANDON_UPLOAD, intake::abandon),
            own(Addresses.GET_UPLOAD, intake::get),
            own(Addresses.LIST_UPLOADS, intake::list),
            bus.serve(Addresses.FIND_CODE, this::find),
            bus.serve(Addresses.READ_CODE, this::read),
            bus.serve(Addresses.READ_FILE, this::read)));
  }

  /** What only the owner of the registry can do. */
  private <Q extends Message, R extends Message> Future<Void> own(
      Address<Q, R> address, Function<Q, Future<R>> handler) {
    return bus.serve(
        address,
        asked -> {
          writer.requireOwned();
          return handler.apply(asked);
        });
  }

  /** Ends behind what is being stored or removed. */
  @Override
  public Future<?> stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    return writer
        .stop()
        .eventually(() -> checks == null ? Future.succeededFuture() : checks.close());
  }

  private Future<CodeFound> find(FindCode find) {
    CodeRef code = found(packages.find(find.account(), find.sha256()), find.sha256());
    return Future.succeededFuture(new CodeFound(code));
  }

  private Future<CodeRead> read(ReadCode read) {
    CodeRef code = stored(read.sha256());
    int pieces = PackageRecords.pieces(code.bytes());
    if (read.chunk() < 0 || read.chunk() >= pieces) {
      throw refused(new Failure.Invalid("chunk", "expected 0 to " + (pieces - 1)));
    }
    return Future.succeededFuture(PackageStore.read(reader, code, read.chunk()));
  }

  private Future<FileRead> read(ReadFile read) {
    CodeRef code = stored(read.sha256());
    return checks
        .executeBlocking(
            () -> check.file(new StoredZip(reader, code), read.paths(), read.bytesMax()), false)
        .map(FileRead::new);
  }

  private CodeRef stored(String sha256) {
    return found(packages.find(sha256), sha256);
  }

  /** Fails when there is none, or nobody can tell. */
  private CodeRef found(Optional<CodeRef> code, String sha256) {
    Failure stale = code.isPresent() ? null : source.stale();
    return code.orElseThrow(
        () -> refused(stale == null ? new Failure.NotFound("code package", sha256) : stale));
  }

  private void scheduleTick() {
    timer = clock.at(clock.millis() + TICK_MILLIS, this::tick);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    uploads.dropIdle();
    if (owns && !writer.isOpen()) {
      own();
    }
    writer
        .collect()
        .onFailure(
            e -> LOG.log(ERROR, "unused code packages could not be removed, tried again", e));
    scheduleTick();
  }

  private static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
