package io.perdure.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeZipTest {
  @TempDir Path dir;

  @Test
  void filesOfADirectoryKeepTheirNamesAndModes() throws IOException {
    Files.createDirectories(dir.resolve("code/lib"));
    Files.writeString(dir.resolve("code/lib/a.py"), "a = 1");
    Path program = Files.writeString(dir.resolve("code/bootstrap"), "#!/bin/sh");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-x---"));
    assertEquals(
        Map.of("/lib/a.py", "a = 1", "/bootstrap", "#!/bin/sh rwxr-x---"),
        entries(CodeZip.of(dir.resolve("code"))));
  }

  @Test
  void textsBecomeFilesAndScriptsPrograms() throws IOException {
    assertEquals(
        Map.of("/index.py", "x", "/bin/run", "#!/bin/sh rwxr-xr-x"),
        entries(CodeZip.of(Map.of("index.py", "x", "bin/run", "#!/bin/sh"))));
  }

  /** Content by path; of what can be executed with its mode. */
  private Map<String, String> entries(Buffer zip) throws IOException {
    Path file = Files.write(dir.resolve("code.zip"), zip.getBytes());
    URI uri = URI.create("jar:" + file.toUri());
    Map<String, String> found = new TreeMap<>();
    try (FileSystem source =
            FileSystems.newFileSystem(uri, Map.of("enablePosixFileAttributes", "true"));
        Stream<Path> files = Files.walk(source.getPath("/"))) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        found.put(path.toString(), Files.readString(path) + (mode.contains("x") ? " " + mode : ""));
      }
    }
    return found;
  }
}
