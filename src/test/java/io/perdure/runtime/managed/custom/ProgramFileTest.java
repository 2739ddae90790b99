package io.perdure.runtime.managed.custom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.managed.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramFileTest {
  @TempDir private Path code;
  private final CustomSpec spec = new CustomSpec(Language.CUSTOM_API, Flavour.NATIVE);

  @Test
  void programIsTheBootstrapInTheRoot() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\n");
    assertEquals(List.of(code.resolve("bootstrap").toString()), argv());
  }

  @Test
  void scriptMayPassArgumentsToItsInterpreter() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#! /bin/sh -e\n");
    assertEquals(List.of(code.resolve("bootstrap").toString()), argv());
  }

  @Test
  void executableNeedsNoFirstLine() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "\u007fELF\u0002\u0001\u0001\u0000");
    assertEquals(List.of(code.resolve("bootstrap").toString()), argv());
  }

  @Test
  void missingBootstrapIsNamed() {
    assertMissing("the code has no file bootstrap");
  }

  @Test
  void directoryIsNoBootstrap() throws IOException {
    Files.createDirectory(code.resolve("bootstrap"));
    assertMissing("the code has no file bootstrap");
  }

  @Test
  void bootstrapWithoutTheRightToExecuteIsRefusedWithWhatToDo() throws IOException {
    Files.writeString(code.resolve("bootstrap"), "#!/bin/sh\n");
    assertEquals(
        new RunError(
            Kind.FUNCTION,
            "BootstrapNotExecutable",
            "bootstrap is not executable: chmod +x it before it is packed"),
        failure());
  }

  @Test
  void scriptWithoutItsFirstLineIsRefused() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "echo hello\n");
    assertMissing("bootstrap is a script whose first line is not #!/path/of/its/interpreter");
  }

  @Test
  void scriptThatBeginsWithAByteOrderMarkIsRefused() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "\ufeff#!/bin/sh\n");
    assertMissing("bootstrap is a script whose first line is not #!/path/of/its/interpreter");
  }

  @Test
  void emptyBootstrapIsRefused() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "");
    assertMissing("bootstrap is a script whose first line is not #!/path/of/its/interpreter");
  }

  @Test
  void linesOfAnotherSystemAreRefused() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\r\necho\r\n");
    assertMissing("bootstrap has lines that end in CR LF: save it with LF alone");
  }

  @Test
  void interpreterThatIsNotThereIsNamed() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/opt/none/php -q\n");
    assertMissing("bootstrap asks for /opt/none/php, which is not on this machine");
  }

  @Test
  void commandBelowTheCodeIsFoundThere() throws IOException {
    Files.createDirectory(code.resolve("bin"));
    CustomProgram.script(code.resolve("bin/run"), "#!/bin/sh\n");
    spec.command = List.of("./bin/run", "fast");
    assertEquals(List.of(code.resolve("bin/run").toString(), "fast"), argv());
  }

  @Test
  void bareNameIsAFileOfTheCodeFirst() throws IOException {
    CustomProgram.script(code.resolve("sh"), "#!/bin/sh\n");
    spec.command = List.of("sh");
    assertEquals(List.of(code.resolve("sh").toString()), argv());
  }

  @Test
  void bareNameIsElseAProgramOfTheMachine() {
    spec.command = List.of("python3", "app.py");
    assertEquals(List.of("python3", "app.py"), argv());
  }

  @Test
  void commandCannotLeadOutOfTheCode() {
    spec.command = List.of("../../bin/sh");
    assertMissing("../../bin/sh leads out of the code");
  }

  @Test
  void commandThatIsNoNameOfAFileIsRefused() {
    spec.command = List.of("run\u0000");
    assertTrue(failure().message().startsWith("no file can be named so"), failure().message());
  }

  @Test
  void vendorsPlaceOfTheCodeIsOurs() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\n");
    spec.flavour = Flavour.FC3;
    spec.command = List.of("/code/bootstrap", "/code", "/codes");
    assertEquals(List.of(code.resolve("bootstrap").toString(), code.toString(), "/codes"), argv());
    spec.flavour = Flavour.SCF;
    spec.command = List.of("/var/user/bootstrap");
    assertEquals(List.of(code.resolve("bootstrap").toString()), argv());
  }

  private List<String> argv() {
    return ProgramFile.argv(spec.blueprint(code), "bootstrap");
  }

  private RunError failure() {
    return assertThrows(StartFailure.class, this::argv).error();
  }

  private void assertMissing(String message) {
    assertEquals(new RunError(Kind.FUNCTION, "BootstrapMissing", message), failure());
  }
}
