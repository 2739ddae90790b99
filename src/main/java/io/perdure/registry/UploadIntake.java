package io.perdure.registry;

import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.ListUploads;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.bus.CodeMessages.UploadsListed;
import io.perdure.bus.Done;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.registry.PackageCheck.Checked;
import io.perdure.registry.PackageRecords.Finished;
import io.perdure.registry.PackageRecords.StoredPackage;
import io.perdure.registry.Uploads.Pending;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Takes uploads from their beginning to a stored package; what {@link PackageVerticle} is asked
 * about them. Thread: the one of that, which may block; zips are checked on {@code checks}.
 */
final class UploadIntake {
  private static final long RETRY_MILLIS = 1_000;

  /** Uploads that are being checked or stored, or wait for it; more are throttled. */
  private static final int FINISHING_MAX = 64;

  /** How often the store has the bytes of a new package for a while: in its log and in a file. */
  private static final int COPIES = 2;

  private final Packages packages;
  private final Uploads uploads;
  private final PackageWriter writer;
  private final PackageCheck check;
  private final WorkerExecutor checks;
  private final Clock clock;
  private final LongFunction<Failure> refusal;
  private int finishing;

  /**
   * Takes nothing yet.
   *
   * @param refusal why so many bytes more may not be stored, or null; may block
   */
  UploadIntake(
      Packages packages,
      Uploads uploads,
      PackageWriter writer,
      PackageCheck check,
      WorkerExecutor checks,
      Clock clock,
      LongFunction<Failure> refusal) {
    this.packages = packages;
    this.uploads = uploads;
    this.writer = writer;
    this.check = check;
    this.checks = checks;
    this.clock = clock;
    this.refusal = refusal;
  }

  Future<UploadState> begin(BeginUpload begin) {
    admit(Math.max(0, begin.expected()));
    return state(uploads.begin(begin.account(), begin.expected()));
  }

  Future<UploadState> add(AddToUpload add) {
    admit(add.bytes().length);
    unfinished(add.account(), add.id());
    return state(uploads.add(add.account(), add.id(), add.offset(), add.bytes()));
  }

  Future<UploadState> finish(FinishUpload finish) {
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

  Future<Done> abandon(AbandonUpload abandon) {
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

  Future<UploadState> get(GetUpload get) {
    Pending upload = uploads.find(get.account(), get.id());
    Upload found = upload == null ? finished(get.account(), get.id()) : upload.state();
    if (found == null) {
      throw unknown(get.id());
    }
    return state(found);
  }

  Future<UploadsListed> list(ListUploads list) {
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

  private void admit(long bytes) {
    writer.requireSound();
    Failure failure = refusal.apply(bytes);
    if (failure != null) {
      throw refused(failure);
    }
  }

  /** The one under way with that id, to be gone on with. */
  private Pending unfinished(String account, String id) {
    if (writer.follows() && uploads.find(account, id) == null) {
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
