package io.perdure.api.scf;

import static io.perdure.api.scf.ScfRuns.json;
import static io.perdure.api.scf.ScfRuns.quoted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.Query;
import io.perdure.invocation.Status;
import io.perdure.testkit.Python;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Invoke and InvokeFunction with functions in Python, on a whole node. */
@Timeout(120)
class InvokeTest {
  private static final String FUNCTION =
      """
      import os, time
      def main_handler(event, context):
          print('value', event)
          do = event.get('do')
          if do == 'id':
              return context['request_id']
          if do == 'raise':
              raise ValueError('no good')
          if do == 'exit':
              os._exit(3)
          if do == 'hang':
              time.sleep(60)
          if do == 'object':
              return object()
          if do == 'large':
              return 'x' * (6 * 1024 * 1024)
          if do == 'talk':
              print('y' * 5000)
          return event.get('return')
      """;

  private static ScfTester scf;
  private static ScfRuns functions;

  @BeforeAll
  static void start() {
    Python.require();
    scf = ScfTester.start(Map.of("rate-limit.rates", "scf.*=0,scf.AsyncRun=2"));
    functions = new ScfRuns(scf);
    functions.python("f", FUNCTION);
  }

  @AfterAll
  static void stop() {
    if (scf != null) {
      scf.close();
    }
  }

  private static JsonNode invoke(String event) {
    return functions.invoke("f", ",'ClientContext':" + quoted(event));
  }

  @Test
  void returnedTextComesBackQuoted() {
    JsonNode result = invoke("{'return':'Hello World'}");
    assertEquals("\"Hello World\"", result.path("RetMsg").asText());
    assertEquals("", result.path("ErrMsg").asText());
    assertEquals(0, result.path("InvokeResult").asInt(-1));
    assertEquals("", result.path("Log").asText());
    assertTrue(result.path("MemUsage").isIntegralNumber() && result.path("MemUsage").asLong() > 0);
    assertTrue(result.path("BillDuration").isIntegralNumber(), result::toString);
    assertTrue(result.path("Duration").isFloatingPointNumber(), result::toString);
  }

  @Test
  void nothingReturnedIsNull() {
    assertEquals("null", functions.invoke("f", "").path("RetMsg").asText());
  }

  @Test
  void functionKnowsTheIdThatTheCallerIsTold() {
    JsonNode result = invoke("{'do':'id'}");
    assertEquals(
        result.path("FunctionRequestId").asText(), json(result.path("RetMsg").asText()).asText());
  }

  @Test
  void exceptionIsASuccessfulCallWithItsStackTrace() {
    JsonNode result = invoke("{'do':'raise'}");
    JsonNode error = json(result.path("RetMsg").asText());
    assertEquals(-1, error.path("errorCode").asInt());
    assertEquals("user code exception caught", error.path("errorMessage").asText());
    assertEquals(result.path("FunctionRequestId"), error.path("requestId"));
    assertEquals(430, error.path("statusCode").asInt());
    String stack = error.path("stackTrace").asText();
    assertTrue(stack.contains("in main_handler") && stack.contains("ValueError: no good"), stack);
    assertEquals(stack, result.path("ErrMsg").asText());
    assertEquals(430, result.path("InvokeResult").asInt());
  }

  @Test
  void endOfTheProcessIs439() {
    assertFailed(439, "User process exit when running", invoke("{'do':'exit'}"));
  }

  @Test
  void resultThatIsNoJsonIsARunError() {
    assertEquals(430, invoke("{'do':'object'}").path("InvokeResult").asInt());
  }

  @Test
  void resultAboveSixMegabytesIs407() {
    assertFailed(407, "Size of response exceeds 6MB", invoke("{'do':'large'}"));
  }

  @Test
  void runThatTakesTooLongIs433WithoutAStackTrace() throws Exception {
    CompletableFuture<JsonNode> answer =
        CompletableFuture.supplyAsync(() -> invoke("{'do':'hang'}"));
    String id = runningSync();
    scf.node().clock().advance(Duration.ofSeconds(3));
    JsonNode result = answer.get(60, TimeUnit.SECONDS);
    assertEquals(id, result.path("FunctionRequestId").asText());
    assertFailed(433, "Invoking task timed out after 3 seconds", result);
    assertFalse(json(result.path("RetMsg").asText()).has("stackTrace"));
  }

