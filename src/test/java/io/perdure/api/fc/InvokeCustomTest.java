package io.perdure.api.fc;

import static io.perdure.api.fc.FcRuns.failed;
import static io.perdure.api.fc.FcRuns.header;
import static io.perdure.api.fc.FcRuns.requestId;
import static io.perdure.api.fc.FcRuns.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.FunctionSpec;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.Python;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** InvokeFunction with programs of people's own (spec alibaba-fc, 10.3), on a whole node. */
@Timeout(120)
class InvokeCustomTest {
  private static final String SERVER =
      """
      import http.server, json, os
      seen = []
      class Server(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def do_POST(self):
              body = self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()
              if self.path == '/initialize':
                  seen.append(self.headers['x-fc-control-path'])
                  return self.answer(200, 'ready')
              if self.path != '/invoke':
                  return self.answer(404, 'no such path')
              if body == 'headers':
                  told = {name.lower(): value for name, value in self.headers.items()}
                  return self.answer(200, json.dumps(told))
              if body == 'seen':
                  return self.answer(200, json.dumps(seen))
              if body == '404':
                  return self.answer(404, 'not here')
              if body == 'status':
                  told = json.dumps({'errorMessage': 'no good', 'errorType': 'Mine'})
                  return self.answer(200, told, {'x-fc-status': '404'})
              if body == 'fine':
                  return self.answer(200, body, {'x-fc-status': '200'})
              if body == '500':
                  return self.answer(500, '')
              if body == 'garbage':
                  self.wfile.write(b'nonsense\\r\\n\\r\\n')
                  self.close_connection = True
                  return
              if body == 'exit':
                  os._exit(3)
              print('serving', body, flush=True)
              self.answer(200, 'served ' + body)
          def answer(self, status, text, headers={}):
              self.send_response(status)
              for name, value in headers.items():
                  self.send_header(name, value)
              self.send_header('Content-Length', str(len(text)))
              self.end_headers()
              self.wfile.write(text.encode())
          def log_message(self, *args):
              pass
      port = int(os.environ['FC_SERVER_PORT'])
      http.server.ThreadingHTTPServer(('0.0.0.0', port), Server).serve_forever()
      """;
  private static final Duration INIT_TIMEOUT = Duration.ofSeconds(5);

  private static FcRuns functions;

  @TempDir private Path code;

  @BeforeAll
  static void start() {
    Python.require();
    functions = new FcRuns(FcTester.start(Map.of()));
  }

  @AfterAll
  static void stop() {
    if (functions != null) {
      functions.fc.close();
    }
  }

  @BeforeEach
  void writeServer() throws IOException {
    Files.writeString(code.resolve("server.py"), SERVER);
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\nexec python3 server.py\n");
  }

  private static FunctionSpec custom() {
    return FcRuns.of(FunctionSpec.custom());
  }

  private HttpResponse<byte[]> invoke(String name, FunctionSpec spec, String payload) {
    functions.fc.node().deploy(name, spec, code);
    return functions.invoke(name, payload, "X-Fc-Log-Type", "Tail");
  }

  // ---- programs that run

  @Test
  void answerOfTheServerIsTheBody() {
    HttpResponse<byte[]> answer = invoke("f", custom(), "one");
    assertEquals("served one", text(answer));
    assertEquals("application/octet-stream", header(answer, "Content-Type"));
    assertNotNull(header(answer, "X-Fc-Instance-Id"));
    assertTrue(FcRuns.log(answer).contains("serving one\n"));
    assertEquals("fine", text(functions.invoke("f", "fine")));
  }

  @Test
  void serverIsToldWhatItIsCalledFor() {
    HttpResponse<byte[]> answer = invoke("told", custom(), "headers");
    JsonNode told = FcTester.json(answer);
    assertEquals(requestId(answer), told.path("x-fc-request-id").asText());
    assertEquals("told", told.path("x-fc-function-name").asText());
    assertEquals("default", told.path("x-fc-service-name").asText());
    assertEquals("3", told.path("x-fc-function-timeout").asText());
    assertEquals("LATEST", told.path("x-fc-qualifier").asText());
    assertEquals("/invoke", told.path("x-fc-control-path").asText());
    assertEquals("application/octet-stream", told.path("content-type").asText());
    for (String name :
        new String[] {
          "x-fc-region", "x-fc-account-id", "x-fc-function-memory", "x-fc-version-id"
        }) {
      assertTrue(told.has(name), name);
    }
  }

