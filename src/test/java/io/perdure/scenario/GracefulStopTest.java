package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.NodeApi.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A graceful stop of functions with SCF's conventions: SIGTERM reaches the code, which goes on if
 * it expects it and dies if not (spec tencent-scf, section 5.1). Java code can expect it by {@code
 * sun.misc.Signal} only; without, the JVM runs its shutdown hooks and ends.
 */
@ExtendWith(PerdureExtension.class)
@Timeout(120)
class GracefulStopTest {
  private static final String RECEIVED = "[PLATFORM] Signal received successfully.\n";

  /** As documented: the handler installs what it wants to hear. */
  private static final String PYTHON =
      """
      import os, signal, socket, time
      class Killer:
          told = False
          def __init__(self):
              signal.signal(signal.SIGTERM, self.shut)
          def shut(self, *args):
              print("saving")
              self.told = True
      def main_handler(event, context):
          killer = Killer() if event == "keep" else None
          socket.create_connection(("127.0.0.1", int(os.environ["BEACON"]))).close()
          while not (killer and killer.told):
              time.sleep(0.05)
          return "saved"
      """;

  private static final String NODEJS =
      """
      const net = require('net');
      exports.main_handler = (event, context) => new Promise((resolve) => {
        if (event === 'keep') {
          process.on('SIGTERM', () => { console.log('saving'); resolve('saved'); });
        }
        net.connect(Number(process.env.BEACON), '127.0.0.1').on('connect', function () { this.end(); });
        setInterval(() => {}, 1000).unref();
        setTimeout(() => {}, 600000);
      });
      """;

  private enum Language {
    PYTHON3("\"python3\",\"handler\":\"index.main_handler\""),
    NODEJS("\"nodejs\",\"handler\":\"index.main_handler\""),
    JAVA("\"java\",\"handler\":\"io.perdure.scenario.SignalProgram::mainHandler\""),
    CUSTOM("\"custom\"");

    private final String kind;

    Language(String kind) {
      this.kind = kind;
    }
  }

  @TempDir private Path code;
  private ServerSocket beacon;
  private NodeApi api;

  @BeforeEach
  void listen(PerdureNode node) throws IOException {
    api = NodeApi.of(node);
    beacon = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    beacon.setSoTimeout(60_000);
  }

  @AfterEach
  void close() throws IOException {
    beacon.close();
  }

  @ParameterizedTest
  @EnumSource
  void codeThatExpectsTheSignalGoesOnAndReturns(Language language) throws IOException {
    deploy(language);
    JsonNode ended = stopped("\"keep\"");
    assertEquals(Status.SUCCEEDED, status(ended), ended::toString);
    String result = api.get(path(ended) + "/result").expect(200).text();
    assertEquals(language == Language.CUSTOM ? "saved" : "\"saved\"", result);
    String log = log(ended);
    assertTrue(log.contains(RECEIVED), log);
    assertTrue(log.indexOf("saving") > log.indexOf(RECEIVED), log);
  }

  @ParameterizedTest
  @EnumSource
  void codeThatDoesNotExpectTheSignalDies(Language language) throws IOException {
    deploy(language);
    JsonNode ended = stopped("\"no\"");
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals("ProcessExit", ended.at("/error/type").asText(), ended::toString);
    assertEquals("killed by SIGTERM", ended.at("/error/message").asText());
    assertEquals(1, ended.path("attempts").asInt());
    String log = log(ended);
    assertTrue(log.contains(RECEIVED), log);
    assertFalse(log.contains("saving"), log);
  }

  /** What became of an invocation that was told to stop while it ran. */
  private JsonNode stopped(String payload) throws IOException {
    String id = api.submit("fn", payload);
    beacon.accept().close();
    api.reaches(id, Status.RUNNING);
    api.post(
            invocation(id) + ":stop", "{\"mode\":\"graceful\"}", "Content-Type", "application/json")
        .expect(202);
    return api.ended(id);
  }

  private String log(JsonNode ended) {
    return api.get(path(ended) + "/log").expect(200).text();
  }

  private static String path(JsonNode ended) {
    return invocation(ended.path("id").asText());
  }

  /** Creates the function {@code fn}, which would be retried if that were allowed. */
  private void deploy(Language language) throws IOException {
    switch (language) {
      case PYTHON3 -> Files.writeString(code.resolve("index.py"), PYTHON);
      case NODEJS -> Files.writeString(code.resolve("index.js"), NODEJS);
      case JAVA -> copyProgram();
      case CUSTOM -> {
        copyProgram();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        CustomProgram.script(
            code.resolve("bootstrap"),
            "#!/bin/sh\nexec '%s' -XX:+UseSerialGC -Xmx64m -cp \"${0%%/*}\" %s\n"
                .formatted(java, SignalProgram.class.getName()));
      }
    }
    String zip = Base64.getEncoder().encodeToString(CodeZip.of(code).getBytes());
    String body =
        "{\"flavour\":\"scf\",\"retry\":{\"maxAttempts\":3},\"runtime\":{\"memoryMb\":256,"
            + "\"env\":{\"BEACON\":\""
            + beacon.getLocalPort()
            + "\"},\"kind\":"
            + language.kind
            + "},\"code\":{\"zip\":\""
            + zip
            + "\"}}";
    Answer put = api.send("PUT", NodeApi.function("fn"), body.getBytes(UTF_8));
    boolean missing = put.status() == 400 && put.text().contains("\"$.runtime.kind\"");
    assumeTrue(!missing, () -> "skipped: " + put.text());
    assertTrue(put.status() < 300, put::text);
  }

  private void copyProgram() throws IOException {
    String file = SignalProgram.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(code.resolve(file).getParent());
    try (InputStream in = SignalProgram.class.getResourceAsStream("/" + file)) {
      Files.copy(in, code.resolve(file));
    }
  }
}
