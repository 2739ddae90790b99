package io.perdure.runtime.managed.shim;

import io.perdure.invocation.RuntimeSpec.Managed;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How the shim for Java is started: its classes, taken from the server's own class path. */
final class JavaShim {
  /** All of its package, with the dollars of nested ones; a test compares. */
  static final List<String> CLASSES =
      List.of(
          "Call",
          "CallThread",
          "CallThread$Work",
          "Code",
          "Contexts",
          "Contexts$Answers",
          "Contexts$Computed",
          "Failure",
          "Failure$HandlerNotFound",
          "Failure$WrongEvent",
          "FromJson",
          "FromJson$Mismatch",
          "Handler",
          "Instance",
          "Instance$Flavour",
          "Json",
          "Json$Malformed",
          "Main",
          "Main$1",
          "Main$2",
          "Main$3",
          "Output",
          "Prepare",
          "Properties",
          "Properties$1",
          "Result",
          "ToJson",
          "ToJson$Unwritable",
          "Wire");

  private static final String PACKAGE = "io.perdure.shim";

  private JavaShim() {}

  /** Where the classes are, as resources. */
  static List<String> resources() {
    String directory = "/" + PACKAGE.replace('.', '/') + "/";
    return CLASSES.stream().map(name -> directory + name + ".class").toList();
  }

  /** Behind {@code java}: flags for a small process, the classes, and the main one. */
  static List<String> arguments(Path directory, Managed spec) {
    return Stream.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // with the collector: 22 MB less of each warm instance
            "-Xshare:auto",
            "-XX:-UsePerfData", // a file in a directory that all would share
            "-XX:+ExitOnOutOfMemoryError", // exit code 3
            "-XX:+ErrorFileToStderr",
            "-Xms16m",
            "-Xmx" + heapMb(spec.memoryMb()) + "m",
            "-Dfile.encoding=UTF-8",
            "-cp",
            directory.toString(),
            PACKAGE + ".Main")
        .toList();
  }

  /** What remains for objects: the JVM and its classes take 64 to 128 MB themselves. */
  static int heapMb(int memoryMb) {
    return Math.max(memoryMb / 2, memoryMb - 128);
  }
}
