package io.perdure.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  @TempDir private Path directory;

  @Test
  void programsOfOneNameAreFoundInTheOrderOfThePath() throws IOException {
    Path second = program("b", true);
    Path first = program("a", true);
    Path plain = program("c", false);
    String path =
        String.join(
            File.pathSeparator,
            "relative",
            plain.getParent().toString(),
            first.getParent().toString(),
            directory.resolve("none").toString(),
            second.getParent().toString());
    assertEquals(List.of(first, second), Programs.all("tool", path).toList());
    assertEquals(Optional.of(first), Programs.find("tool", path));
    assertTrue(Programs.find("another", path).isEmpty());
  }

  private Path program(String in, boolean executable) throws IOException {
    Path file = Files.createDirectories(directory.resolve(in)).resolve("tool");
    Files.writeString(file, "#!/bin/sh\n");
    assertTrue(file.toFile().setExecutable(executable));
    return file;
  }
}
