package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

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
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Journal;
import io.perdure.journal.JournalException;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Takes uploads, checks them, stores them as packages, and removes what nobody needs any more;
 * serves the addresses {@code perdure.code.*}. Thread: to be deployed as a worker, whose single
 * thread does what takes milliseconds; zips are checked on threads of their own.
 *
 * <p>Packages are written and removed one after another. Once a commit has failed none is any more,
 * since it is unknown whether the failed one is on disk; what was committed before is served on.
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

  /** Most packages removed in a row. */
  private static final int PORTION = 100;

  private final Packages packages;
  private final PackageStore store;
  private final StoreReader reader;
  private final Bus bus;
  private final Clock clock;
  private final Uploads uploads;
  private final PackageCheck check;
  private final LongFunction<Failure> refusal;

  private WorkerExecutor checks;
  private Clock.Timer timer;
  private int finishing;
  private boolean stopped;
  private volatile String problem;

  /** Ends, and never fails, when all that was to be written or removed so far has been. */
  private Future<?> turn = Future.succeededFuture();

  /**
   * Keeps {@code packages}.
   *
   * @param packages empty; filled at the start
   * @param journal of the registry's store, not used by anybody else; closed by whoever opened it
   * @param reader what the journal commits to
   * @param uploads a directory for what has not been stored yet; made, or emptied
   * @param refusal why so many bytes more may not be stored, or null; may block
   */
  public PackageVerticle(
      Packages packages,
      Journal journal,
      StoreReader reader,
      Bus bus,
      Clock clock,
      CodeConfig config,
      Path uploads,
      LongFunction<Failure> refusal) {
    this.packages = packages;
    this.reader = reader;
    this.bus = bus;
    this.clock = clock;
    this.refusal = refusal;
    this.uploads = new Uploads(uploads, config, clock);
    store = new PackageStore(journal, reader);
    check = new PackageCheck(config);
  }

  /** Why no package is stored any more; null while all is well. Thread: any. */
  public String problem() {
    return problem;
  }

  @Override
  public Future<?> start() throws IOException {
    uploads.open();
    checks = vertx.createSharedWorkerExecutor("perdure-code-check", CHECK_THREADS);
    List<StoredPackage> stored = new ArrayList<>();
    Map<String, Long> unfinished = PackageRecords.load(reader, stored);
    stored.forEach(packages::show);
    LOG.log(INFO, "code packages read: " + stored.size());
    unfinished.forEach(this::removeUnfinished);
    scheduleTick();
    return turn.compose(removed -> serve());
  }

  private void removeUnfinished(String sha256, long bytes) {
    LOG.log(INFO, "code package " + sha256 + " was not written whole before a crash: removed");
    inTurn(() -> store.remove(sha256, bytes))
        .onFailure(e -> LOG.log(ERROR, "it could not be removed, the next start does it", e));
  }

  private Future<?> serve() {
    return Future.all(
        List.of(
            bus.serve(Addresses.BEGIN_UPLOAD, this::begin),
            bus.serve(Addresses.ADD_TO_UPLOAD, this::add),
            bus.serve(Addresses.FINISH_UPLOAD, this::finish),
            bus.serve(Addresses.ABANDON_UPLOAD, this::abandon),
            bus.serve(Addresses.GET_UPLOAD, this::get),
            bus.serve(Addresses.LIST_UPLOADS, this::list),
            bus.serve(Addresses.FIND_CODE, this::find),
            bus.serve(Addresses.READ_CODE, this::read),
            bus.serve(Addresses.READ_FILE, this::read)));
  }

  /** Ends behind what is being stored or removed. */
  @Override
  public Future<?> stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    return turn.eventually(() -> checks == null ? Future.succeededFuture() : checks.close());
  }

  private Future<UploadState> begin(BeginUpload begin) {
    admit(Math.max(0, begin.expected()));
    return state(uploads.begin(begin.account(), begin.expected()));
  }

  private Future<UploadState> add(AddToUpload add) {
    admit(add.bytes().length);
    return state(uploads.add(add.account(), add.id(), add.offset(), add.bytes()));
  }

  private Future<UploadState> finish(FinishUpload finish) {
    Upload before = finished(finish.account(), finish.id());
    if (before != null) {
      return state(before); // asked again
    }
    Pending upload = uploads.unfinished(finish.account(), finish.id());
    admit(COPIES * upload.received());
    if (finishing >= FINISHING_MAX) {
      throw refused(
          new Failure.Throttled(
              "finishing", finishing + " uploads are being checked", RETRY_MILLIS));
    }
    uploads.takeComplete(upload);
    finishing++;
    return checks
        .executeBlocking(() -> check.check(upload.file()), false)
        .compose(checked -> inTurn(() -> keep(upload, checked)))
        .recover(e -> Future.failedFuture(notFinished(upload, e)))
        .onSuccess(kept -> uploads.drop(upload))
        .eventually(
            () -> {
              finishing--;
              return Future.succeededFuture();
            })
        .map(kept -> new UploadState(finished(finish.account(), finish.id())));
  }

  private Future<Void> keep(Pending upload, Checked checked) {
    long now = clock.millis();
    Finished how = new Finished(upload.id(), upload.startedAt(), now);
    StoredPackage before = packages.stored(checked.code().sha256()).orElse(null);
    StoredPackage after =
        before == null
            ? new StoredPackage(checked.code(), now, Map.of(upload.account(), how))
            : packages.pruned(before).with(upload.account(), how);
    Future<Void> written =
        before == null
            ? store.write(upload.file(), checked, after)
            : store.commit(PackageRecords.put(after)); // its bytes are there
    return written.onSuccess(done -> packages.show(after));
  }

  /** A broken zip is forgotten; what the server failed to do may be tried again. */
  private Throwable notFinished(Pending upload, Throwable e) {
    if (e instanceof FailureException refused && refused.failure() instanceof Failure.Invalid) {
      uploads.drop(upload);
      return e;
    }
    uploads.giveBack(upload);
    return e instanceof IOException disk ? Uploads.diskFailed(disk) : e;
  }

  private Future<Done> abandon(AbandonUpload abandon) {
    if (uploads.find(abandon.account(), abandon.id()) != null) {
      uploads.drop(uploads.unfinished(abandon.account(), abandon.id()));
      return Future.succeededFuture(Done.DONE);
    }
    return inTurn(() -> forget(abandon)).map(Done.DONE);
  }

  /** Forgets a finished upload; the package goes when its time has come. */
  private Future<Void> forget(AbandonUpload abandon) {
    Upload upload = finished(abandon.account(), abandon.id());
    if (upload == null) {
      throw unknown(abandon.id());
    }
    StoredPackage after =
        packages.stored(upload.code().sha256()).orElseThrow().without(abandon.account());
    return store.commit(PackageRecords.put(after)).onSuccess(done -> packages.show(after));
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
    CodeRef code =
        packages
            .find(find.account(), find.sha256())
            .orElseThrow(() -> refused(new Failure.NotFound("code package", find.sha256())));
    return Future.succeededFuture(new CodeFound(code));
  }

  private Future<CodeRead> read(ReadCode read) {
    CodeRef code = stored(read.sha256());
    int pieces = PackageRecords.pieces(code.bytes());
    if (read.chunk() < 0 || read.chunk() >= pieces) {
      throw refused(new Failure.Invalid("chunk", "expected 0 to " + (pieces - 1)));
    }
    return Future.succeededFuture(store.read(code, read.chunk()));
  }

  private Future<FileRead> read(ReadFile read) {
    CodeRef code = stored(read.sha256());
    return checks
        .executeBlocking(
            () -> check.file(new StoredZip(store, code), read.paths(), read.bytesMax()), false)
        .map(FileRead::new);
  }

  private CodeRef stored(String sha256) {
    return packages
        .find(sha256)
        .orElseThrow(() -> refused(new Failure.NotFound("code package", sha256)));
  }

  private void scheduleTick() {
    timer = clock.at(clock.millis() + TICK_MILLIS, this::tick);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    uploads.dropIdle();
    collect()
        .onFailure(
            e -> LOG.log(ERROR, "unused code packages could not be removed, tried again", e));
    scheduleTick();
  }

  /** Removes a portion of what nobody needs any more: chosen and removed in one turn. */
  private Future<Void> collect() {
    return problem == null
        ? inTurn(() -> remove(packages.takeUnused(PORTION)))
        : Future.succeededFuture();
  }

  private Future<Void> remove(List<CodeRef> unused) {
    Future<Void> removed = Future.succeededFuture();
    for (CodeRef code : unused) {
      LOG.log(INFO, "code package {0} is not used any more: removed", code.sha256());
      removed = removed.compose(v -> store.remove(code.sha256(), code.bytes()));
    }
    return removed;
  }

  /** Does {@code work} behind what is being written or removed. */
  private <T> Future<T> inTurn(Supplier<Future<T>> work) {
    Future<T> done = turn.compose(before -> attempted(work));
    turn = done.otherwiseEmpty();
    return done;
  }

  private <T> Future<T> attempted(Supplier<Future<T>> work) {
    if (problem != null) {
      return Future.failedFuture(unavailable());
    }
    return work.get()
        .recover(
            e -> {
              if (!(e instanceof JournalException)) {
                return Future.failedFuture(e);
              }
              problem = "the registry's store has failed: " + e.getMessage();
              LOG.log(ERROR, problem + "; no code package is stored until a restart", e);
              return Future.failedFuture(unavailable());
            });
  }

  private void admit(long bytes) {
    if (problem != null) {
      throw unavailable();
    }
    Failure failure = refusal.apply(bytes);
    if (failure != null) {
      throw refused(failure);
    }
  }

  private FailureException unavailable() {
    return refused(new Failure.Unavailable(problem, RETRY_MILLIS));
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