  @Test
  void moduleThatCannotBeLoadedIs430() {
    functions.python("broken", "import nothing_of_that_name\n");
    JsonNode result = functions.invoke("broken", "");
    assertEquals(430, result.path("InvokeResult").asInt());
    assertTrue(result.path("ErrMsg").asText().contains("nothing_of_that_name"), result::toString);
  }

  @Test
  void handlerThatIsNotThereIs437() {
    functions.python("headless", "def other(event, context):\n    pass\n");
    assertEquals(437, functions.invoke("headless", "").path("InvokeResult").asInt());
  }

  @Test
  void noMoreThanItsConcurrencyAllowsIs432() throws Exception {
    scf.node()
        .deploy(
            "narrow",
            ScfRuns.python().withConcurrency(1).withMemoryMb(128),
            Map.of("index.py", FUNCTION));
    CompletableFuture<JsonNode> first =
        CompletableFuture.supplyAsync(
            () -> functions.invoke("narrow", ",'ClientContext':" + quoted("{'do':'hang'}")));
    runningSync("narrow");
    JsonNode second = functions.invoke("narrow", "");
    assertFailed(
        432, "Function [ narrow ] concurrency exceeded region unreserved quota 128 MB", second);
    scf.node().clock().advance(Duration.ofSeconds(3));
    first.get(60, TimeUnit.SECONDS);
  }

  @Test
  void tailOfTheLogIsItsLastFourKilobytes() {
    JsonNode result =
        functions.invoke("f", ",'LogType':'Tail','ClientContext':" + quoted("{'do':'talk'}"));
    String log = result.path("Log").asText();
    assertEquals(4096, log.length());
    assertTrue(log.contains("END RequestId: " + result.path("FunctionRequestId").asText()), log);
  }

  @Test
  void invokeFunctionTakesItsEventAndUsesTheDefaultAlias() {
    JsonNode response =
        scf.ok(
            "InvokeFunction",
            "{'FunctionName':'f','LogType':'Tail','Event':" + quoted("{'return':[1]}") + "}");
    assertEquals("[1]", response.path("Result").path("RetMsg").asText());
    assertTrue(response.path("Result").path("Log").asText().contains("value {'return': [1]}"));
  }

  @Test
  void functionsOfOtherDialectsAreInvokedAsWell() {
    scf.node().function("native").returns("{\"a\":1}");
    assertEquals(
        "{\"a\":1}",
        scf.ok("InvokeFunction", "{'FunctionName':'native'}")
            .path("Result")
            .path("RetMsg")
            .asText());
  }

  @Test
  void eventIsAnsweredWithNothingButItsId() {
    JsonNode result = functions.invoke("f", ",'InvocationType':'Event','LogType':'Tail'");
    assertEquals("", result.path("RetMsg").asText("-"));
    assertEquals("", result.path("ErrMsg").asText("-"));
    assertEquals("", result.path("Log").asText("-"));
    assertEquals(0, result.path("MemUsage").asInt(-1));
    assertEquals(0, result.path("Duration").asDouble(-1));
    assertEquals(0, result.path("BillDuration").asInt(-1));
    assertEquals(0, result.path("InvokeResult").asInt(-1));
  }

  @Test
  void asynchronouslyExecutingFunctionAlwaysRunsThatWayAndNoFasterThanAllowed() throws Exception {
    scf.node().deploy("job", ScfRuns.asyncRun(ScfRuns.python()), Map.of("index.py", FUNCTION));
    String first = functions.invoke("job", "").path("FunctionRequestId").asText();
    String second =
        scf.ok("InvokeFunction", "{'FunctionName':'job'}")
            .path("Result")
            .path("FunctionRequestId")
            .asText();
    assertEquals("FINISHED", functions.ended(first).path("Status").asText());
    assertEquals("FINISHED", functions.ended(second).path("Status").asText());
    String text = scf.refused("RequestLimitExceeded", "Invoke", "{'FunctionName':'job'}");
    assertTrue(text.contains("`2`"), text);
    JsonNode events = scf.ok("ListAsyncEvents", "{'FunctionName':'job'}");
    assertEquals(2, events.path("TotalCount").asInt());
  }

  @Test
  void payloadsAreCheckedForJsonAndSize() {
    scf.refused(
        "InvalidParameterValue.Param", "Invoke", "{'FunctionName':'f','ClientContext':'{'}");
    String large = "\\'" + "x".repeat(128 * 1024) + "\\'";
    scf.refused(
        "InvalidParameter.RequestTooLarge",
        "Invoke",
        "{'FunctionName':'f','InvocationType':'Event','ClientContext':'" + large + "'}");
    String larger = "\\'" + "x".repeat(6 * 1024 * 1024) + "\\'";
    scf.refused(
        "InvalidParameter.RequestTooLarge",
        "InvokeFunction",
        "{'FunctionName':'f','Event':'" + larger + "'}");
  }

