package io.perdure.api.scf.action;

import io.perdure.api.scf.ScfTester;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.About;
import io.perdure.invocation.Function.Flavour;
import java.time.Duration;
import java.util.Map;

/** Functions of SCF on the node of a test, in namespace {@code default}, with code to look at. */
final class ScfFunctions {
  private final ScfTester scf;

  ScfFunctions(ScfTester scf) {
    this.scf = scf;
  }

  /** A Python function of 128 MB and 3 s. */
  void put(String name) {
    put(name, "");
  }

  /** The same, with what this dialect keeps of it. */
  void put(String name, String extra) {
    put(name, extra, 128);
  }

  void put(String name, String extra, int memoryMb) {
    FunctionSpec spec = FunctionSpec.python3("index.main_handler").withMemoryMb(memoryMb);
    scf.node()
        .deploy(
            name,
            new FunctionSpec(
                Flavour.SCF,
                new About("what " + name + " does", Map.of(), extra),
                spec.runtime(),
                Duration.ofSeconds(3),
                spec.concurrency(),
                spec.retry(),
                spec.eventAge(),
                spec.retention()),
            Map.of("index.py", "def main_handler(event, context):\n  return 1\n"));
  }

  /** Its next version. */
  String publish(String name) {
    return scf.ok("PublishVersion", "{'FunctionName':'" + name + "'}")
        .path("FunctionVersion")
        .asText();
  }
}
