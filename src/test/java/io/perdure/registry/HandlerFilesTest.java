package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandlerFilesTest {
  private static Optional<String> problem(
      Language language, String handler, List<String> command, String... files) {
    Managed runtime =
        new Managed(
            language, "any", handler, null, Map.of(), 256, 512, 1, null, 1_000, null, command, 0,
            1_000);
    return HandlerFiles.problem(runtime, List.of(files));
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, index.main_handler, index.py",
    "PYTHON, src/index.handler, src/index.py",
    "PYTHON, src.index.handler, src/index.py",
    "PYTHON, app.handler, app/__init__.py",
    "PYTHON, fast.handler, fast.cpython-310-x86_64-linux-gnu.so",
    "NODEJS, index.handler, index.js",
    "NODEJS, index.handler, index.mjs",
    "NODEJS, ./dist/index.handler, dist/index.cjs",
    "NODEJS, my.app.handler, my.app.js",
    "JAVA, example.Hello::handle, lib/app.jar",
    "CUSTOM_API, '', bootstrap",
    "CUSTOM_HTTP, '', bootstrap",
    "WEB, '', scf_bootstrap",
  })
  void theFileOfTheHandlerIsFound(Language language, String handler, String file) {
    assertEquals(
        Optional.empty(), problem(language, handler, List.of(), "README", file, "lib/other.py"));
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, index.main_handler, indexes.py, index.py",
    "PYTHON, index.main_handler, src/index.py, index.py",
    "NODEJS, src/index.handler, index.js, src/index.js",
    "CUSTOM_API, '', bin/bootstrap, bootstrap",
    "WEB, '', bootstrap, scf_bootstrap",
  })
  void aMissingFileIsNamed(Language language, String handler, String file, String missing) {
    String problem = problem(language, handler, List.of(), file).orElseThrow();

    assertTrue(problem.contains(" " + missing + ","), problem);
  }

  @Test
  void aProgramOfThePackageHasToBeThere() {
    assertEquals(Optional.empty(), problem(Language.WEB, "", List.of("./bin/run"), "bin/run"));
    assertEquals(Optional.empty(), problem(Language.WEB, "", List.of("python3", "app.py"), "x"));
    assertEquals(Optional.empty(), problem(Language.WEB, "", List.of("/usr/bin/env"), "x"));
    assertTrue(problem(Language.WEB, "", List.of("./bin/run"), "x").isPresent());
  }
}