  @Test
  void whatIsMissingIsSaidInTheOrderNamespaceFunctionQualifier() {
    scf.refused("ResourceNotFound.Namespace", "Invoke", "{'FunctionName':'f','Namespace':'no'}");
    scf.refused("ResourceNotFound.Function", "Invoke", "{'FunctionName':'no','Qualifier':'7'}");
    scf.refused("ResourceNotFound.Qualifier", "Invoke", "{'FunctionName':'f','Qualifier':'7'}");
    scf.refused(
        "ResourceNotFound.Qualifier", "InvokeFunction", "{'FunctionName':'f','Qualifier':'no'}");
  }

  @Test
  void valuesThatAreNotAllowedAreRefused() {
    for (String wrong :
        new String[] {
          "'InvocationType':'Later'", "'LogType':'All'", "'RoutingKey':'[]'", "'RoutingKey':'nope'"
        }) {
      scf.refused("InvalidParameterValue", "Invoke", "{'FunctionName':'f'," + wrong + "}");
    }
    scf.refused("MissingParameter", "Invoke", "{}");
    scf.refused("UnknownParameter", "InvokeFunction", "{'FunctionName':'f','ClientContext':'{}'}");
  }

  @Test
  void functionWithoutCodeIsInNoStateToRun() throws Exception {
    scf.node().client().functions().put("empty", ScfRuns.python()).await(20, TimeUnit.SECONDS);
    scf.refused("FailedOperation.FunctionStatusError", "Invoke", "{'FunctionName':'empty'}");
  }

  @Test
  void runThatOutlastsTheCallIsToldByItsId() throws Exception {
    scf.node().function("slow").never();
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () ->
                scf.refused("FailedOperation.InvokeFunction", "Invoke", "{'FunctionName':'slow'}"));
    String id = runningSync("slow");
    scf.node().clock().advance(Duration.ofMinutes(5));
    assertTrue(answer.get(60, TimeUnit.SECONDS).contains("[" + id + "]"));
    assertEquals(1, functions.requests("slow", id).get(0).path("RetCode").asInt());
  }

  @Test
  void callersWhoWaitAreBounded() throws Exception {
    try (ScfTester narrow = ScfTester.start(Map.of("scf.waits-max", "1"))) {
      Promise<Buffer> result = Promise.promise();
      CompletableFuture<Void> begun = new CompletableFuture<>();
      narrow
          .node()
          .function("slow")
          .serves(
              payload -> {
                begun.complete(null);
                return result.future();
              });
      CompletableFuture<JsonNode> first =
          CompletableFuture.supplyAsync(() -> narrow.ok("Invoke", "{'FunctionName':'slow'}"));
      begun.get(20, TimeUnit.SECONDS);
      narrow.refused("RequestLimitExceeded", "Invoke", "{'FunctionName':'slow'}");
      result.complete(Buffer.buffer("1"));
      assertEquals("1", first.get(20, TimeUnit.SECONDS).path("Result").path("RetMsg").asText());
    }
  }

  @Test
  void synchronousRunIsNoEvent() {
    String id = functions.invoke("f", "").path("FunctionRequestId").asText();
    scf.refused(
        "ResourceNotFound.AsyncEvent", "GetAsyncEventStatus", "{'InvokeRequestId':'" + id + "'}");
    assertEquals(1, functions.requests("f", id).size());
  }

  private static String runningSync() throws Exception {
    return runningSync("f");
  }

  /** The id of the one run of the function that goes on, once there is one. */
  private static String runningSync(String function) throws Exception {
    var client = scf.node().client();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < until) {
      var page =
          client.list(Query.of(function).withStatus(Status.RUNNING)).await(20, TimeUnit.SECONDS);
      if (!page.invocations().isEmpty()) {
        return page.invocations().get(0).id().toString();
      }
    }
    throw new AssertionError("nothing runs");
  }

  private static void assertFailed(int code, String message, JsonNode result) {
    JsonNode error = json(result.path("RetMsg").asText());
    assertEquals(message, error.path("errorMessage").asText());
    assertEquals(code, error.path("statusCode").asInt());
    assertEquals(-1, error.path("errorCode").asInt());
    assertEquals(message, result.path("ErrMsg").asText());
    assertEquals(code, result.path("InvokeResult").asInt());
  }
}
