package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.managed.shim.ShimPeer.RESULT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.runtime.managed.shim.ShimPeer.Frame;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Node.js functions as SCF's documentation tells people to write them. */
class NodeScfTest {
  @TempDir Path code;

  private ShimPeer scf(String handler) throws IOException {
    return NodeShims.index(code, handler)
        .with("flavour", "scf")
        .with("handler", "index.main_handler")
        .ready();
  }

  @Test
  void valueOfThePromiseIsTheResultAsJson() throws IOException {
    try (ShimPeer node = scf("exports.main_handler = async (event, context) => event.key1;")) {
      assertEquals("\"value\"", node.result("{\"key1\": \"value\"}"));
    }
  }

  @Test
  void nothingIsNull() throws IOException {
    try (ShimPeer node = scf("exports.main_handler = async () => {};")) {
      assertEquals("null", node.result("{}"));
    }
  }

  @Test
  void absentEventIsAnEmptyObject() throws IOException {
    try (ShimPeer node = scf("exports.main_handler = async (event) => event;")) {
      assertEquals("{}", node.result(""));
    }
  }

  @Test
  void eventThatIsNoJsonFails() throws IOException {
    try (ShimPeer node = scf("exports.main_handler = async (event) => event;")) {
      assertEquals("InvalidParameterValue", node.error("{").json().getString("errorType"));
    }
  }

  @Test
  void contextHasTheDocumentedFields() throws IOException {
    String text =
        """
        exports.main_handler = async (event, context) =>
          ({ fields: context, left: context.getRemainingTimeInMillis() });
        """;
    try (ShimPeer node = scf(text)) {
      JsonObject answer = new JsonObject(node.result("{}"));
      JsonObject context = answer.getJsonObject("fields");
      assertEquals(
          Set.of(
              "callbackWaitsForEmptyEventLoop",
              "memory_limit_in_mb",
              "time_limit_in_ms",
              "request_id",
              "environment",
              "environ",
              "function_version",
              "function_name",
              "namespace",
              "tencentcloud_region",
              "tencentcloud_appid",
              "tencentcloud_uin"),
          context.fieldNames());
      assertEquals(256, context.getValue("memory_limit_in_mb"));
      assertEquals(3000, context.getValue("time_limit_in_ms"));
      assertEquals("r-1", context.getValue("request_id"));
      assertEquals("{\"SCF_NAMESPACE\":\"pictures\"}", context.getValue("environment"));
      assertEquals("SCF_NAMESPACE=pictures;SCF_NAMESPACE=pictures", context.getValue("environ"));
      assertEquals("7", context.getValue("function_version"));
      assertEquals("ap-guangzhou", context.getValue("tencentcloud_region"));
      assertEquals("1250000000", context.getValue("tencentcloud_appid"));
      assertTrue(answer.getInteger("left") > 30_000, answer::encode);
    }
  }

  @Test
  void callbackGivesTheResultWhenTheLoopIsEmpty() throws Exception {
    String text =
        """
        exports.main_handler = (event, context, callback) => {
          setTimeout(() => console.log('rest'), 20);
          callback(null, { ok: true });
        };
        """;
    try (ShimPeer node = scf(text)) {
      assertEquals("{\"ok\":true}", node.result("{}"));
      node.printed("rest"); // fails when the rest is cut off by the end of the process
      assertTrue(node.output().contains("\tr-1\trest"), "the rest belongs to the call");
    }
  }

  @Test
  void callbackNeedNotWaitForAnEmptyLoop() throws IOException {
    String text =
        """
        exports.main_handler = (event, context, callback) => {
          context.callbackWaitsForEmptyEventLoop = false;
          setInterval(() => {}, 1000);
          callback(null, 'at once');
        };
        """;
    try (ShimPeer node = scf(text)) {
      assertEquals("\"at once\"", node.result("{}"));
      assertEquals("\"at once\"", node.result("{}"), "the next call does not wait either");
    }
  }

  @Test
  void answerIsNotLostToAConnectionThatStaysOpen() throws IOException {
    String text =
        """
        exports.main_handler = (event, context, callback) => {
          setInterval(() => {}, 1000);
          callback(null, 'known');
        };
        """;
    try (ShimPeer node = scf(text)) {
      node.begin("{}".getBytes(UTF_8), System.currentTimeMillis() + 300);
      Frame answer = node.expect(RESULT);
      assertEquals("\"known\"", answer.text());
    }
  }

  @Test
  void callbackMayComeLater() throws IOException {
    String text =
        """
        exports.main_handler = (event, context, callback) => {
          setTimeout(() => callback(null, 1), 5);
        };
        """;
    try (ShimPeer node = scf(text)) {
      assertEquals("1", node.result("{}"));
    }
  }

  @Test
  void callbackThatIsNeverCalledGivesNull() throws IOException {
    try (ShimPeer node = scf("exports.main_handler = (event, context, callback) => {};")) {
      assertEquals("null", node.result("{}"));
    }
  }

  @Test
  void errorOfTheCallbackAndRejectionFail() throws IOException {
    String text =
        """
        exports.main_handler = (event, context, callback) => {
          if (event.how === 'callback') return callback(new Error('told'));
          return Promise.reject(new RangeError('rejected'));
        };
        """;
    try (ShimPeer node = scf(text)) {
      JsonObject told = node.error("{\"how\": \"callback\"}").json();
      assertEquals(
          List.of("Error", "told", true),
          List.of(
              told.getString("errorType"),
              told.getString("errorMessage"),
              told.getBoolean("handled")));
      JsonObject rejected = node.error("{}").json();
      assertEquals(
          List.of("RangeError", "rejected", false),
          List.of(
              rejected.getString("errorType"),
              rejected.getString("errorMessage"),
              rejected.getBoolean("handled")));
    }
  }

  @Test
  void linesOfTheConsoleBeginWithTimeAndRequest() throws Exception {
    String text =
        """
        exports.main_handler = async () => { console.log('a %d', 1); console.error({ b: 2 }); };
        """;
    try (ShimPeer node = scf(text)) {
      node.result("{}");
      node.printed("{ b: 2 }\n");
      String line = "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\tr-1\t";
      String lines = line + "a 1\n" + line + "\\{ b: 2 \\}\n";
      assertTrue(Pattern.matches(lines, node.output()), node.output());
    }
  }
}
