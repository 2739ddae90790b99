package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.RuntimeSpec.Language;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Node.js instances for tests; skips the test where there is no Node.js. */
final class NodeShims {
  private NodeShims() {}

  /** An instance that runs {@code index.js} with this text; told nothing yet. */
  static ShimPeer index(Path code, String text) throws IOException {
    Files.writeString(code.resolve("index.js"), text);
    return start(code, Map.of());
  }

  static ShimPeer start(Path code, Map<String, String> env) throws IOException {
    boolean found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "node")));
    assumeTrue(found, "there is no node on the PATH");
    return ShimPeer.start(Language.NODEJS, List.of("node"), code, env);
  }
}
