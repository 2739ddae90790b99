package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ShimsTest {
  @TempDir private Path top;

  @Test
  void everybodyMayReadThemAndOnlyTheServerWriteThem() throws IOException {
    Path parent = top.resolve("shims");
    Shims.unpack(parent);
    try (Stream<Path> all = Files.walk(parent)) {
      for (Path file : all.toList()) {
        String expected = Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--";
        assertEquals(
            expected,
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            "" + file);
      }
    }
  }

  @Test
  void oneThatWasSpoiltIsReplacedAtTheNextStart() throws IOException {
    Path shim = shim(Shims.unpack(top.resolve("shims")));
    String good = Files.readString(shim);
    Files.writeString(shim, "spoilt");
    assertEquals(shim, shim(Shims.unpack(top.resolve("shims"))));
    assertEquals(good, Files.readString(shim));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"PYTHON", "NODEJS", "JAVA"})
  void everyLanguageWithAHandlerHasOne(Language language) throws IOException {
    Shims shims = Shims.unpack(top.resolve("shims"));
    assertTrue(Shims.has(language));
    assertTrue(shims.arguments(managed(language)).toString().contains(top.toString()));
  }

  private static Path shim(Shims shims) {
    List<String> arguments = shims.arguments(managed(Language.PYTHON));
    return Path.of(arguments.get(arguments.size() - 1));
  }

  private static Managed managed(Language language) {
    ManagedBuilder managed = new ManagedBuilder(language, language.kind());
    managed.handler = "index.handler";
    return managed.build();
  }
}
