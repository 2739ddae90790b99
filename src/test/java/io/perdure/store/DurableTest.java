package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableTest {
  @TempDir Path dir;

  @Test
  void whatIsWrittenTakesThePlaceOfAllThatWasThere() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "a long line\nand another\n");
    Durable.write(file, List.of("ä", "b"));
    assertEquals("ä\nb\n", Files.readString(file));
    assertOnly(file);
  }

  @Test
  void aFileThatCannotBeReplacedStaysAsItWas() throws IOException {
    Path file = Files.createDirectory(dir.resolve("file"));
    Path kept = Files.writeString(file.resolve("kept"), "k");
    assertThrows(IOException.class, () -> Durable.write(file, List.of("new")));
    assertEquals("k", Files.readString(kept));
  }

  @Test
  void whatAnInterruptedWriteLeftIsInNobodysWay() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "old\n");
    Files.writeString(dir.resolve("file.tmp"), "half of something that was longer");
    Durable.write(file, List.of("new"));
    assertEquals("new\n", Files.readString(file));
    assertOnly(file);
  }

  private void assertOnly(Path file) throws IOException {
    try (var all = Files.list(dir)) {
      assertEquals(List.of(file), all.toList());
    }
  }
}
