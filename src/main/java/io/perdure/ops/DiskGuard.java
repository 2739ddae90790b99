package io.perdure.ops;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.Failure;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses new invocations before the disk is full, so that what was accepted can still be finished
 * and written. It looks in real time, for a disk knows no virtual clock. Thread: worker; the
 * verdict may be read by any thread.
 */
public final class DiskGuard extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(DiskGuard.class.getName());
  private static final long LOOK_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 5_000;

  private final Path directory;
  private final long freeBytesMin;
  private FileStore disk;
  private volatile Failure refusal;

  /** Watches the disk of {@code directory}; refuses below {@code freeBytesMin} free bytes. */
  public DiskGuard(Path directory, long freeBytesMin) {
    this.directory = directory;
    this.freeBytesMin = freeBytesMin;
  }

  /** Why nothing new may be stored, or null. */
  public Failure refusal() {
    return refusal;
  }

  /**
   * Why so many bytes more may not be stored, or null. Looks at the disk: for what is large enough
   * to fill it between two looks, never on an event loop.
   */
  public Failure refusal(long bytes) {
    try {
      long free = Files.getFileStore(directory).getUsableSpace();
      if (free - bytes < freeBytesMin) {
        return new Failure.Unavailable(
            "the disk of "
                + directory
                + " has "
                + free
                + " bytes left: with "
                + bytes
                + " more it would have less than "
                + freeBytesMin,
            RETRY_MILLIS);
      }
    } catch (IOException e) {
      LOG.log(WARNING, "free space of " + directory + " is unknown", e);
    }
    return refusal;
  }

  @Override
  public Future<?> start() throws IOException {
    disk = Files.getFileStore(directory);
    look();
    vertx.setPeriodic(LOOK_MILLIS, id -> look()); // ends with the verticle
    return Future.succeededFuture();
  }

  private void look() {
    try {
      judge(disk.getUsableSpace());
    } catch (IOException e) {
      LOG.log(WARNING, "free space of " + directory + " is unknown, looked at again in 1 s", e);
    }
  }

  private void judge(long free) {
    boolean low = free < freeBytesMin;
    if (low && refusal == null) {
      String message =
          "the disk of " + directory + " has " + free + " bytes left, less than " + freeBytesMin;
      LOG.log(WARNING, message + ": new invocations are refused until there is more");
      refusal = new Failure.Unavailable(message, RETRY_MILLIS);
    } else if (!low && refusal != null) {
      LOG.log(INFO, "the disk of " + directory + " has space again, new invocations are accepted");
      refusal = null;
    }
  }
}
