package io.perdure.client;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes code packages of files. Blocking: not for an event loop. */
public final class CodeZip {
  private CodeZip() {}

  /** A package of all files below {@code directory}, with their modes where the system has some. */
  public static Buffer of(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      Map<String, Path> entries = new TreeMap<>();
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> entries.put(directory.relativize(file).toString().replace('\\', '/'), file));
      return zip(
          target -> {
            for (Map.Entry<String, Path> entry : entries.entrySet()) {
              Path to = place(target, entry.getKey());
              Files.copy(entry.getValue(), to);
              copyMode(entry.getValue(), to);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("no package can be made of " + directory, e);
    }
  }

  /**
   * A package of texts.
   *
   * @param files content by path; one that begins with {@code #!} may be executed
   */
  public static Buffer of(Map<String, String> files) {
    try {
      return zip(
          target -> {
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
              Path to = Files.writeString(place(target, file.getKey()), file.getValue());
              setMode(to, file.getValue().startsWith("#!") ? "rwxr-xr-x" : "rw-r--r--");
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("no package can be made of " + files.keySet(), e);
    }
  }

  private interface Content {
    void writeTo(FileSystem target) throws IOException;
  }

  private static Buffer zip(Content content) throws IOException {
    Path directory = Files.createTempDirectory("perdure-zip-");
    Path zip = directory.resolve("code.zip");
    try {
      URI uri = URI.create("jar:" + zip.toUri());
      Map<String, String> options = Map.of("create", "true", "enablePosixFileAttributes", "true");
      try (FileSystem target = FileSystems.newFileSystem(uri, options)) {
        content.writeTo(target);
      }
      return Buffer.buffer(Files.readAllBytes(zip));
    } finally {
      Files.deleteIfExists(zip);
      Files.deleteIfExists(directory);
    }
  }

  private static Path place(FileSystem target, String name) throws IOException {
    Path path = target.getPath("/" + name);
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    return path;
  }

  private static void copyMode(Path from, Path to) throws IOException {
    if (Files.getFileStore(from).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
  }

  private static void setMode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }
}
