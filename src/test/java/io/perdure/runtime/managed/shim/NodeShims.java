package io.perdure.runtime.managed.shim;

import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.testkit.NodeJs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Node.js instances for tests; skips the test where there is no Node.js. */
final class NodeShims {
  private NodeShims() {}

  /** An instance that runs {@code index.js} with this text; told nothing yet. */
  static ShimPeer index(Path code, String text) throws IOException {
    Files.writeString(code.resolve("index.js"), text);
    return start(code, Map.of());
  }

  static ShimPeer start(Path code, Map<String, String> env) throws IOException {
    NodeJs.require();
    return ShimPeer.start(Language.NODEJS, List.of("node"), code, env);
  }
}
