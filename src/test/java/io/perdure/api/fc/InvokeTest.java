package io.perdure.api.fc;

import static io.perdure.api.fc.FcRuns.done;
import static io.perdure.api.fc.FcRuns.failed;
import static io.perdure.api.fc.FcRuns.got;
import static io.perdure.api.fc.FcRuns.header;
import static io.perdure.api.fc.FcRuns.requestId;
import static io.perdure.api.fc.FcRuns.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Route;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.StopMode;
import io.perdure.testkit.Python;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Synchronous InvokeFunction with functions in Python, on a whole node. */
@Timeout(120)
class InvokeTest {
  private static final String FUNCTION =
      """
      import os, time
      def handler(event, context):
          print('value', event)
          do = event.decode()
          if do == 'id':
              return context.request_id
          if do == 'raise':
              raise ValueError('no good')
          if do == 'exit':
              os._exit(3)
          if do == 'hang':
              time.sleep(60)
          if do == 'bytes':
              return bytes([0, 255, 10])
          if do == 'value':
              return {'a': [1, None]}
          if do == 'object':
              return object()
          if do == 'talk':
              print('y' * 5000)
          return event
      """;

  private static final String NATIVE_FUNCTION =
      "def handler(event, context):\n    return context.payload\n";

  private static FcRuns functions;

  @BeforeAll
  static void start() {
    Python.require();
    functions = new FcRuns(FcTester.start(Map.of()));
    functions.python("f", FUNCTION);
  }

  @AfterAll
  static void stop() {
    if (functions != null) {
      functions.fc.close();
    }
  }

  private static HttpResponse<byte[]> invoke(String payload, String... headers) {
    return functions.invoke("f", payload, headers);
  }

  // ---- what it returns

  @Test
  void resultIsTheBodyAsItIs() {
    HttpResponse<byte[]> answer = invoke("bytes");
    assertEquals(200, answer.statusCode());
    assertArrayEquals(new byte[] {0, (byte) 255, 10}, answer.body());
    assertEquals("application/octet-stream", header(answer, "Content-Type"));
    assertNull(header(answer, "X-Fc-Error-Type"));
    assertEquals("some text", text(invoke("some text")));
    assertEquals("", text(invoke("")));
    assertEquals("{\"a\": [1, null]}", text(invoke("value")));
  }

  @Test
  void bodiesMayBeLargerThanWhatIsKept() {
    byte[] large = new byte[32 << 20];
    Arrays.fill(large, (byte) 'x');
    HttpResponse<byte[]> answer = functions.fc.send("POST", FcRuns.path("f"), large, Map.of());
    assertEquals(200, answer.statusCode());
    assertArrayEquals(large, answer.body());
    byte[] larger = Arrays.copyOf(large, large.length + 1);
    String message =
        FcTester.refused(
            400, "EntityTooLarge", functions.fc.send("POST", FcRuns.path("f"), larger, Map.of()));
    assertTrue(message.contains("33554432 bytes"), message);
  }

  @Test
  void answerTellsWhatRanAndWhatItTook() {
    HttpResponse<byte[]> answer = invoke("x");
    Function f = done(functions.fc.node().client().functions().get("f"));
    assertEquals(((Managed) f.runtime()).code().crc64(), header(answer, "X-Fc-Code-Checksum"));
    assertEquals("LATEST", header(answer, "X-Fc-Invocation-Service-Version"));
    Invocation run = functions.ended(requestId(answer));
    assertEquals(run.instance(), header(answer, "X-Fc-Instance-Id"));
    assertTrue(Integer.parseInt(header(answer, "X-Fc-Invocation-Duration")) > 0);
    assertTrue(Double.parseDouble(header(answer, "X-Fc-Max-Memory-Usage")) > 0);
    assertNull(header(answer, "X-Fc-Log-Result"));
  }

  @Test
  void headersAreSpelledAsClientsLookForThem() {
    List<String> spelled = functions.headerNames(FcRuns.path("f"), "X-Fc-Log-Type", "Tail");
    assertEquals(
        List.of(
            "X-Fc-Code-Checksum",
            "X-Fc-Instance-Id",
            "X-Fc-Invocation-Duration",
            "X-Fc-Invocation-Service-Version",
            "X-Fc-Log-Result",
            "X-Fc-Max-Memory-Usage",
            "X-Fc-Request-Id"),
        spelled);
  }

