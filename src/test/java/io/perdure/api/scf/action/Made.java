package io.perdure.api.scf.action;

import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.Zips;
import java.util.Base64;

/** Functions for tests, made by the API. */
final class Made {
  static final String TEXT = "def main_handler(event, context):\n    return event\n";
  static final byte[] ZIP_BYTES = Zips.of("index.py", TEXT);
  static final String ZIP = Base64.getEncoder().encodeToString(ZIP_BYTES);

  private Made() {}

  /** A Python function with {@code more} parameters, each begun with a comma. */
  static void function(ScfTester scf, String name, String more) {
    scf.ok("CreateFunction", body(name, more));
  }

  /** What it is created with. */
  static String body(String name, String more) {
    return "{'FunctionName':'"
        + name
        + "','Code':{'ZipFile':'"
        + ZIP
        + "'},'Handler':'index.main_handler','Runtime':'Python3.10'"
        + more
        + "}";
  }

  /** {@code FunctionName} and {@code more} parameters, each begun with a comma. */
  static String named(String name, String more) {
    return "{'FunctionName':'" + name + "'" + more + "}";
  }
}
