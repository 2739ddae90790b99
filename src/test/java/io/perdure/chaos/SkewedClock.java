package io.perdure.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Clocks that jump: a few lines of C, preloaded into a node's process, add an offset to the
 * system's wall clock, so that everything in the process sees it, libraries as well. The file of a
 * node holds its offset. Needs a C compiler; the machine's own clock is never touched.
 */
final class SkewedClock {
  private static final String SOURCE = "/chaos/clock.c";

  private SkewedClock() {}

  /** The library; null where there is no compiler. */
  static Path compile(Path directory) throws IOException, InterruptedException {
    Path source = directory.resolve("clock.c");
    Path library = directory.resolve("clock.so");
    try (InputStream code = SkewedClock.class.getResourceAsStream(SOURCE)) {
      Files.write(source, code.readAllBytes());
    }
    return Shell.works("cc -O2 -shared -fPIC -o " + library + " " + source) ? library : null;
  }

  /** Words before a command whose clock {@code file} moves; the file is made. */
  static List<String> environment(Path library, Path file) throws IOException {
    set(file, 0);
    return List.of("env", "LD_PRELOAD=" + library, "CHAOS_CLOCK=" + file);
  }

  /** From now on the clock is so far ahead, or behind. */
  static void set(Path file, long millis) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.putLong(millis).flip();
    try (var channel =
        Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(bytes);
    }
  }
}
