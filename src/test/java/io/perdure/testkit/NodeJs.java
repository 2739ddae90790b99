package io.perdure.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The machine's Node.js. */
public final class NodeJs {
  private NodeJs() {}

  /** Skips a test where there is none. */
  public static void require() {
    boolean found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "node")));
    assumeTrue(found, "skipped: there is no node on the PATH");
  }
}
