package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundersTest {
  private static final List<Member> TWO =
      List.of(
          new Member("a.00000001", "host-a", 4_100), new Member("b.00000002", "127.0.0.1", 4_200));

  @TempDir Path dir;

  @Test
  void foundersAreReadAsTheyWereWritten() throws IOException {
    Path log = dir.resolve("group");
    new Founders(log).write(List.of(TWO.get(0)));
    new Founders(log).write(TWO);
    assertEquals(TWO, new Founders(log).read());
  }

  @Test
  void nothingIsLeftOfFoundersThatAreRemoved() throws IOException {
    Founders founders = new Founders(dir.resolve("group"));
    founders.write(TWO);
    founders.remove();
    founders.remove();
    try (var left = Files.list(dir)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
