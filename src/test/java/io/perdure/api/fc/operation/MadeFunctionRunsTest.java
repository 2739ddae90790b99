package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.perdure.api.fc.FcTester;
import io.perdure.testkit.Python;
import io.perdure.testkit.Zips;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That functions made and changed by the API run as they were made. */
class MadeFunctionRunsTest {
  private static final String V2 = "/2021-04-06/services/s/functions";
  private static final String V3 = "/2023-03-30/functions";

  private static final String SOURCE =
      """
      import json, os
      ready = []
      def init(context):
          ready.append(context.function.name)
      def handler(event, context):
          return json.dumps([os.environ.get('A'), ready, context.function.timeout])
      """;

  /** Speaks HTTP on the port that it is told, or the one it is started with. */
  private static final String PROGRAM =
      """
      import os, sys
      from http.server import BaseHTTPRequestHandler, HTTPServer
      ready = []
      class Handler(BaseHTTPRequestHandler):
          def do_POST(self):
              self.rfile.read(int(self.headers.get('Content-Length', 0)))
              ready.append(self.path)
              body = ' '.join(sys.argv[1:] + ready).encode()
              self.send_response(200)
              self.send_header('Content-Length', str(len(body)))
              self.end_headers()
              self.wfile.write(body)
      HTTPServer(('127.0.0.1', int(os.environ['FC_SERVER_PORT'])), Handler).serve_forever()
      """;

  /** One that whoever runs the programs of functions can reach. */
  private static final String PYTHON =
      Stream.of("/usr/bin/python3", "/usr/local/bin/python3")
          .filter(python -> Files.isExecutable(Path.of(python)))
          .findFirst()
          .orElse("");

  private static FcTester fc;

  @BeforeAll
  static void start() {
    Python.require();
    fc = FcTester.start(Map.of());
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'s'}");
  }

  @AfterAll
  static void close() {
    if (fc != null) {
      fc.close();
    }
  }

  private static String body(String name, String runtime, byte[] zip, String more) {
    return FcCode.body(name, runtime, more)
        .replace(FcCode.ZIP, Base64.getEncoder().encodeToString(zip));
  }

  private static String invoked(String function) {
    HttpResponse<byte[]> answer = fc.call("POST", function + "/invocations", "{}", Map.of());
    String text = new String(answer.body(), UTF_8);
    assertEquals(200, answer.statusCode(), text);
    return text;
  }

  @Test
  void environmentInitializerAndTimeoutReachTheCode() {
    byte[] zip = Zips.of("index.py", SOURCE);
    fc.ok(
        "POST",
        V2,
        body(
            "f",
            "python3.10",
            zip,
            ",'environmentVariables':{'A':'one'},'initializer':'index.init','timeout':7"));
    assertEquals("[\"one\", [\"f\"], 7]", invoked(V2 + "/f"));
    fc.ok("PUT", V2 + "/f", "{'initializer':'','environmentVariables':{'A':'two'}}");
    assertEquals("[\"two\", [], 7]", invoked(V2 + "/f"));
    fc.ok(
        "POST",
        V3,
        body(
            "g",
            "python3.10",
            zip,
            ",'instanceLifecycleConfig':{'initializer':{'handler':'index.init'}}"));
    assertEquals("[null, [\"g\"], 3]", invoked(V3 + "/g"));
  }

  @Test
  void aProgramIsStartedByItsCommandAndItsArguments() {
    assumeFalse(PYTHON.isEmpty(), "there is no python3 for the program");
    byte[] zip = Zips.of("server.py", PROGRAM);
    fc.ok(
        "POST",
        V3,
        body(
            "program",
            "custom",
            zip,
            ",'timeout':20,'customRuntimeConfig':{'command':['"
                + PYTHON
                + "','/code/server.py'],"
                + "'args':['-v'],'port':0},"
                + "'instanceLifecycleConfig':{'initializer':{'handler':'any.thing'}}"));
    assertEquals("-v /initialize /invoke", invoked(V3 + "/program"));
    fc.ok(
        "POST",
        V2,
        body(
            "program",
            "custom.debian10",
            zip,
            ",'timeout':20,'caPort':0,"
                + "'customRuntimeConfig':{'command':['"
                + PYTHON
                + "'],'args':['server.py']}"));
    assertEquals("/invoke", invoked(V2 + "/program"));
  }
}
