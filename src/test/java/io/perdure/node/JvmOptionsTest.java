package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file {@code conf/jvm.options}, with the Java that runs the tests. */
class JvmOptionsTest {
  private static final String OPTIONS = "conf/jvm.options";
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path directory;

  @Test
  void areTakenByThisJvm() throws Exception {
    String flags = java("@" + OPTIONS, "-XX:+PrintFlagsFinal", "-version");
    assertTrue(flags.matches("(?s).*\\bMaxHeapSize *= 805306368 .*"), flags);
    assertTrue(flags.matches("(?s).*\\bUseParallelGC *= true .*"), flags);
  }

  @Test
  void sayNothingOfAnArchiveThatIsMissingOrAnothersAndGoOn() throws Exception {
    Path damaged = Files.writeString(directory.resolve("damaged.jsa"), "no archive");
    for (Path archive : new Path[] {directory.resolve("none.jsa"), damaged}) {
      String said = java("@" + OPTIONS, "-XX:SharedArchiveFile=" + archive, "-Xinternalversion");
      assertEquals(1, said.strip().lines().count(), said);
    }
  }

  @Test
  void areWhatTheScriptsStartANodeWith() throws IOException {
    for (String script : new String[] {"scripts/run", "scripts/archive"}) {
      String text = Files.readString(Path.of(script));
      assertTrue(text.contains("\"@$root/" + OPTIONS + "\""), script);
    }
  }

  private String java(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it does not end");
      String said = Files.readString(output);
      assertEquals(0, process.exitValue(), said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
