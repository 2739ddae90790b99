package io.perdure.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Certificates for the nodes of a cluster, as {@code scripts/certificates} makes them. */
public final class Certificates {
  private static final Path SCRIPT = Path.of("scripts", "certificates").toAbsolutePath();

  private Certificates() {}

  /** Makes in {@code dir} those of {@code nodes}, each {@code name=host,...}; needs bash. */
  public static void make(Path dir, String... nodes) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: there is no bash");
    Path said = Files.createTempFile("certificates", ".log");
    List<String> command = new ArrayList<>(List.of("/bin/bash", SCRIPT.toString(), dir.toString()));
    command.addAll(List.of(nodes));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.redirectOutput(said.toFile()).start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), "not made within two minutes");
      assertEquals(0, process.exitValue(), Files.readString(said));
    } finally {
      process.destroyForcibly();
      Files.delete(said);
    }
  }
}