  @Test
  void functionKnowsTheIdThatTheCallerIsTold() {
    HttpResponse<byte[]> answer = invoke("id");
    assertEquals(requestId(answer), text(answer));
    assertTrue(InvocationId.parse(text(answer)).isPresent());
  }

  @Test
  void functionKnowsTheIdThatTheCallerChose() {
    HttpResponse<byte[]> answer = invoke("id", "x-fc-request-id", "1-my_id");
    assertEquals("1-my_id", requestId(answer));
    assertEquals("1-my_id", text(answer));
    assertEquals(200, invoke("id", "x-fc-request-id", "1-my_id").statusCode(), "no task, no clash");
  }

  @Test
  void tailOfTheLogIsItsLastFourKilobytes() {
    HttpResponse<byte[]> answer = invoke("talk", "x-fc-log-type", "Tail");
    String log = FcRuns.log(answer);
    assertEquals(4096, log.length());
    String end = "FC Invoke End RequestId: " + requestId(answer) + "\n";
    assertTrue(log.endsWith(end), log);
  }

  @Test
  void shortLogIsAllThere() {
    HttpResponse<byte[]> answer = invoke("x", "X-FC-LOG-TYPE", "Tail");
    String log = FcRuns.log(answer);
    String id = requestId(answer);
    assertTrue(log.contains("FC Invoke Start RequestId: " + id + "\n"), log);
    assertTrue(log.contains("\nvalue b'x'\nFC Invoke End RequestId: " + id + "\n"), log);
  }

  @Test
  void allGenerationsInvoke() {
    functions.python("$fc3", "g", FcRuns.python().withFlavour(Flavour.FC3), FUNCTION);
    assertEquals("v3", text(functions.invokeAt("/2023-03-30/functions/g/invocations", "v3")));
    assertEquals(
        "v1",
        text(functions.invokeAt("/2016-08-15/services/default/functions/f/invocations", "v1")));
  }

  @Test
  void qualifierLeadsToTheVersionThatRuns() {
    String path = "/2023-03-30/functions/versioned/invocations";
    functions.python("$fc3", "versioned", FcRuns.python().withFlavour(Flavour.FC3), FUNCTION);
    var client = functions.fc.node().client().functions().inNamespace("$fc3");
    done(client.publishVersion("versioned", ""));
    done(client.putAlias("versioned", "prod", Route.to("1")));
    assertEquals("1", version(path + "?qualifier=1"));
    assertEquals("1", version(path + "?qualifier=prod"));
    assertEquals("LATEST", version(path + "?qualifier=LATEST"));
  }

  @Test
  void qualifierMayBePartOfTheService() {
    functions.python("default", "native", FcRuns.python().withFlavour(Flavour.NATIVE), "");
    done(functions.fc.node().client().functions().publishVersion("native", ""));
    functions.python(
        "default", "native", FcRuns.python().withFlavour(Flavour.NATIVE), NATIVE_FUNCTION);
    String path = "/2016-08-15/services/default%s/functions/native/invocations";
    assertEquals("LATEST", version(path.formatted("")));
    failed("UnhandledInvocationError", functions.invokeAt(path.formatted(".1"), "x"));
  }

  private static String version(String path) {
    HttpResponse<byte[]> answer = functions.invokeAt(path, "x");
    assertEquals("x", text(answer));
    return header(answer, "X-Fc-Invocation-Service-Version");
  }

  // ---- how it fails

  @Test
  void exceptionIsAnAnswerWithItsFrames() {
    JsonNode error = failed("UnhandledInvocationError", invoke("raise"));
    assertEquals("no good", error.path("errorMessage").asText());
    assertEquals("ValueError", error.path("errorType").asText());
    JsonNode frame = error.path("stackTrace").path(0);
    assertTrue(frame.isArray() && frame.path(0).asText().contains("index.py"), error::toString);
  }

