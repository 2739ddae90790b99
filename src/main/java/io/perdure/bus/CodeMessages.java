package io.perdure.bus;

import static io.perdure.bus.Message.lengthOf;

import io.perdure.invocation.CodeRef;
import java.util.List;

/** Code packages: uploaded in pieces, checked, stored once under the hash of their bytes. */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
public final class CodeMessages {
  private CodeMessages() {}

  /** Bytes of a stored package are read in pieces of this size; the last one is smaller. */
  public static final int CHUNK_BYTES = 512 * 1024;

  /** Most bytes added to an upload at once. */
  public static final int UPLOAD_PIECE_BYTES_MAX = 1024 * 1024;

  /** Sent to or answered by whoever keeps the packages. */
  public sealed interface OfCode extends Message {}

  /**
   * An upload.
   *
   * @param id random, known to nobody but its account
   * @param received bytes so far
   * @param expected bytes in all, -1 when it is not known
   * @param code what it became, null until it is finished
   * @param startedAt milliseconds since the epoch
   * @param changedAt milliseconds since the epoch: an upload nobody adds to is given up in time
   */
  public record Upload(
      String id, long received, long expected, CodeRef code, long startedAt, long changedAt) {}

  /**
   * Begins an upload.
   *
   * @param expected bytes in all, -1 when it is not known
   */
  public record BeginUpload(String account, long expected) implements OfCode {}

  /**
   * Adds bytes.
   *
   * @param offset what has been received before: another one is refused as a conflict that says it
   * @param bytes at most 1 MiB; not to be changed any more
   */
  public record AddToUpload(String account, String id, long offset, byte[] bytes)
      implements OfCode {
    @Override
    public int bodyBytes() {
      return lengthOf(bytes);
    }
  }

  /** Checks the zip and stores it. A broken one is refused with what is wrong, and forgotten. */
  public record FinishUpload(String account, String id) implements OfCode {}

  /** Forgets it. */
  public record AbandonUpload(String account, String id) implements OfCode {}

  /** How far it is. */
  public record GetUpload(String account, String id) implements OfCode, Repeatable {}

  /** Answer to all of these: the upload as it is now. */
  public record UploadState(Upload upload) implements OfCode {}

  /** The uploads of an account that are under way, or were finished and are not used yet. */
  public record ListUploads(String account) implements OfCode, Repeatable {}

  /** Answer to {@link ListUploads}. */
  public record UploadsListed(List<Upload> uploads) implements OfCode {}

  /**
   * The package with that hash, if a function or an upload of the account refers to it.
   *
   * @param sha256 64 lower-case hex digits
   */
  public record FindCode(String account, String sha256) implements OfCode, Repeatable {}

  /** Answer to {@link FindCode}. */
  public record CodeFound(CodeRef code) implements OfCode {}

  /** One piece of a stored package, for nodes and their runtimes: no account is asked. */
  public record ReadCode(String sha256, int chunk) implements OfCode, Repeatable {}

  /** Answer to {@link ReadCode}. */
  public record CodeRead(byte[] bytes, boolean last) implements OfCode {
    @Override
    public int bodyBytes() {
      return lengthOf(bytes);
    }
  }

  /**
   * One file of a stored package.
   *
   * @param paths where it may be, relative to the root; the first one that is there counts
   * @param bytesMax a larger one is not read
   */
  public record ReadFile(String sha256, List<String> paths, int bytesMax)
      implements OfCode, Repeatable {}

  /** Answer to {@link ReadFile}; null when there is none, or it is too large. */
  public record FileRead(byte[] bytes) implements OfCode {
    @Override
    public int bodyBytes() {
      return lengthOf(bytes);
    }
  }
}
