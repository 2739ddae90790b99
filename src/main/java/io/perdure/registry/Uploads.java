package io.perdure.registry;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.perdure.bus.CodeMessages;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Uploads under way: a file each, below a directory only the server may read, forgotten at a
 * restart. Thread: the one of {@link PackageVerticle}, which may block.
 */
final class Uploads {
  private static final System.Logger LOG = System.getLogger(Uploads.class.getName());
  private static final long RETRY_MILLIS = 5_000;
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rw-------");

  private final Path directory;
  private final CodeConfig config;
  private final Clock clock;
  private final Map<String, Pending> pending = new HashMap<>();
  private long bytes;

  /** An upload under way. */
  static final class Pending {
    private final String id = UUID.randomUUID().toString();
    private final String account;
    private final long expected;
    private final long startedAt;
    private final Path file;
    private long received;
    private long changedAt;
    private boolean finishing;

    Pending(String account, long expected, long now, Path directory) {
      this.account = account;
      this.expected = expected;
      startedAt = now;
      changedAt = now;
      file = directory.resolve(id);
    }

    String id() {
      return id;
    }

    String account() {
      return account;
    }

    long startedAt() {
      return startedAt;
    }

    Path file() {
      return file;
    }

    long received() {
      return received;
    }

    Upload state() {
      return new Upload(id, received, expected, null, startedAt, changedAt);
    }
  }

  Uploads(Path directory, CodeConfig config, Clock clock) {
    this.directory = directory;
    this.config = config;
    this.clock = clock;
  }

  /** Makes the directory, or empties it. */
  void open() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  Upload begin(String account, long expected) {
    if (expected > config.bytesMax()) {
      throw tooLarge();
    }
    long own = pending.values().stream().filter(one -> one.account.equals(account)).count();
    if (own >= config.uploadsMax()) {
      throw throttled(
          "registry.code.uploads-max", "the account has " + own + " uploads under way, the most");
    }
    Pending upload = new Pending(account, Math.max(-1, expected), clock.millis(), directory);
    try {
      Files.createFile(upload.file, PosixFilePermissions.asFileAttribute(OWNERS));
    } catch (IOException e) {
      throw diskFailed(e);
    }
    pending.put(upload.id, upload);
    return upload.state();
  }

  Upload add(String account, String id, long offset, byte[] more) {
    Pending upload = unfinished(account, id);
    if (more.length > CodeMessages.UPLOAD_PIECE_BYTES_MAX) {
      throw refused(new Failure.TooLarge("bytes", CodeMessages.UPLOAD_PIECE_BYTES_MAX));
    }
    if (offset != upload.received) {
      throw refused(
          new Failure.Conflict(
              "the upload goes on at offset " + upload.received + ", not at " + offset));
    }
    long after = upload.received + more.length;
    if (after > config.bytesMax()) {
      throw tooLarge();
    }
    if (upload.expected >= 0 && after > upload.expected) {
      throw refused(
          new Failure.Conflict(
              "the upload was to have " + upload.expected + " bytes, this would make " + after));
    }
    if (bytes + more.length > config.uploadBytesMax()) {
      throw throttled(
          "registry.code.upload-bytes-max",
          "the uploads under way have " + bytes + " bytes in all, no more are taken");
    }
    append(upload, more);
    upload.received = after;
    upload.changedAt = clock.millis();
    bytes += more.length;
    return upload.state();
  }

  private static void append(Pending upload, byte[] more) {
    try (FileChannel file = FileChannel.open(upload.file, WRITE)) {
      file.truncate(upload.received); // what an earlier attempt wrote before it failed
      file.position(upload.received);
      ByteBuffer from = ByteBuffer.wrap(more);
      while (from.hasRemaining()) {
        file.write(from);
      }
    } catch (IOException e) {
      throw diskFailed(e);
    }
  }

  /** Takes an upload whose bytes are all there, to be finished; nothing is added to it any more. */
  void takeComplete(Pending upload) {
    if (upload.expected >= 0 && upload.received != upload.expected) {
      throw refused(
          new Failure.Conflict(
              "the upload has " + upload.received + " of " + upload.expected + " bytes"));
    }
    upload.finishing = true;
    upload.changedAt = clock.millis();
  }

  /** It could not be finished for reasons of the server's: may be finished again. */
  void giveBack(Pending upload) {
    upload.finishing = false;
    upload.changedAt = clock.millis();
  }

  /** Forgets an upload and deletes its file. */
  void drop(Pending upload) {
    if (pending.remove(upload.id) == null) {
      return;
    }
    bytes -= upload.received;
    try {
      Files.deleteIfExists(upload.file);
    } catch (IOException e) {
      LOG.log(WARNING, "cannot delete the upload " + upload.file + ", the next start does it", e);
    }
  }

  /** The one under way with that id. */
  Pending find(String account, String id) {
    Pending upload = pending.get(id);
    return upload != null && upload.account.equals(account) ? upload : null;
  }

  /** Like {@link #find}; fails when there is none or it is being finished. */
  Pending unfinished(String account, String id) {
    Pending upload = find(account, id);
    if (upload == null) {
      throw refused(new Failure.NotFound("upload", id));
    }
    if (upload.finishing) {
      throw refused(new Failure.Conflict("the upload is being finished"));
    }
    return upload;
  }

  /** Those of an account that are under way. */
  List<Upload> of(String account) {
    List<Upload> own = new ArrayList<>();
    for (Pending upload : pending.values()) {
      if (upload.account.equals(account)) {
        own.add(upload.state());
      }
    }
    return own;
  }

  /** Forgets all of them; those being finished, too. */
  void dropAll() {
    List.copyOf(pending.values()).forEach(this::drop);
  }

  /** Gives up those nobody has added to for too long. */
  void dropIdle() {
    long before = clock.millis() - config.uploadIdle().toMillis();
    for (Pending upload : List.copyOf(pending.values())) {
      if (upload.changedAt <= before && !upload.finishing) {
        LOG.log(INFO, "upload " + upload.id + " is given up: nobody has added to it for long");
        drop(upload);
      }
    }
  }

  private FailureException tooLarge() {
    return refused(new Failure.TooLarge("code", config.bytesMax()));
  }

  private static FailureException throttled(String limit, String message) {
    return refused(new Failure.Throttled(limit, message, RETRY_MILLIS));
  }

  static FailureException diskFailed(IOException e) {
    LOG.log(WARNING, "an upload cannot be written or read, its sender is told to try again", e);
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return refused(new Failure.Unavailable("the upload cannot be stored: " + reason, RETRY_MILLIS));
  }

  private static FailureException refused(Failure failure) {
    return new FailureException(failure);
  }
}
