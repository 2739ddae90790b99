package io.perdure.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CrashTest {
  private static final Path JAR = Path.of("target/perdure.jar");
  private static final Path CLASSES = Path.of("target/classes");
  private static final Path DIRECTORY = Path.of("target/crash-test").toAbsolutePath();

  @Test
  void nothingAcknowledgedIsLostOrFinishedTwiceWhateverMomentTheNodeIsKilledAt() throws Exception {
    long seed = CrashOptions.property("perdure.seed", System.nanoTime());
    int rounds = (int) CrashOptions.property("perdure.crash.rounds", CrashOptions.ROUNDS);
    String replay = "replay: -Dperdure.seed=" + seed + " -Dperdure.crash.rounds=" + rounds;
    deleteTree(DIRECTORY);

    var options = new CrashOptions(rounds, seed, CrashOptions.CLIENTS, command(), DIRECTORY);
    CrashRun.Outcome outcome = new CrashRun(options).run();

    String text = replay + "\n" + outcome.text();
    System.out.println(text);
    assertEquals(List.of(), outcome.violations(), text);
    assertTrue(outcome.counts().get("acknowledged") > rounds, "too little load\n" + text);
    deleteTree(DIRECTORY); // what a failure leaves is worth reading
  }

  /** The fat jar when it is what was compiled, otherwise the same classes without it. */
  private static List<String> command() throws IOException {
    String java = System.getProperty("java.home") + "/bin/java";
    List<String> quickStart =
        List.of(java, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    List<String> what =
        Files.exists(JAR) && modified(JAR).compareTo(newest(CLASSES)) >= 0
            ? List.of("-jar", JAR.toString())
            : List.of("-cp", System.getProperty("java.class.path"), "io.perdure.Main");
    return Stream.concat(quickStart.stream(), what.stream()).toList();
  }

  private static FileTime newest(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      FileTime newest = FileTime.fromMillis(0);
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        newest = modified(file).compareTo(newest) > 0 ? modified(file) : newest;
      }
      return newest;
    }
  }

  private static FileTime modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  private static void deleteTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
