package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.BROKEN;
import static io.perdure.api.scf.sdk.Customer.ECHO;
import static io.perdure.api.scf.sdk.Customer.javascript;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Environment;
import com.tencentcloudapi.scf.v20180416.models.InvokeFunctionRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeFunctionResponse;
import com.tencentcloudapi.scf.v20180416.models.InvokeRequest;
import com.tencentcloudapi.scf.v20180416.models.InvokeResponse;
import com.tencentcloudapi.scf.v20180416.models.Result;
import com.tencentcloudapi.scf.v20180416.models.Variable;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose caller waits: {@code InvokeFunction} and {@code Invoke} without a type. */
@Timeout(90)
class InvokeTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private Customer customer;
  private ScfClient scf;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() {
    customer = new Customer(NODE);
    scf = customer.client();
  }

  @Test
  void resultOfASuccess() throws Exception {
    String name = customer.create("echo", ECHO);
    InvokeFunctionResponse answer =
        scf.InvokeFunction(
            with(InvokeFunctionRequest.class, name, "Event", "{\"a\":[1,true,null,\"x\"]}"));
    Result result = answer.getResult();
    assertEquals(json("{\"a\":[1,true,null,\"x\"]}"), json(result.getRetMsg()));
    assertEquals("", result.getErrMsg());
    assertEquals("", result.getLog());
    assertEquals(0, result.getInvokeResult());
    assertTrue(result.getMemUsage() > 1_000_000, () -> "bytes: " + result.getMemUsage());
    assertTrue(result.getDuration() > 0);
    assertEquals((long) Math.ceil(result.getDuration()), result.getBillDuration());
    assertEquals(answer.getRequestId(), result.getFunctionRequestId());
  }

  @Test
  void invokeWaitsUnlessItsTypeIsEvent() throws Exception {
    String name = customer.create("echo", ECHO);
    assertEquals("1", customer.invoke(name, "1").getRetMsg());
    InvokeResponse answer =
        scf.Invoke(
            with(
                InvokeRequest.class,
                name,
                "InvocationType",
                "RequestResponse",
                "ClientContext",
                "\"text\""));
    assertEquals("\"text\"", answer.getResult().getRetMsg());
    assertEquals(answer.getRequestId(), answer.getResult().getFunctionRequestId());
    assertEquals(0, answer.getResult().getInvokeResult());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "true", "12.5", "[]", "\"\u00fc \u4f60\u597d\"", "{\"b\": {}}"})
  void everyKindOfJsonComesBack(String event) throws Exception {
    String name = customer.create("kinds", ECHO);
    assertEquals(json(event), json(customer.call(name, event).getRetMsg()));
  }

  @Test
  void withoutAnEventTheFunctionGetsAnEmptyObject() throws Exception {
    String name = customer.create("empty", ECHO);
    Result result = scf.InvokeFunction(with(InvokeFunctionRequest.class, name)).getResult();
    assertEquals(json("{}"), json(result.getRetMsg()));
    assertEquals(
        json("{}"), json(scf.Invoke(with(InvokeRequest.class, name)).getResult().getRetMsg()));
  }

  @Test
  void theTailOfTheLogIsGivenWhenAskedFor() throws Exception {
    String name =
        customer.create(
            "talkative",
            """
            def main_handler(event, context):
                for i in range(1000):
                    print("line", i)
                return "done"
            """);
    Result result = customer.call(name, "{}", "LogType", "Tail");
    assertTrue(result.getLog().contains("line 999"), result.getLog());
    assertTrue(result.getLog().getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= 4096);
    assertEquals("", customer.call(name, "{}", "LogType", "None").getLog());
    assertEquals("", customer.invoke(name, "{}").getLog());
    assertTrue(customer.invoke(name, "{}", "LogType", "Tail").getLog().contains("line 999"));
  }

  @Test
  void logLinesAreThoseOfTheCloud() throws Exception {
    String name = customer.create("logged", ECHO);
    Result result = customer.call(name, "5", "LogType", "Tail");
    String id = result.getFunctionRequestId();
    String log = result.getLog();
    assertTrue(log.contains("START RequestId: " + id + "\n"), log);
    assertTrue(log.contains("got 5\n"), log);
    assertTrue(log.contains("END RequestId: " + id + "\n"), log);
    assertTrue(log.contains("Report RequestId: " + id + " Duration:"), log);
    assertTrue(log.contains("Memory:128MB"), log);
  }

  @Test
  void anExceptionIs430() throws Exception {
    String name = customer.create("broken", BROKEN);
    for (Result result : List.of(customer.call(name, "{}"), customer.invoke(name, "{}"))) {
      JsonNode error = failure(result, 430);
      assertEquals(-1, error.path("errorCode").asInt());
      assertEquals("user code exception caught", error.path("errorMessage").asText());
      assertTrue(error.path("stackTrace").asText().contains("ValueError: no good"));
      assertTrue(result.getErrMsg().contains("no good"), result.getErrMsg());
    }
  }

  @Test
  void syntaxErrorsAre430() throws Exception {
    failure(customer.call(customer.create("syntax", "def main_handler(:"), "{}"), 430);
  }

  @Test
  void aTimeoutIs433() throws Exception {
    String name =
        customer.create(
            "slow",
            """
            import time
            def main_handler(event, context):
                time.sleep(60)
            """,
            "Timeout",
            1);
    JsonNode error = failure(customer.call(name, "{}"), 433);
    assertEquals("Invoking task timed out after 1 seconds", error.path("errorMessage").asText());
    assertFalse(error.has("stackTrace"));
  }

  @Test
  void anExitIs439() throws Exception {
    String name =
        customer.create(
            "exits",
            """
            import os
            def main_handler(event, context):
                os._exit(3)
            """);
    JsonNode error = failure(customer.call(name, "{}"), 439);
    assertEquals("User process exit when running", error.path("errorMessage").asText());
  }

  @Test
  void usedUpMemoryIs434() throws Exception {
    String name =
        customer.create(
            "hungry",
            """
            import time
            def main_handler(event, context):
                held = []
                while True:
                    held.append(b"x" * 10000000)
                    time.sleep(0.01)
            """,
            "Timeout",
            30,
            "MemorySize",
            64);
    failure(customer.call(name, "{}"), 434);
  }

  @Test
  void aMissingHandlerIs437() throws Exception {
    String name = customer.create("nohandler", "def another(event, context):\n    return 1\n");
    failure(customer.call(name, "{}"), 437);
  }

  @Test
  void aResultThatIsNoJsonIs430() throws Exception {
    String name =
        customer.create("unserialisable", "def main_handler(event, context):\n    return {1, 2}\n");
    failure(customer.call(name, "{}"), 430);
  }

  @Test
  void aResultAboveSixMebibytesIs407() throws Exception {
    String name =
        customer.create(
            "huge", "def main_handler(event, context):\n    return 'x' * (6 * 1024 * 1024)\n");
    failure(customer.call(name, "{}"), 407);
  }

  @Test
  void largePayloadsPassBothWays() throws Exception {
    String name = customer.create("big", "def main_handler(event, context):\n    return event\n");
    String text = "\"" + "y".repeat(5_000_000) + "\"";
    assertEquals(text, customer.call(name, text).getRetMsg());
  }

  @Test
  void aPayloadAboveSixMebibytesIsRefused() throws Exception {
    String name = customer.create("flooded", ECHO);
    String text = "\"" + "y".repeat(6 * 1024 * 1024) + "\"";
    refused("InvalidParameter.RequestTooLarge", () -> customer.call(name, text));
  }

  @Test
  void aPayloadThatIsNoJsonIsRefused() throws Exception {
    String name = customer.create("strict", ECHO);
    refused("InvalidParameterValue.Param", () -> customer.call(name, "{not json"));
    refused("InvalidParameterValue.Param", () -> customer.invoke(name, "{not json"));
  }

  @Test
  void javascriptReturnsPromises() throws Exception {
    String name = node("promise", "exports.main_handler = async (event) => ({ got: event.key });");
    assertEquals(json("{\"got\":\"v\"}"), json(customer.call(name, "{\"key\":\"v\"}").getRetMsg()));
  }

  @Test
  void javascriptCallsBack() throws Exception {
    String name =
        node("callback", "exports.main_handler = (event, context, done) => done(null, 'called');");
    assertEquals("\"called\"", customer.call(name, "{}").getRetMsg());
  }

  @Test
  void whatJavascriptThrowsIs430() throws Exception {
    String name =
        node("thrown", "exports.main_handler = async () => { throw new Error('oh no'); };");
    JsonNode error = failure(customer.call(name, "{}"), 430);
    assertTrue(error.path("stackTrace").asText().contains("oh no"), error::toString);
  }

  /** Makes a function of JavaScript, on a machine that can run one. */
  private String node(String name, String javascript) throws TencentCloudSDKException {
    String fresh = NODE.fresh(name);
    try {
      scf.CreateFunction(javascript(fresh, javascript));
    } catch (TencentCloudSDKException e) {
      assumeFalse(e.getErrorCode().equals("InvalidParameterValue.Runtime"), () -> "skipped: " + e);
      throw e;
    }
    return fresh;
  }

  @Test
  void contextTellsAboutTheCall() throws Exception {
    String name =
        customer.create(
            "context",
            "def main_handler(event, context):\n    return context\n",
            "MemorySize",
            256,
            "Timeout",
            9);
    Result result = customer.call(name, "{}");
    JsonNode context = json(result.getRetMsg());
    assertEquals(result.getFunctionRequestId(), context.path("request_id").asText());
    assertEquals(256, context.path("memory_limit_in_mb").asInt());
    assertEquals(9_000, context.path("time_limit_in_ms").asInt());
    assertEquals(name, context.path("function_name").asText());
    assertEquals("$LATEST", context.path("function_version").asText());
    assertEquals("default", context.path("namespace").asText());
    assertEquals(ScfNode.REGION, context.path("tencentcloud_region").asText());
    assertTrue(context.path("tencentcloud_appid").isTextual(), context::toString);
    assertTrue(context.path("tencentcloud_uin").isTextual(), context::toString);
    assertEquals(
        "default", json(context.path("environment").asText()).path("SCF_NAMESPACE").asText());
    assertTrue(context.path("environ").asText().contains("SCF_NAMESPACE=default"));
  }

  @ParameterizedTest
  @CsvSource({
    "TENCENTCLOUD_RUNENV, SCF",
    "SCF_RUNTIME, Python3.7",
    "SCF_FUNCTIONVERSION, $LATEST",
    "TENCENTCLOUD_REGION, ap-guangzhou",
    "TENCENTCLOUD_TZ, UTC",
    "SCF_NAMESPACE, default",
    "STAGE, test",
  })
  void environmentIsThatOfTheCloud(String variable, String value) throws Exception {
    String name =
        customer.create(
            "environ",
            """
            import os
            def main_handler(event, context):
                return os.environ.get(event)
            """,
            "Environment",
            Models.of(
                Environment.class,
                "Variables",
                List.of(Models.of(Variable.class, "Key", "STAGE", "Value", "test"))));
    assertEquals("\"" + value + "\"", customer.call(name, "\"" + variable + "\"").getRetMsg());
    assertEquals("\"" + name + "\"", customer.call(name, "\"SCF_FUNCTIONNAME\"").getRetMsg());
  }

  @Test
  void anInstanceStaysWarm() throws Exception {
    String name =
        customer.create(
            "counter",
            """
            calls = 0
            def main_handler(event, context):
                global calls
                calls += 1
                return calls
            """);
    Set<String> counts = new HashSet<>();
    for (int i = 0; i <= ScfNode.NODES; i++) { // each node has instances of its own
      counts.add(customer.call(name, "{}").getRetMsg());
    }
    assertTrue(counts.containsAll(Set.of("1", "2")), counts::toString);
  }

  @Test
  void whatIsUnknownIsNotFound() throws Exception {
    String name = customer.create("known", ECHO);
    refused("ResourceNotFound.Function", () -> customer.call("nobody", "{}"));
    refused("ResourceNotFound.Function", () -> customer.invoke("nobody", "{}"));
    refused("ResourceNotFound.Namespace", () -> customer.call(name, "{}", "Namespace", "no"));
    refused("ResourceNotFound.Qualifier", () -> customer.call(name, "{}", "Qualifier", "7"));
    refused("ResourceNotFound.Qualifier", () -> customer.invoke(name, "{}", "Qualifier", "x"));
  }

  @Test
  void wrongWordsAreRefused() throws Exception {
    String name = customer.create("words", ECHO);
    refused("InvalidParameterValue", () -> customer.invoke(name, "{}", "RoutingKey", "[1]"));
    refused("InvalidParameterValue", () -> customer.invoke(name, "{}", "LogType", "All"));
    refused(
        "InvalidParameterValue",
        () -> scf.Invoke(with(InvokeRequest.class, name, "InvocationType", "Sometimes")));
  }

  @Test
  void aCallOfAFunctionThatRunsAsynchronouslyHasOnlyAnId() throws Exception {
    String name = customer.create("background", ECHO, "AsyncRunEnable", "TRUE");
    Result result = customer.call(name, "{}");
    assertEquals("", result.getRetMsg());
    assertEquals(0, result.getInvokeResult());
    assertEquals(0, result.getMemUsage());
    assertEquals("FINISHED", customer.ended(result.getFunctionRequestId()).getStatus());
  }

  private static JsonNode failure(Result result, int statusCode) {
    assertEquals(statusCode, result.getInvokeResult(), result::getRetMsg);
    assertFalse(result.getErrMsg().isBlank());
    JsonNode error = json(result.getRetMsg());
    assertEquals(statusCode, error.path("statusCode").asInt(), result::getRetMsg);
    assertEquals(result.getFunctionRequestId(), error.path("requestId").asText());
    assertEquals(-1, error.path("errorCode").asInt());
    return error;
  }

  private static JsonNode json(String text) {
    return NodeApi.parse(text);
  }
}
