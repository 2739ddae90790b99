package io.perdure.zip;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What is made of a zip on the disk. */
final class Made {
  static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");
  static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");
  static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("r-xr-xr-x");

  private Made() {}

  /** Opens a file that must not be there yet. */
  static OutputStream create(Path path) throws IOException {
    return Files.newOutputStream(path, CREATE_NEW, WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /** A checked path of a {@link ZipTree} below {@code root}. */
  static Path at(Path root, String path) throws BrokenZipException {
    return root.resolve(path(root.getFileSystem(), path));
  }

  /** Fails when the locale of the server has no such characters. */
  static Path path(FileSystem system, String path) throws BrokenZipException {
    try {
      return system.getPath(path);
    } catch (InvalidPathException e) {
      throw new BrokenZipException(
          ZipTree.quoted(path)
              + " has characters that the server cannot use in names of files: it has to be"
              + " started with a UTF-8 locale, such as LC_ALL=C.UTF-8");
    }
  }
}
