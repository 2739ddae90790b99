package io.perdure.api.fc;

import static io.perdure.api.fc.FcRuns.failed;
import static io.perdure.api.fc.FcRuns.requestId;
import static io.perdure.api.fc.FcRuns.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.testkit.NodeJs;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Synchronous InvokeFunction with functions in Node.js, on a whole node. */
@Timeout(120)
class InvokeNodejsTest {
  private static final String CALLBACKS =
      """
      exports.handler = (event, context, callback) => {
        switch (event.toString()) {
          case 'id': return callback(null, context.requestId);
          case 'object': return callback(null, { a: 1 });
          case 'buffer': return callback(null, Buffer.from([0, 255]));
          case 'text': return callback('no good');
          case 'error': return callback(new TypeError('no good'));
          case 'throw': throw new Error('no good');
          case 'type': throw new RangeError('no good');
          case 'exit': process.exit(3);
          case 'log': console.log('said'); return callback(null, '');
        }
        callback(null, event);
      };
      """;

  private static FcRuns functions;

  @BeforeAll
  static void start() {
    NodeJs.require();
    functions = new FcRuns(FcTester.start(Map.of()));
    functions.fc.node().deploy("f", FcRuns.nodejs(), Map.of("index.js", CALLBACKS));
  }

  @AfterAll
  static void stop() {
    if (functions != null) {
      functions.fc.close();
    }
  }

  private static HttpResponse<byte[]> invoke(String payload) {
    return functions.invoke("f", payload);
  }

  @Test
  void whatIsCalledBackWithIsTheBody() {
    assertEquals("some text", text(invoke("some text")));
    assertEquals("{\"a\":1}", text(invoke("object")));
    assertArrayEquals(new byte[] {0, (byte) 255}, invoke("buffer").body());
    HttpResponse<byte[]> answer = invoke("id");
    assertEquals(requestId(answer), text(answer));
  }

  @Test
  void whatAPromiseHoldsIsTheBody() {
    functions
        .fc
        .node()
        .deploy(
            "promise",
            FcRuns.nodejs(),
            Map.of("index.js", "exports.handler = async (event) => ({ got: event.toString() });"));
    assertEquals("{\"got\":\"x\"}", text(functions.invoke("promise", "x")));
  }

  @Test
  void textCalledBackWithAsAnErrorIsItsMessageAlone() {
    HttpResponse<byte[]> answer = invoke("text");
    failed("HandledInvocationError", answer);
    assertEquals("{\"errorMessage\":\"no good\"}", text(answer));
  }

  @Test
  void errorCalledBackWithWasReportedOnPurpose() {
    JsonNode error = failed("HandledInvocationError", invoke("error"));
    assertEquals("no good", error.path("errorMessage").asText());
    assertEquals("TypeError", error.path("errorType").asText());
    assertTrue(error.path("stackTrace").path(0).asText().contains("index.js"), error::toString);
  }

  @Test
  void errorThatIsThrownWasNot() {
    JsonNode error = failed("UnhandledInvocationError", invoke("throw"));
    assertEquals("no good", error.path("errorMessage").asText());
    assertEquals("FunctionUnhandledError: Error", error.path("errorType").asText());
    assertTrue(error.path("stackTrace").path(0).isTextual(), error::toString);
    error = failed("UnhandledInvocationError", invoke("type"));
    assertEquals("RangeError", error.path("errorType").asText());
  }

  @Test
  void endOfTheProcessIsToldInTheCloudsWords() {
    JsonNode error = failed("UnhandledInvocationError", invoke("exit"));
    String message = error.path("errorMessage").asText();
    assertTrue(
        message.startsWith("Process exited unexpectedly before completing request (duration: "),
        message);
  }

  @Test
  void logIsWhatWentToTheConsole() {
    HttpResponse<byte[]> answer = functions.invoke("f", "log", "X-Fc-Log-Type", "Tail");
    String id = requestId(answer);
    assertEquals(
        "FC Invoke Start RequestId: " + id + "\nsaid\nFC Invoke End RequestId: " + id + "\n",
        FcRuns.log(answer));
  }
}
