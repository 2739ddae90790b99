package io.perdure.api.scf;

import static io.perdure.api.scf.ScfRuns.json;
import static io.perdure.api.scf.ScfRuns.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Function.Flavour;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Status codes of the cloud as real functions in several runtimes come to them. */
@Timeout(120)
class FailureCodesTest {
  private static final String NODE =
      """
      exports.main_handler = async (event, context) => {
        console.log('got', event);
        switch (event.do) {
          case 'throw': throw new TypeError('no good');
          case 'exit': process.exit(3);
          case 'id': return context.request_id;
          case 'text': return 'Hello';
        }
      };
      exports.back = (event, context, callback) => callback(new Error('called back'));
      """;
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(3);

  private static ScfTester scf;
  private static ScfRuns functions;

  @TempDir private Path code;

  @BeforeAll
  static void start() {
    Python.require();
    scf = ScfTester.start(Map.of());
    functions = new ScfRuns(scf);
    scf.node().deploy("node", ScfRuns.nodejs(), Map.of("index.js", NODE));
  }

  @AfterAll
  static void stop() {
    if (scf != null) {
      scf.close();
    }
  }

  private static JsonNode node(String what) {
    return functions.invoke("node", ",'ClientContext':" + quoted("{'do':'" + what + "'}"));
  }

  @Test
  void nodeFunctionReturnsItsValueAsJson() {
    assertEquals("\"Hello\"", node("text").path("RetMsg").asText());
    assertEquals("null", node("nothing").path("RetMsg").asText());
    JsonNode result = node("id");
    assertEquals(
        result.path("FunctionRequestId").asText(), json(result.path("RetMsg").asText()).asText());
  }

  @Test
  void rejectedPromiseIs430WithItsStack() {
    JsonNode result = node("throw");
    assertEquals(430, result.path("InvokeResult").asInt());
    assertTrue(result.path("ErrMsg").asText().contains("TypeError: no good"), result::toString);
    assertTrue(result.path("ErrMsg").asText().contains("index.js"), result::toString);
  }

  @Test
  void errorOfACallbackIs430() {
    scf.node()
        .deploy(
            "back",
            FunctionSpec.nodejs("index.back").withFlavour(Flavour.SCF),
            Map.of("index.js", NODE));
    JsonNode result = functions.invoke("back", "");
    assertEquals(430, result.path("InvokeResult").asInt());
    assertTrue(result.path("ErrMsg").asText().contains("called back"), result::toString);
  }

  @Test
  void endOfANodeProcessIs439() {
    assertEquals(439, node("exit").path("InvokeResult").asInt());
  }

  @Test
  void brokenNodeModuleIs430AndAMissingHandler437() {
    scf.node().deploy("syntax", ScfRuns.nodejs(), Map.of("index.js", "exports.("));
    assertEquals(430, functions.invoke("syntax", "").path("InvokeResult").asInt());
    scf.node().deploy("nothing", ScfRuns.nodejs(), Map.of("index.js", "exports.x = 1;"));
    assertEquals(437, functions.invoke("nothing", "").path("InvokeResult").asInt());
  }

  @Test
  void memoryBeyondTheLimitIs434() {
    functions.python(
        "greedy", "def main_handler(event, context):\n    return len(bytearray(4 << 30))\n");
    JsonNode result = functions.invoke("greedy", "");
    assertEquals(434, result.path("InvokeResult").asInt());
    assertTrue(result.path("ErrMsg").asText().startsWith("MemoryLimitReached"), result::toString);
  }

