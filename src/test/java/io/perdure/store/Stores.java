package io.perdure.store;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the tests of stores have in common. */
final class Stores {
  static final StoreConfig SMALL = new StoreConfig(8 << 20, 8 << 20, 8 << 20);

  private Stores() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Batch put(Family family, String key, String value) {
    return new Batch().put(family, bytes(key), bytes(value));
  }

  /** Copies a store in use: what a kill -9 at this moment would leave. */
  static void crashImage(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of {@code dir} and below ending in {@code suffix}, the largest first. */
  static List<Path> files(Path dir, String suffix) {
    try (Stream<Path> files = Files.walk(dir)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .sorted((a, b) -> Long.compare(b.toFile().length(), a.toFile().length()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Flips one bit of {@code file}. */
  static void flip(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[at] ^= 1;
    Files.write(file, content);
  }
}
