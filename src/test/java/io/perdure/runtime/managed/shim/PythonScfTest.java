package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.managed.shim.LanguageBench.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversation.Answer.Returned;
import io.perdure.runtime.managed.shim.LanguageBench.Instance;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What SCF's documentation promises functions in Python, in real processes. */
@ExtendWith(VertxExtension.class)
class PythonScfTest {
  private LanguageBench python;

  @BeforeEach
  void open(Vertx vertx, @TempDir Path directory) {
    python = new LanguageBench(vertx, directory, Language.PYTHON);
  }

  @AfterEach
  void close() throws Exception {
    python.close();
  }

  private Instance mainHandler(String... body) throws Exception {
    return python
        .spec()
        .flavour(Flavour.SCF)
        .handler("index.main_handler")
        .file("index.py", "def main_handler(event, context):", "    " + String.join("\n    ", body))
        .ready();
  }

  @Test
  void eventIsADict() throws Exception {
    assertEquals("\"v1\"", mainHandler("return event['key1']").returns("{\"key1\": \"v1\"}"));
  }

  @Test
  void eventOfAnEmptyPayloadIsAnEmptyDict() throws Exception {
    assertEquals("{}", mainHandler("return event").returns(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"'Hello World' | \"Hello World\"", "None | null", "{'a': [1]} | {\"a\": [1]}"})
  void returnValueIsSerialisedAsJson(String value, String expected) throws Exception {
    assertEquals(expected, mainHandler("return " + value).returns("{}"));
  }

  @Test
  void contextIsADictWithTheDocumentedFields() throws Exception {
    Instance instance = mainHandler("return context");
    Call call = instance.call("{}");
    Returned returned = assertInstanceOf(Returned.class, await(instance.send(call)));
    JsonObject expected =
        new JsonObject()
            .put("memory_limit_in_mb", 256)
            .put("time_limit_in_ms", 60_000)
            .put("request_id", call.invocation().id().toString())
            .put("environment", "{\"SCF_NAMESPACE\": \"default\"}")
            .put("environ", "SCF_NAMESPACE=default;SCF_NAMESPACE=default")
            .put("function_version", "$LATEST")
            .put("function_name", "fn")
            .put("namespace", "default")
            .put("tencentcloud_region", "ap-guangzhou")
            .put("tencentcloud_appid", "1234567890123456")
            .put("tencentcloud_uin", "1234567890123456");
    assertEquals(expected, new JsonObject(returned.result()));
  }

  @Test
  void environmentHasTheDocumentedVariables() throws Exception {
    Instance instance =
        mainHandler(
            "import os",
            "e = os.environ",
            "return [e['TENCENTCLOUD_RUNENV'], e['SCF_FUNCTIONNAME'], e['SCF_FUNCTIONVERSION'],",
            "    e['SCF_NAMESPACE'], e['TENCENTCLOUD_REGION'], e['TENCENTCLOUD_APPID'],",
            "    e['USER_CODE_ROOT'] == os.getcwd() + '/', e['PYTHONPATH'] == os.getcwd()]");
    JsonArray expected =
        new JsonArray()
            .add("SCF")
            .add("fn")
            .add("$LATEST")
            .add("default")
            .add("ap-guangzhou")
            .add("1234567890123456")
            .add(true)
            .add(true);
    assertEquals(expected, new JsonArray(instance.bytes("{}")));
  }

  @Test
  void exceptionIsReportedWithItsTraceback() throws Exception {
    Raised raised = mainHandler("raise Exception('on purpose')").raises("{}");
    assertEquals("Exception", raised.error().type());
    JsonArray stack = json(raised).getJsonArray("stackTrace");
    assertEquals("Traceback (most recent call last):", stack.getString(0));
    assertEquals("Exception: on purpose", stack.getString(stack.size() - 1));
  }

  @Test
  void signalHandlerInstalledByTheHandlerIsCalledWhileItRuns() throws Exception {
    Instance instance =
        mainHandler(
            "import signal, sys, time",
            "told = []",
            "signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))",
            "open(event['tell'], 'w').close()",
            "while not told: time.sleep(0.001)",
            "return 'stopped by ' + str(told[0])");
    Path tell = python.file("tell");
    var answer = instance.send(new JsonObject().put("tell", tell.toString()).encode());
    LanguageBench.awaitFile(tell);
    assertTrue(instance.process.toHandle().supportsNormalTermination());
    instance.process.destroy();
    Returned returned = assertInstanceOf(Returned.class, await(answer));
    assertEquals("\"stopped by 15\"", returned.result().toString());
  }

  @Test
  void loggingShowsLinesFromInfoOn() throws Exception {
    Instance instance =
        mainHandler(
            "import logging",
            "logger = logging.getLogger()",
            "logger.setLevel(level=logging.INFO)",
            "logger.info('info shown')",
            "print('print shown')");
    instance.returns("{}");
    assertTrue(instance.output().contains("[INFO] info shown"), instance.output());
    assertTrue(instance.output().contains("print shown"), instance.output());
  }
}