  @Test
  void bootstrapThatExitsOrIsNotThereIs405() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\nexit 7\n");
    scf.node().deploy("exits", custom(), code);
    assertEquals(405, functions.invoke("exits", "").path("InvokeResult").asInt());
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\n");
    scf.node().deploy("bare", custom(), Map.of("other", "x"));
    assertEquals(405, functions.invoke("bare", "").path("InvokeResult").asInt());
  }

  @Test
  void customRuntimeAnswersWithTextAsItIs() throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    scf.node().deploy("fetches", custom(), code);
    JsonNode result = functions.invoke("fetches", ",'ClientContext':" + quoted("'one'"));
    assertTrue(result.path("RetMsg").asText().endsWith("\"ONE\""), result::toString);
    assertEquals(0, result.path("InvokeResult").asInt(-1));
  }

  @Test
  void bootstrapThatNeverGetsReadyIs450() throws Exception {
    assertEquals(450, neverReady("bootstrap", custom()).path("InvokeResult").asInt());
  }

  @Test
  void webServerThatNeverListensIs446() throws Exception {
    FunctionSpec web = FunctionSpec.web().withFlavour(Flavour.SCF);
    assertEquals(446, neverReady("scf_bootstrap", web).path("InvokeResult").asInt());
  }

  private static FunctionSpec custom() {
    return FunctionSpec.customRuntimeApi().withFlavour(Flavour.SCF);
  }

  /** Invokes a program that says by connecting that it runs, and does nothing else. */
  private JsonNode neverReady(String program, FunctionSpec spec) throws Exception {
    try (ServerSocket ready = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ready.setSoTimeout(30_000);
      CustomProgram.script(
          code.resolve(program),
          """
          #!/bin/sh
          exec python3 -c "
          import socket, time
          socket.create_connection(('127.0.0.1', %d)).close()
          time.sleep(60)"
          """
              .formatted(ready.getLocalPort()));
      scf.node()
          .deploy(
              "idle",
              spec.withManaged(next -> next.initTimeoutMillis = INIT_TIMEOUT.toMillis()),
              code);
      CompletableFuture<JsonNode> answer =
          CompletableFuture.supplyAsync(() -> functions.invoke("idle", ""));
      ready.accept().close();
      scf.node().clock().advance(INIT_TIMEOUT);
      return answer.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void pausedFunctionIs438() {
    functions.served("paused", 0, Future::succeededFuture);
    NodeApi api = NodeApi.of(scf.node());
    api.post(NodeApi.function("paused") + ":pause", "").expect(200);
    assertEquals(438, functions.invoke("paused", "").path("InvokeResult").asInt());
  }

  @Test
  void eventWhoseAliasIsDeletedBeforeItRanIs442() {
    functions.served("aliased", 0, Future::succeededFuture);
    ScfRuns.done(scf.node().client().functions().publishVersion("aliased", ""));
    NodeApi api = NodeApi.of(scf.node());
    String function = NodeApi.function("aliased");
    byte[] route = "{\"version\":\"1\"}".getBytes(UTF_8);
    api.send("PUT", function + "/aliases/prod", route).expect(201);
    api.post(function + ":pause", "").expect(200);
    String id =
        functions
            .invoke("aliased", ",'InvocationType':'Event','Qualifier':'prod'")
            .path("FunctionRequestId")
            .asText();
    api.send("DELETE", function + "/aliases/prod", new byte[0]).expect(204);
    api.post(function + ":resume", "").expect(200);
    assertEquals(442, functions.ended(id).path("StatusCode").asInt());
    assertEquals("FAILED", functions.status(id).path("Status").asText());
  }

  @Test
  void eventThatWaitsLongerThanItsAgeIs432() {
    functions.served("aging", 0, Future::succeededFuture);
    ScfRuns.done(
        scf.node()
            .client()
            .functions()
            .put(
                "aging",
                FunctionSpec.eventBus("test.aging")
                    .withFlavour(Flavour.SCF)
                    .withEventAge(Duration.ofHours(6))));
    NodeApi api = NodeApi.of(scf.node());
    api.post(NodeApi.function("aging") + ":pause", "").expect(200);
    String id = functions.event("aging");
    scf.node().clock().advance(Duration.ofHours(6));
    scf.node().sweep();
    assertEquals(432, functions.ended(id).path("StatusCode").asInt());
    JsonNode entry =
        functions
            .requests(
                "aging", id + "','EndTime':'2026-01-31 00:00:00','StartTime':'2025-12-31 00:00:00")
            .get(0);
    assertEquals(-1, entry.path("RetCode").asInt());
  }
}
