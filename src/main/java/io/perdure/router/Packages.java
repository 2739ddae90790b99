package io.perdure.router;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.CodeFound;
import io.perdure.bus.CodeMessages.FindCode;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import java.util.Arrays;

/** Brings code packages to where they are kept, for every surface. Thread-safe. */
public final class Packages {
  /** Longest piece that an upload takes at once. */
  public static final int PIECE_BYTES = 512 * 1024;

  private static final System.Logger LOG = System.getLogger(Packages.class.getName());

  /** Reading every entry of a large package takes its time. */
  private static final long FINISH_MILLIS_MAX = 300_000;

  /** Fewer than the uploads that an account may have under way: those may be its own doing. */
  private static final int STORED_AT_ONCE = 4;

  /** Their bytes are in memory, which bounds them, too. */
  private static final int WAITING_MAX = 1_000;

  private final Bus bus;
  private final Turns turns = new Turns("packages", STORED_AT_ONCE, WAITING_MAX);

  /** Over {@code bus}. */
  public Packages(Bus bus) {
    this.bus = bus;
  }

  /**
   * Stores a package that is at hand, behind others if there are many. Fails as invalid when it is
   * no zip that can be used, saying what is wrong with it, as too large, or as throttled.
   *
   * @param zip not to be changed any more
   */
  public Future<CodeRef> store(String account, byte[] zip) {
    return turns.take(() -> stored(account, zip));
  }

  private Future<CodeRef> stored(String account, byte[] zip) {
    return begin(account, zip.length)
        .compose(
            upload ->
                addAll(account, upload.id(), zip, 0)
                    .compose(added -> finish(account, upload.id()))
                    .recover(cause -> abandon(account, upload.id(), cause)));
  }

  private Future<Upload> addAll(String account, String id, byte[] zip, int from) {
    int to = Math.min(zip.length, from + PIECE_BYTES);
    Future<Upload> added = add(account, id, from, Arrays.copyOfRange(zip, from, to));
    return to == zip.length ? added : added.compose(next -> addAll(account, id, zip, to));
  }

  /**
   * Begins an upload.
   *
   * @param expected bytes in all, -1 when it is not known
   */
  public Future<Upload> begin(String account, long expected) {
    return bus.request(Addresses.BEGIN_UPLOAD, new BeginUpload(account, expected))
        .map(UploadState::upload);
  }

  /**
   * Adds bytes behind {@code offset}; a conflict when that is not what has been received.
   *
   * @param bytes at most {@link #PIECE_BYTES}; not to be changed any more
   */
  public Future<Upload> add(String account, String id, long offset, byte[] bytes) {
    return bus.request(Addresses.ADD_TO_UPLOAD, new AddToUpload(account, id, offset, bytes))
        .map(UploadState::upload);
  }

  /** Checks and stores what was uploaded; fails as invalid when it is no usable zip. */
  public Future<CodeRef> finish(String account, String id) {
    return bus.request(Addresses.FINISH_UPLOAD, new FinishUpload(account, id), FINISH_MILLIS_MAX)
        .map(state -> state.upload().code());
  }

  /** Forgets an upload that failed, and fails with {@code cause}. */
  public <T> Future<T> abandon(String account, String id, Throwable cause) {
    return bus.request(Addresses.ABANDON_UPLOAD, new AbandonUpload(account, id))
        .onFailure(e -> LOG.log(DEBUG, "upload {0} is forgotten in time: {1}", id, e.getMessage()))
        .transform(done -> Future.failedFuture(cause));
  }

  /** The package an upload has become; a conflict while it is not finished. */
  public Future<CodeRef> ofUpload(String account, String id) {
    return bus.request(Addresses.GET_UPLOAD, new GetUpload(account, id))
        .compose(
            state ->
                state.upload().code() == null
                    ? Future.failedFuture(
                        new FailureException(
                            new Failure.Conflict("upload '" + id + "' is not finished")))
                    : Future.succeededFuture(state.upload().code()));
  }

  /** The stored package with that hash, if the account has it. */
  public Future<CodeRef> find(String account, String sha256) {
    return bus.request(Addresses.FIND_CODE, new FindCode(account, sha256)).map(CodeFound::code);
  }
}
