package io.perdure.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Keeps a data directory for one user at a time, among processes and inside this one. */
final class DirectoryLock implements AutoCloseable {
  static final String FILE = "lock";

  /**
   * Directories locked by this process. Asked before the file is opened: on POSIX closing any
   * channel of a file ends the process's lock on it, and a lock does not keep out its own process.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks {@code directory} for writing and leaves this process's id in the lock file.
   *
   * @throws StoreException when somebody else has it
   */
  static DirectoryLock exclusive(Path directory) throws IOException {
    return take(directory, true);
  }

  /** Keeps writers out of {@code directory}, changing nothing in it. */
  static DirectoryLock shared(Path directory) throws IOException {
    return take(directory, false);
  }

  private static DirectoryLock take(Path directory, boolean exclusive) throws IOException {
    Path real = directory.toRealPath();
    synchronized (HELD) {
      if (HELD.contains(real)) {
        throw new StoreException(
            "this process (pid " + ProcessHandle.current().pid() + ") already uses " + directory,
            null);
      }
      Path file = real.resolve(FILE);
      FileChannel channel = null;
      if (exclusive || Files.exists(file)) {
        channel = locked(directory, file, exclusive);
      }
      HELD.add(real);
      return new DirectoryLock(real, channel);
    }
  }

  private static FileChannel locked(Path directory, Path file, boolean exclusive)
      throws IOException {
    FileChannel channel =
        exclusive
            ? FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(file, StandardOpenOption.READ);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, !exclusive);
      if (lock == null) {
        throw new StoreException(
            "another process (pid " + holder(file) + ") uses " + directory, null);
      }
      if (exclusive) {
        String pid = ProcessHandle.current().pid() + "\n";
        channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String holder(Path file) throws IOException {
    String pid = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    return pid.matches("\\d{1,10}") ? pid : "unknown";
  }

  @Override
  public void close() {
    synchronized (HELD) {
      HELD.remove(directory);
      try {
        if (channel != null) {
          channel.close(); // and with it the lock
        }
      } catch (IOException e) {
        throw new StoreException("cannot release the lock of " + directory, e);
      }
    }
  }
}
