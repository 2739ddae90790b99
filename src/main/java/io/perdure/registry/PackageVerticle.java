package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.CodeFound;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.FileRead;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.ListUploads;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.bus.CodeMessages.ReadFile;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.bus.CodeMessages.UploadsListed;
import io.perdure.bus.Done;
import io.perdure.bus.Message;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.perdure.registry.PackageCheck.Checked;
import io.perdure.registry.PackageRecords.Finished;
import io.perdure.registry.PackageRecords.StoredPackage;
import io.perdure.registry.Uploads.Pending;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
  private static final long RETRY_MILLIS = 1_000;
  private static final int CHECK_THREADS = 2;

  /** Uploads that are being checked or stored, or wait for it; more are throttled. */
  private static final int FINISHING_MAX = 64;

  /** How often the store has the bytes of a new package for a while: in its log and in a file. */
  private static final int COPIES = 2;

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
  private int finishing;
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
    return Future.all(
        List.of(
            own(Addresses.BEGIN_UPLOAD, this::begin),
            own(Addresses.ADD_TO_UPLOAD, this::add),
            own(Addresses.FINISH_UPLOAD, this::finish),
            own(Addresses.ABANDON_UPLOAD, this::abandon),
            own(Addresses.GET_UPLOAD, this::get),
            own(Addresses.LIST_UPLOADS, this::list),
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

  private Future<UploadState> begin(BeginUpload begin) {
    admit(Math.max(0, begin.expected()));
    return state(uploads.begin(begin.account(), begin.expected()));
  }

  private Future<UploadState> add(AddToUpload add) {
    admit(add.bytes().length);
    unfinished(add.account(), add.id());
    return state(uploads.add(add.account(), add.id(), add.offset(), add.bytes()));
  }

  private Future<UploadState> finish(FinishUpload finish) {
    Upload before = finished(finish.account(), finish.id());
    if (before != null) {
      return state(before); // asked again
    }
    Pending upload = unfinished(finish.account(), finish.id());
    admit(COPIES * upload.received());
    if (finishing >= FINISHING_MAX) {
      throw refused(
          new Failure.Throttled(
              "finishing", finishing + " uploads are being checked", RETRY_MILLIS));
    }
    uploads.takeComplete(upload);
    finishing++;
    RegistryStorage opening = writer.opening();
    return checks
        .executeBlocking(() -> check.check(upload.file()), false)
        .compose(checked -> keep(upload, checked, opening))
        .recover(e -> Future.failedFuture(notFinished(upload, e)))
        .onSuccess(done -> uploads.drop(upload))
        .eventually(
            () -> {
              finishing--;
              return Future.succeededFuture();
            })
        .map(done -> new UploadState(finished(finish.account(), finish.id())));
  }

  private Future<Void> keep(Pending upload, Checked checked, RegistryStorage opening) {
    return writer.keep(
        opening,
        upload.file(),
        checked,
        before -> {
          long now = clock.millis();
          Finished how = new Finished(upload.id(), upload.startedAt(), now);
          return before == null
              ? new StoredPackage(checked.code(), now, Map.of(upload.account(), how))
              : packages.pruned(before).with(upload.account(), how);
        });
  }

  /** A broken zip is forgotten; what the server failed to do may be tried again. */
  private Throwable notFinished(Pending upload, Throwable e) {
    if (e instanceof FailureException refused && refused.failure() instanceof Failure.Invalid) {
      uploads.drop(upload);
      return e;
    }
    if (uploads.find(upload.account(), upload.id()) == null) {
      return e instanceof FailureException ? e : lost(upload.id()); // its file is gone
    }
    uploads.giveBack(upload);
    return e instanceof IOException disk ? Uploads.diskFailed(disk) : e;
  }

  private Future<Done> abandon(AbandonUpload abandon) {
    if (uploads.find(abandon.account(), abandon.id()) != null) {
      uploads.drop(uploads.unfinished(abandon.account(), abandon.id()));
      return Future.succeededFuture(Done.DONE);
    }
    return writer.change(() -> forgotten(abandon)).map(Done.DONE);
  }

  /** Forgets a finished upload; the package goes when its time has come. */
  private StoredPackage forgotten(AbandonUpload abandon) {
    Upload upload = finished(abandon.account(), abandon.id());
    if (upload == null) {
      throw unknown(abandon.id());
    }
    return packages.stored(upload.code().sha256()).orElseThrow().without(abandon.account());
  }

  private Future<UploadState> get(GetUpload get) {
    Pending upload = uploads.find(get.account(), get.id());
    Upload found = upload == null ? finished(get.account(), get.id()) : upload.state();
    if (found == null) {
      throw unknown(get.id());
    }
    return state(found);
  }

  private Future<UploadsListed> list(ListUploads list) {
    Map<String, Upload> all = new TreeMap<>();
    packages.unused(list.account()).forEach(upload -> all.put(upload.id(), upload));
    uploads.of(list.account()).forEach(upload -> all.putIfAbsent(upload.id(), upload));
    return Future.succeededFuture(
        new UploadsListed(
            all.values().stream()
                .sorted(Comparator.comparingLong(Upload::startedAt).thenComparing(Upload::id))
                .toList()));
  }

  /** The finished upload with that id, or null. */
  private Upload finished(String account, String id) {
    return packages.finished(account).stream()
        .filter(upload -> upload.id().equals(id))
        .findFirst()
        .orElse(null);
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

  private void admit(long bytes) {
    writer.requireSound();
    Failure failure = refusal.apply(bytes);
    if (failure != null) {
      throw refused(failure);
    }
  }

  /** The one under way with that id, to be gone on with. */
  private Pending unfinished(String account, String id) {
    if (follows && uploads.find(account, id) == null) {
      throw lost(id);
    }
    return uploads.unfinished(account, id);
  }

  private static FailureException lost(String id) {
    return refused(
        new Failure.Conflict(
            "upload '"
                + id
                + "' is not under way: those that are end when another node takes the registry"
                + " over; begin it anew"));
  }

  private static FailureException unknown(String id) {
    return refused(new Failure.NotFound("upload", id));
  }

  private static Future<UploadState> state(Upload upload) {
    return Future.succeededFuture(new UploadState(upload));
  }

  private static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
