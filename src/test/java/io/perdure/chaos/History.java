package io.perdure.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.chaos.Op.Seen;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** All requests with their answers, in memory and as JSON lines in a file. Thread-safe. */
final class History implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Op> ops = new ArrayList<>();
  private final ConcurrentHashMap<Seen, Seen> seen = new ConcurrentHashMap<>();
  private final BufferedWriter file;

  History(Path file) throws IOException {
    this.file = Files.newBufferedWriter(file);
  }

  /** The same, of which one is kept however often a list shows it. */
  Seen once(Seen one) {
    return seen.computeIfAbsent(one, first -> first);
  }

  synchronized void add(Op op) {
    ops.add(op);
    write("op", op);
  }

  /** Whatever else belongs to the run, so that the file tells all of it. */
  synchronized void write(String kind, Object what) {
    try {
      file.write("{\"" + kind + "\":" + JSON.writeValueAsString(what) + "}\n");
    } catch (IOException e) {
      throw new UncheckedIOException("the history cannot be written", e);
    }
  }

  synchronized List<Op> ops() {
    return List.copyOf(ops);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
