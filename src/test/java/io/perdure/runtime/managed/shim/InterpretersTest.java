package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interpreters that are shell scripts. */
class InterpretersTest {
  private static final String SYSTEM = "/usr/bin:/bin";

  @TempDir private Path top;

  @Test
  void programIsFoundOnThePathAndAskedForItsVersion() throws Exception {
    Path python = script("bin/python3", "echo 3.9.1; echo /opt/real/python3.9");
    Interpreters found = find(InterpretersConfig.DEFAULT, false);
    assertEquals(Optional.empty(), found.problem(managed(Language.PYTHON, "python3")));
    assertEquals("3.9.1", found.version(managed(Language.PYTHON, "python3")));
    assertEquals(
        Path.of("/opt/real/python3.9"), found.program(managed(Language.PYTHON, "Python3.6")));
    assertTrue(Files.exists(python));
  }

  @Test
  void missingProgramIsNamedWithWhatToInstallAndWhatToSet() {
    Interpreters found =
        Interpreters.find(InterpretersConfig.DEFAULT, top.resolve("bin").toString(), false);
    assertEquals(
        "python3 was not found on the PATH: install it (Debian: apt-get install python3) or set"
            + " runtime.managed.interpreters.python3",
        found.problem(managed(Language.PYTHON, "python3")).orElseThrow());
    assertEquals(
        "node was not found on the PATH: install it (Debian: apt-get install nodejs) or set"
            + " runtime.managed.interpreters.nodejs",
        found.problem(managed(Language.NODEJS, "nodejs20")).orElseThrow());
  }

  @Test
  void programThatDoesNotWorkIsNamedWithWhatItSays() throws Exception {
    Path python = script("bin/python3", "echo no such version; exit 127");
    String problem =
        find(InterpretersConfig.DEFAULT, false)
            .problem(managed(Language.PYTHON, "python3"))
            .orElseThrow();
    assertTrue(
        problem.startsWith(python + " does not work (exit code 127 no such version)"), problem);
  }

  @Test
  void exactNameHasItsOwnProgramAndOthersTheMachines() throws Exception {
    script("bin/python3", "echo 3.9.1");
    Path newer = script("newer", "echo 3.12.0");
    InterpretersConfig config =
        new InterpretersConfig(
            "python3", "node", Optional.empty(), Map.of("python3.12", newer.toString()));
    Interpreters found = find(config, false);
    assertEquals("3.12.0", found.version(managed(Language.PYTHON, "Python3.12")));
    assertEquals("3.9.1", found.version(managed(Language.PYTHON, "python3.10")));
  }

  @Test
  void javaIsTheServersOwn() {
    Interpreters found = find(InterpretersConfig.DEFAULT, false);
    assertEquals(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        found.program(managed(Language.JAVA, "java11")));
  }

  @Test
  void programsThatAreProgramsOfTheirOwnNeedNothing() {
    Interpreters found = find(InterpretersConfig.DEFAULT, false);
    assertEquals(Optional.empty(), found.problem(managed(Language.CUSTOM_API, "custom")));
  }

  @Test
  void programThatOthersMayNotReachIsPassedOver() throws Exception {
    Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path at = top; at != null; at = at.getParent()) {
      assumeTrue(
          Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE),
          "the temporary directory is not open to others: " + at);
    }
    script("bin/python3", "echo 3.9.1");
    Files.setPosixFilePermissions(top.resolve("bin"), PosixFilePermissions.fromString("rwx------"));
    Path open = script("open/python3", "echo 3.10.0");
    String path = top.resolve("bin") + ":" + top.resolve("open") + ":" + SYSTEM;
    Interpreters found = Interpreters.find(InterpretersConfig.DEFAULT, path, true);
    assertEquals(open, found.program(managed(Language.PYTHON, "python3")));
    Interpreters closed =
        Interpreters.find(InterpretersConfig.DEFAULT, top.resolve("bin").toString(), true);
    String problem = closed.problem(managed(Language.PYTHON, "python3")).orElseThrow();
    assertTrue(problem.contains("cannot be executed by the user that functions run as"), problem);
  }

  private Path script(String name, String line) throws IOException {
    Path script = top.resolve(name);
    Files.createDirectories(script.getParent());
    Files.writeString(script, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  private Interpreters find(InterpretersConfig config, boolean forOthers) {
    return Interpreters.find(config, top.resolve("bin") + ":" + SYSTEM, forOthers);
  }

  private static Managed managed(Language language, String name) {
    ManagedBuilder managed = new ManagedBuilder(language, name);
    managed.handler = "index.handler";
    return managed.build();
  }
}
