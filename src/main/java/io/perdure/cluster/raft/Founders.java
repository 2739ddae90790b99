package io.perdure.cluster.raft;

import io.perdure.store.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whom a member was started with the first time, in a file beside the log of its group: until the
 * log says who the members are, a member that is started again has to believe what it did before.
 */
final class Founders {
  private final Path file;

  /** Of the group whose log is the directory {@code log}. */
  Founders(Path log) {
    file = log.resolveSibling(log.getFileName() + ".founders");
  }

  void write(List<Member> members) throws IOException {
    Durable.write(
        file, members.stream().map(of -> of.id() + " " + of.port() + " " + of.host()).toList());
  }

  List<Member> read() throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split(" ", 3))
        .map(part -> new Member(part[0], part[2], Integer.parseInt(part[1])))
        .toList();
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }
}
