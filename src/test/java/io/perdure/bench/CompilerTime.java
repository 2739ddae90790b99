package io.perdure.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * CPU time of a JVM's compiler threads, as Linux tells in {@code /proc}. A JVM ends such threads
 * when they have nothing to do: what they used since the last look is lost then.
 */
final class CompilerTime {
  private static final List<String> NAMES = List.of("C1 CompilerThre", "C2 CompilerThre");

  private final Path tasks;
  private Map<String, Long> last;

  /** Of process {@code pid}, from now on. */
  CompilerTime(long pid) throws IOException {
    tasks = Path.of("/proc", Long.toString(pid), "task");
    last = read();
  }

  /** Microseconds since the last call, or since this was made. */
  long sinceLastMicros() throws IOException {
    Map<String, Long> now = read();
    long sum = used(last, now);
    last = now;
    return sum;
  }

  /** What the threads of {@code after} used that they had not in {@code before}. */
  static long used(Map<String, Long> before, Map<String, Long> after) {
    long sum = 0;
    for (Map.Entry<String, Long> thread : after.entrySet()) {
      sum += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }

  private Map<String, Long> read() throws IOException {
    Map<String, Long> micros = new HashMap<>();
    try (Stream<Path> threads = Files.list(tasks)) {
      threads.forEach(
          thread ->
              microsOf(thread)
                  .ifPresent(used -> micros.put(thread.getFileName().toString(), used)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return micros;
  }

  /** Empty for any other thread, and for one that has just ended. */
  private static Optional<Long> microsOf(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return NAMES.contains(name) ? Optional.of(ProcStats.cpuMicros(stat)) : Optional.empty();
    } catch (NoSuchFileException ended) {
      return Optional.empty();
    } catch (IOException e) {
      // "No such process": the thread has ended between the opening of the file and its reading
      if (!Files.exists(thread)) {
        return Optional.empty();
      }
      throw new UncheckedIOException(e);
    }
  }
}
