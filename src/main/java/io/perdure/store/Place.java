package io.perdure.store;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory of data, whoever uses it: made, locked, closed to others, and what it says it is.
 * Everything blocks on the disk.
 */
final class Place implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Place.class.getName());

  /** What may be there before the directory is made: the accounts file may be put there by hand. */
  private static final Set<String> BEFORE_FORMAT =
      Set.of(DirectoryLock.FILE, Format.FILE + ".tmp", "accounts.json");

  private final Path directory;
  private final DirectoryLock lock;

  private Place(Path directory, DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Locks {@code directory}, making it if it does not exist.
   *
   * @throws StoreException saying what is wrong with it: a file, not writable, foreign, or in use
   */
  static Place take(Path directory) {
    try {
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw new StoreException("data directory " + directory + " is a file", null);
      }
      create(directory);
      refuseForeign(directory);
      closeToOthers(directory);
      return new Place(directory, DirectoryLock.exclusive(directory));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  private static StoreException unusable(Path directory, IOException e) {
    return e instanceof AccessDeniedException
        ? new StoreException(
            "data directory " + directory + " cannot be written by this user: " + e.getMessage(), e)
        : new StoreException("cannot use data directory " + directory + ": " + e, e);
  }

  /** For this user alone: it will hold payloads, results, code and the secrets of accounts. */
  private static void create(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path whole = directory.toAbsolutePath();
    Files.createDirectories(whole.getParent());
    if (whole.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          whole,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(whole);
    }
  }

  /** One that was made by hand, or by an earlier version; what a group may do is left as it is. */
  private static void closeToOthers(Path directory) {
    try {
      PosixFileAttributeView view =
          Files.getFileAttributeView(directory, PosixFileAttributeView.class);
      if (view != null) {
        Set<PosixFilePermission> modes = view.readAttributes().permissions();
        if (modes.removeIf(mode -> mode.name().startsWith("OTHERS_"))) {
          view.setPermissions(modes);
          LOG.log(INFO, "{0} was open to all users of this machine and is not any more", directory);
        }
      }
    } catch (IOException e) {
      LOG.log(WARNING, directory + " is open to all users of this machine: close it to others", e);
    }
  }

  private static void refuseForeign(Path directory) throws IOException {
    if (Files.exists(directory.resolve(Format.FILE))) {
      return;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      String others =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !BEFORE_FORMAT.contains(name))
              .sorted()
              .limit(5)
              .collect(Collectors.joining(", "));
      if (!others.isEmpty()) {
        throw new StoreException(
            "data directory "
                + directory
                + " has other files ("
                + others
                + ") but no "
                + Format.FILE
                + ": it is no data directory, or a restore into it did not end",
            null);
      }
    }
  }

  /**
   * What the directory says it is; written here if it says nothing yet.
   *
   * @throws StoreException if it was made with another number of shards than {@code shards}, or is
   *     newer, or damaged
   */
  Format format(Supplier<Format> made, int shards) {
    try {
      if (!Files.exists(directory.resolve(Format.FILE))) {
        Format format = made.get();
        format.write(directory);
        return format;
      }
      Format format = Format.read(directory);
      if (format.shards() != shards) {
        throw new StoreException(
            "data directory "
                + directory
                + " was created with "
                + format.shards()
                + " shards and cannot be opened with "
                + shards
                + ": the number is fixed",
            null);
      }
      return format;
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  /** Makes {@code format} what the directory says it is; on disk when this returns. */
  void write(Format format) {
    try {
      format.write(directory);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  Path directory() {
    return directory;
  }

  static Path shard(Path directory, int shard) {
    return directory.resolve("shards").resolve(String.format("%03d", shard));
  }

  static Path log(Path directory) {
    return directory.resolve("log");
  }

  static Path registry(Path directory) {
    return directory.resolve("registry");
  }

  static Path backups(Path directory) {
    return directory.resolve("backups");
  }

  /** Releases the lock. */
  @Override
  public void close() {
    lock.close();
  }
}