  @Test
  void commandTakesThePlaceOfTheBootstrap() throws IOException {
    Files.delete(code.resolve("bootstrap"));
    FunctionSpec spec = FcRuns.of(FunctionSpec.custom("python3", "/code/server.py"));
    assertEquals("served one", text(invoke("command", spec, "one")));
  }

  @Test
  void initializerIsCalledFirst() {
    FunctionSpec spec = custom().withInitializer("index.initialize");
    assertEquals("[\"/initialize\"]", text(invoke("initialized", spec, "seen")));
  }

  @Test
  void statusOfTheServerIsTheFunctionsFailure() {
    HttpResponse<byte[]> answer = invoke("fails", custom(), "404");
    assertEquals(200, answer.statusCode());
    assertEquals("UnhandledInvocationError", header(answer, "X-Fc-Error-Type"));
    assertEquals("not here", text(answer));
    assertEquals("application/octet-stream", header(answer, "Content-Type"), "it is no JSON");
    JsonNode error = failed("UnhandledInvocationError", functions.invoke("fails", "status"));
    assertEquals("Mine", error.path("errorType").asText());
    error = failed("UnhandledInvocationError", functions.invoke("fails", "500"));
    assertEquals("HTTP status 500", error.path("errorMessage").asText());
  }

  @Test
  void serverThatSpeaksNoHttpAnswersBadly() {
    HttpResponse<byte[]> answer = invoke("garbles", custom(), "garbage");
    FcTester.refused(502, "BadResponse", answer);
    assertEquals(functions.newest("garbles").id().toString(), requestId(answer));
  }

  @Test
  void serverThatExitsIsTheFunctionsFailure() {
    JsonNode error = failed("UnhandledInvocationError", invoke("exits", custom(), "exit"));
    assertTrue(
        error.path("errorMessage").asText().startsWith("Process exited unexpectedly"),
        error::toString);
  }

  // ---- programs that do not

  @Test
  void programThatExitsAtOnceHasExited() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\necho no luck >&2\nexit 7\n");
    String message = FcTester.refused(412, "CAExited", invoke("brief", custom(), "x"));
    assertTrue(message.contains("exit code 7") && message.contains("no luck"), message);
  }

  @Test
  void programThatIsNotThereIsNotFound() throws IOException {
    Files.delete(code.resolve("bootstrap"));
    assertEquals(
        "BootstrapMissing: the code has no file bootstrap",
        FcTester.refused(412, "CAFileNotFound", invoke("bare", custom(), "x")));
  }

  @Test
  void programThatMayNotBeExecutedIsNotPermitted() throws IOException {
    Files.delete(code.resolve("bootstrap"));
    Files.writeString(code.resolve("bootstrap"), "#!/bin/sh\n");
    FcTester.refused(412, "CAFilePermission", invoke("plain", custom(), "x"));
  }

  @Test
  void programThatNeverListensHasNotStarted() throws IOException {
    try (ServerSocket beacon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      beacon.setSoTimeout(30_000);
      CustomProgram.script(
          code.resolve("bootstrap"),
          """
          #!/bin/sh
          exec python3 -c "
          import socket, time
          socket.create_connection(('127.0.0.1', %d)).close()
          time.sleep(60)"
          """
              .formatted(beacon.getLocalPort()));
      functions
          .fc
          .node()
          .deploy(
              "deaf",
              custom().withManaged(next -> next.initTimeoutMillis = INIT_TIMEOUT.toMillis()),
              code);
      CompletableFuture<HttpResponse<byte[]>> answer = functions.later("deaf", "x");
      beacon.accept().close();
      functions.fc.node().clock().advance(INIT_TIMEOUT);
      String message = FcTester.refused(412, "FunctionNotStarted", FcRuns.got(answer));
      assertTrue(message.contains("FC_SERVER_PORT"), message);
    }
  }
}
