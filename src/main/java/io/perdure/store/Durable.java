package io.perdure.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Small files and directory entries that survive the loss of power. */
public final class Durable {
  private Durable() {}

  /** Makes {@code bytes} the content of {@code file}: wholly or, after a failure, not at all. */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file.getParent());
  }

  /** Makes {@code lines} the content of {@code file}, each with an end of its own. */
  public static void write(Path file, List<String> lines) throws IOException {
    String ended = lines.stream().map(line -> line + '\n').collect(Collectors.joining());
    write(file, ended.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes durable which files {@code directory} has. */
  public static void syncDirectory(Path directory) throws IOException {
    sync(directory, StandardOpenOption.READ);
  }

  /** Makes durable what {@code file} contains. */
  public static void syncFile(Path file) throws IOException {
    sync(file, StandardOpenOption.WRITE);
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  /** Removes {@code tree} with all that is in it; nothing when it does not exist. */
  static void removeTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }
}
