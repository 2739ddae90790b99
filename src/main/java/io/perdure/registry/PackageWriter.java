package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Routes;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.JournalException;
import io.perdure.registry.PackageCheck.Checked;
import io.perdure.registry.PackageRecords.StoredPackage;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Stores packages and removes them while this node owns the registry, one after another. Thread:
 * the one of {@link PackageVerticle}, which may block.
 *
 * <p>Once a commit has failed nothing more is written by the opening it was made in: on a node that
 * stands alone until a restart, in a cluster until this node owns the registry again.
 */
final class PackageWriter {
  static final long RETRY_MILLIS = 1_000;

  private static final System.Logger LOG = System.getLogger(PackageWriter.class.getName());

  /** Most packages removed in a row. */
  private static final int PORTION = 100;

  /** One opening of the registry's storage, for packages. */
  private static final class Opening {
    private final RegistryStorage storage;
    private final PackageStore packages;

    Opening(RegistryStorage storage) {
      this.storage = storage;
      packages = new PackageStore(storage.journal());
    }
  }

  private final Packages packages;
  private final RegistryStorage.Source source;

  /** The view follows what is applied, on whatever node it was decided. */
  private final boolean follows;

  /** Null while another node owns the registry. */
  private Opening opening;

  private String owner;
  private volatile String problem;

  /** Ends, and never fails, when all that was to be written or removed so far has been. */
  private Future<?> turn = Future.succeededFuture();

  PackageWriter(Packages packages, RegistryStorage.Source source) {
    this.packages = packages;
    this.source = source;
    follows = source.replica() != null;
  }

  /** Why no package is stored any more; null while all is well. Thread: any. */
  String problem() {
    return problem;
  }

  /** From now on this node owns the registry. What was left half written goes first. */
  void own(StoreReader reader) {
    close();
    packages.needAll(); // nothing is known here of who has claimed one at another node
    opening = new Opening(source.open());
    PackageRecords.load(reader, new ArrayList<>()).forEach(this::removeUnfinished);
  }

  private void removeUnfinished(String sha256, long bytes) {
    LOG.log(INFO, "code package " + sha256 + " was not written whole before a crash: removed");
    inTurn(at -> at.packages.remove(sha256, bytes))
        .onFailure(e -> LOG.log(ERROR, "it could not be removed, the next start does it", e));
  }

  /** From now on {@code to} does, null for one that is not known. */
  void disown(String to) {
    owner = to;
    close();
  }

  private void close() {
    if (opening != null) {
      opening
          .storage
          .journal()
          .close()
          .onFailure(e -> LOG.log(WARNING, "the journal did not close", e));
      opening = null;
    }
  }

  /** Ends behind what is being stored or removed. */
  Future<Void> stop() {
    return turn.eventually(
            () -> opening == null ? Future.succeededFuture() : opening.storage.journal().close())
        .mapEmpty();
  }

  /** Completes when what the start found is done with; never fails. */
  Future<?> settled() {
    return turn;
  }

  /** Fails when this node does not own the registry. */
  void requireOwned() {
    if (opening == null) {
      throw refused(new Failure.Fenced(Routes.REGISTRY, owner));
    }
  }

  boolean isOpen() {
    return opening != null;
  }

  /** Whether another node may own the registry, and uploads are lost when it moves. */
  boolean follows() {
    return follows;
  }

  /** Fails when nothing can be stored. */
  void requireSound() {
    if (problem != null) {
      throw refused(new Failure.Unavailable(problem, RETRY_MILLIS));
    }
  }

  /** The present one; fails when this node does not own the registry. */
  RegistryStorage opening() {
    requireOwned();
    return opening.storage;
  }

  /**
   * Stores what {@code after} makes of what there is of the package by then.
   *
   * @param in the opening in which this was asked for: nothing is stored by another
   * @param file its bytes
   * @param after is given null when there is none
   */
  Future<Void> keep(
      RegistryStorage in,
      Path file,
      Checked checked,
      Function<StoredPackage, StoredPackage> after) {
    return inTurn(
        at -> {
          if (at.storage != in) {
            return Future.failedFuture(
                refused(
                    new Failure.Unavailable(
                        "the upload was lost, since the registry has moved", RETRY_MILLIS)));
          }
          StoredPackage before = packages.stored(checked.code().sha256()).orElse(null);
          StoredPackage next = after.apply(before);
          return shown(
              at,
              next,
              before == null
                  ? at.packages.write(file, checked, next)
                  : at.packages.commit(PackageRecords.put(next))); // its bytes are there
        });
  }

  /** Changes what is known of a package. */
  Future<Void> change(Supplier<StoredPackage> after) {
    return inTurn(
        at -> {
          StoredPackage next = after.get();
          return shown(at, next, at.packages.commit(PackageRecords.put(next)));
        });
  }

  private Future<Void> shown(Opening at, StoredPackage what, Future<Void> written) {
    return written
        .onSuccess(
            done -> {
              if (!follows) {
                packages.show(what);
              }
            })
        .compose(done -> at.storage.acknowledged());
  }

  /** Removes a portion of what nobody needs any more: chosen and removed in one turn. */
  Future<Void> collect() {
    return problem == null && opening != null
        ? inTurn(at -> remove(at, packages.takeUnused(PORTION)))
        : Future.succeededFuture();
  }

  private Future<Void> remove(Opening at, List<CodeRef> unused) {
    Future<Void> removed = Future.succeededFuture();
    for (CodeRef code : unused) {
      LOG.log(INFO, "code package {0} is not used any more: removed", code.sha256());
      removed =
          removed
              .compose(v -> at.packages.remove(code.sha256(), code.bytes()))
              .onSuccess(done -> packages.hide(code.sha256()));
    }
    return removed.onFailure(
        e -> {
          if (follows) {
            packages.stay(unused); // as long as the replica has them
          }
        });
  }

  /** Does {@code work} behind what is being written or removed. */
  private <T> Future<T> inTurn(Function<Opening, Future<T>> work) {
    Future<T> done = turn.compose(before -> attempted(work));
    turn = done.otherwiseEmpty();
    return done;
  }

  private <T> Future<T> attempted(Function<Opening, Future<T>> work) {
    requireSound();
    requireOwned();
    Opening at = opening;
    return work.apply(at)
        .recover(e -> Future.failedFuture(e instanceof FailureException ? e : given(e, at)));
  }

  /** What a failure means from here on. */
  private Throwable given(Throwable e, Opening at) {
    if (follows && (at != opening || e instanceof JournalException)) {
      if (at == opening) {
        disown(null);
      }
      LOG.log(WARNING, "a code package may or may not be stored or removed: " + e.getMessage());
      return refused(
          new Failure.Unavailable(
              "it is not known whether the package was stored: the registry has moved",
              RETRY_MILLIS));
    }
    if (!(e instanceof JournalException)) {
      return e;
    }
    problem = "the registry's store has failed: " + e.getMessage();
    LOG.log(ERROR, problem + "; no code package is stored until a restart", e);
    return refused(new Failure.Unavailable(problem, RETRY_MILLIS));
  }

  private static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