  @Test
  void failureHasALogAndHeadersAsWell() {
    HttpResponse<byte[]> answer = invoke("raise", "X-Fc-Log-Type", "Tail");
    String log = FcRuns.log(answer);
    assertTrue(log.contains("ValueError: no good"), log);
    assertEquals(functions.ended(requestId(answer)).instance(), header(answer, "X-Fc-Instance-Id"));
  }

  @Test
  void endOfTheProcessIsToldInTheCloudsWords() {
    JsonNode error = failed("UnhandledInvocationError", invoke("exit"));
    assertTrue(
        error
            .path("errorMessage")
            .asText()
            .matches(
                "Process exited unexpectedly before completing request"
                    + " \\(duration: [1-9][0-9]*ms, maxMemoryUsage: [0-9]+MB\\)"),
        error::toString);
    assertEquals(1, error.size());
  }

  @Test
  void runThatTakesTooLongIsTheFunctionsFailure() {
    functions.python("late", FUNCTION);
    CompletableFuture<HttpResponse<byte[]>> answer = functions.later("late", "hang");
    Invocation run = functions.running("late");
    functions.fc.node().clock().advance(Duration.ofSeconds(3));
    HttpResponse<byte[]> told = got(answer);
    JsonNode error = failed("UnhandledInvocationError", told);
    String message = error.path("errorMessage").asText();
    assertTrue(message.startsWith("Function timed out after 3 seconds (maxMemoryUsage: "), message);
    assertEquals(run.id().toString(), requestId(told));
  }

  @Test
  void codeThatCannotBeLoadedIsTheFunctionsFailure() {
    functions.python("broken", "import nothing_of_that_name\n");
    JsonNode error = failed("UnhandledInvocationError", functions.invoke("broken", ""));
    assertEquals("ModuleNotFoundError", error.path("errorType").asText());
    functions.python("headless", "def other(event, context):\n    pass\n");
    error = failed("UnhandledInvocationError", functions.invoke("headless", ""));
    assertTrue(error.path("errorMessage").asText().contains("handler"), error::toString);
  }

  @Test
  void functionWithoutCodeIsTheFunctionsFailure() {
    done(functions.fc.node().client().functions().put("empty", FcRuns.python()));
    JsonNode error = failed("UnhandledInvocationError", functions.invoke("empty", ""));
    assertEquals("CodeUnusable", error.path("errorType").asText());
  }

  @Test
  void resultThatIsNoJsonIsTheFunctionsFailure() {
    failed("UnhandledInvocationError", invoke("object"));
  }

  @Test
  void noMoreThanItsConcurrencyAllowsIsTheFunctionsLimit() {
    functions.python("default", "narrow", FcRuns.python().withConcurrency(1), FUNCTION);
    CompletableFuture<HttpResponse<byte[]>> first = functions.later("narrow", "hang");
    functions.running("narrow");
    HttpResponse<byte[]> second = functions.invoke("narrow", "x");
    FcTester.refused(429, "ResourceExhausted", second);
    assertEquals(functions.newest("narrow").id().toString(), requestId(second), "it is on record");
    functions.fc.node().clock().advance(Duration.ofSeconds(3));
    got(first);
  }

  @Test
  void runThatSomebodyStopsIsNoAnswerOfTheFunction() {
    functions.python("stopped", FUNCTION);
    CompletableFuture<HttpResponse<byte[]>> answer = functions.later("stopped", "hang");
    Invocation run = functions.running("stopped");
    done(functions.fc.node().client().stop(run.id(), StopMode.CANCEL, Duration.ZERO));
    assertEquals(
        "The invocation for default:stopped:" + run.id() + " has been stopped",
        FcTester.refused(412, "AsyncInvocationStopped", got(answer)));
  }

  @Test
  void synchronousRunIsNoTask() {
    HttpResponse<byte[]> answer =
        invoke("x", "X-Fc-Stateful-Async-Invocation-Id", "chosen", "X-Fc-Invocation-Type", "Sync");
    assertEquals(200, answer.statusCode());
    assertFalse(answer.headers().map().containsKey("X-Fc-Stateful-Async-Invocation-Id"));
    assertNull(functions.ended(requestId(answer)).key());
  }
}
