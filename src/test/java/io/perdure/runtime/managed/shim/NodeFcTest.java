package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Node.js functions as Function Compute's documentation tells people to write them. */
class NodeFcTest {
  @TempDir Path code;

  private ShimPeer fc(String text) throws IOException {
    return NodeShims.index(code, text).with("flavour", "fc3").ready();
  }

  @Test
  void eventIsABufferAlsoWhenItIsJson() throws IOException {
    String text =
        """
        exports.handler = (event, context, callback) =>
          callback(null, Buffer.isBuffer(event) + ' ' + event.toString());
        """;
    try (ShimPeer node = fc(text)) {
      assertEquals("true {\"a\":1}", node.result("{\"a\":1}"));
    }
  }

  @Test
  void textAndBufferComeBackAsTheyAreAndObjectsAsJson() throws IOException {
    String text =
        """
        const values = { text: 'plain', buffer: Buffer.from([0, 255]), object: { a: [1] } };
        exports.handler = (event, context, callback) => { callback(null, values[event]); };
        """;
    try (ShimPeer node = fc(text)) {
      assertEquals("plain", node.result("text"));
      assertArrayEquals(new byte[] {0, -1}, node.call("buffer").body());
      assertEquals("{\"a\":[1]}", node.result("object"));
    }
  }

  @Test
  void promiseLikewise() throws IOException {
    try (ShimPeer node = fc("exports.handler = async (event, context) => ({ got: `${event}` });")) {
      assertEquals("{\"got\":\"x\"}", node.result("x"));
    }
  }

  @Test
  void callbackDoesNotWaitForAnEmptyLoop() throws IOException {
    String text =
        """
        exports.handler = (event, context, callback) => {
          setInterval(() => {}, 1000);
          callback(null, 'done');
        };
        """;
    try (ShimPeer node = fc(text)) {
      assertEquals("done", node.result(""));
    }
  }

  @Test
  void contextHasTheDocumentedFields() throws IOException {
    Files.writeString(
        code.resolve("index.js"), "exports.handler = async (event, context) => context;");
    Map<String, String> keys =
        Map.of(
            "ALIBABA_CLOUD_ACCESS_KEY_ID", "id",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret",
            "ALIBABA_CLOUD_SECURITY_TOKEN", "token");
    try (ShimPeer node = NodeShims.start(code, keys)) {
      node.with("flavour", "fc2").with("initializer", null).ready();
      JsonObject context = new JsonObject(node.result(""));
      assertEquals("r-1", context.getString("requestId"));
      JsonObject credentials = context.getJsonObject("credentials");
      assertEquals("id", credentials.getString("accessKeyId"));
      assertEquals("secret", credentials.getString("accessKeySecret"));
      assertEquals("token", credentials.getString("securityToken"));
      JsonObject function = context.getJsonObject("function");
      assertEquals("resize", function.getString("name"));
      assertEquals("index.handler", function.getString("handler"));
      assertEquals(256, function.getInteger("memory"));
      assertEquals(3, function.getInteger("timeout"));
      JsonObject service = context.getJsonObject("service");
      assertEquals("pictures", service.getString("name"));
      assertEquals("live", service.getString("qualifier"));
      assertEquals("7", service.getString("versionId"));
      assertEquals("", service.getString("logProject"));
      assertEquals("", service.getString("logStore"));
      assertEquals("ap-guangzhou", context.getString("region"));
      assertEquals("1250000000", context.getString("accountId"));
      assertEquals(
          "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1",
          context.getJsonObject("tracing").getString("openTracingSpanContext"));
    }
  }

  @Test
  void loggerWritesTimeRequestAndLevel() throws Exception {
    try (ShimPeer node =
        fc("exports.handler = async (e, context) => { context.logger.info('hello'); };")) {
      node.result("");
      node.printed("hello\n");
      assertTrue(Pattern.matches("\\S+Z r-1 \\[INFO\\] hello\n", node.output()), node.output());
    }
  }

  @Test
  void errorOfTheCallbackIsHandledAndHasItsType() throws IOException {
    try (ShimPeer node = fc("exports.handler = (e, c, callback) => callback(new Error('oops'));")) {
      JsonObject error = node.error("").json();
      assertTrue(error.getBoolean("handled"));
      assertEquals("oops", error.getString("errorMessage"));
      assertEquals("Error", error.getString("errorType"));
      assertFalse(error.getJsonArray("stackTrace").isEmpty());
    }
  }

  @Test
  void textOfTheCallbackIsTheMessageAndNothingElse() throws IOException {
    try (ShimPeer node = fc("exports.handler = (e, c, callback) => callback('oops');")) {
      JsonObject error = node.error("").json();
      assertTrue(error.getBoolean("handled"));
      assertEquals("oops", error.getString("errorMessage"));
      assertFalse(error.containsKey("errorType") || error.containsKey("stackTrace"), error::encode);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "() => { throw new Error('oops'); }",
        "async () => { throw new Error('oops'); }",
        "(e, c, callback) => { setTimeout(() => { throw new Error('oops'); }, 1); }"
      })
  void thrownErrorIsUnhandled(String handler) throws IOException {
    try (ShimPeer node = fc("exports.handler = " + handler)) {
      JsonObject error = node.error("").json();
      assertFalse(error.getBoolean("handled"));
      assertEquals("oops", error.getString("errorMessage"));
      assertEquals("FunctionUnhandledError: Error", error.getString("errorType"));
    }
  }

  @Test
  void thrownErrorOfAnotherClassKeepsItsName() throws IOException {
    try (ShimPeer node = fc("exports.handler = () => { null.x; };")) {
      assertEquals("TypeError", node.error("").json().getString("errorType"));
    }
  }

  @Test
  void initializerGetsAContext() throws IOException {
    String text =
        """
        let name;
        exports.initialize = (context, callback) => { name = context.function.name; callback(); };
        exports.handler = async () => name;
        """;
    try (ShimPeer node = NodeShims.index(code, text)) {
      node.with("flavour", "fc3").with("initializer", "index.initialize").ready();
      assertEquals("resize", node.result(""));
    }
  }
}
