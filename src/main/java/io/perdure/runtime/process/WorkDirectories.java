package io.perdure.runtime.process;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The directories attempts run in. Thread-safe; everything blocks. */
public final class WorkDirectories {
  private static final System.Logger LOG = System.getLogger(WorkDirectories.class.getName());

  private final Path base;
  private final Path ours; // of this run of the server, so that older ones can be told apart

  public WorkDirectories(Path base) {
    this.base = base.toAbsolutePath();
    this.ours = this.base.resolve(UUID.randomUUID().toString());
  }

  /** A new directory, for nobody but this user. */
  public Path create(String name) throws IOException {
    Path directory = ours.resolve(name);
    Files.createDirectories(base);
    if (base.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      var owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(directory, owner);
    } else {
      Files.createDirectories(directory);
    }
    return directory;
  }

  /** Removes what an earlier run of the server left behind. */
  public void removeOld() {
    if (!Files.isDirectory(base)) {
      return;
    }
    try (Stream<Path> entries = Files.list(base)) {
      List<Path> old = entries.filter(entry -> !entry.equals(ours)).toList();
      for (Path entry : old) {
        remove(entry);
      }
    } catch (IOException e) {
      LOG.log(WARNING, "cannot remove old working directories in " + base + ", they stay", e);
    }
  }

  public void removeAll() {
    try {
      remove(ours);
    } catch (IOException e) {
      LOG.log(WARNING, "cannot remove " + ours + ", the next start will try again", e);
    }
  }

  /**
   * Removes {@code directory} and all in it, following no links, also what was closed to its own
   * user; fine when it is not there.
   */
  public static void remove(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes)
              throws IOException {
            if (!Files.isWritable(entered)) {
              open(entered);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof AccessDeniedException
                && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                && !Files.isReadable(file)) {
              open(file);
              remove(file);
            }
            return FileVisitResult.CONTINUE; // deleting its directory tells whether it matters
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void open(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }
}
