package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.events;
import static io.perdure.testkit.NodeApi.invocation;
import static io.perdure.testkit.NodeApi.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.CodeZip;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.runtime.managed.custom.CustomProgram;
import io.perdure.testkit.NodeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs of people's own, uploaded as both clouds document it, on a whole node. */
@ExtendWith(PerdureExtension.class)
@Timeout(60)
class CustomRuntimeTest {
  private static final String SCF = "\"flavour\":\"scf\"";
  private static final String FC = "\"flavour\":\"fc3\"";

  @TempDir private Path code;
  private ServerSocket beacon;
  private NodeApi api;

  @BeforeEach
  void listen(PerdureNode node) throws IOException {
    api = NodeApi.of(node);
    beacon = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    beacon.setSoTimeout(20_000);
  }

  @AfterEach
  void close() throws IOException {
    beacon.close();
  }

  @Test
  void bootstrapFetchesItsEventsAndIsKept() throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(SCF, "custom", ",\"handler\":\"index.main\"");
    JsonNode first = api.ended(api.submit("fn", "one"));
    JsonNode second = api.ended(api.submit("fn", "two"));
    assertEquals("index.main ONE", result(first));
    assertEquals("index.main TWO", result(second));
    assertEquals(first.path("instance"), second.path("instance"));
  }

  @Test
  void errorOfABootstrapIsTheFunctionsOwn() throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(SCF, "custom", "");
    JsonNode ended = failed("fail", "function", "Error");
    assertEquals("it failed", ended.path("error").path("message").asText());
    assertEquals(
        "{\"errorMessage\":\"it failed\",\"errorType\":\"Error\",\"stackTrace\":[]}",
        result(ended));
  }

  @Test
  void programThatServesIsPostedItsPayloads() throws IOException {
    CustomProgram.install(code, "bootstrap", "serve");
    put(FC, "custom", "");
    JsonNode ended = api.ended(api.submit("fn", "one"));
    assertEquals("POST /invoke one", result(ended));
    String log = api.get(invocation(ended.path("id").asText()) + "/log").expect(200).text();
    assertTrue(log.contains("serving one"), log);
  }

  @Test
  void webServerIsPostedItsPayloads() throws IOException {
    CustomProgram.install(code, "scf_bootstrap", "serve");
    put(SCF, "web", ",\"handler\":\"/events\"");
    assertEquals("POST /events one", result(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void commandTakesThePlaceOfTheBootstrap() throws IOException {
    CustomProgram.install(code, "run.sh", "serve");
    put(FC, "custom", ",\"command\":[\"/code/run.sh\"]");
    assertEquals("POST /invoke one", result(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void packageWithoutABootstrapFailsWithThat() throws IOException {
    CustomProgram.install(code, "strap", "fetch");
    put(SCF, "custom", "");
    failed("one", "function", "BootstrapMissing");
  }

  @Test
  void bootstrapThatExitsAtOnceFailsWithWhatItWrote() throws IOException {
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\necho no luck >&2\nexit 7\n");
    put(SCF, "custom", "");
    JsonNode ended = failed("one", "crash", "InitExit");
    String message = ended.path("error").path("message").asText();
    assertTrue(message.contains("exit code 7") && message.contains("no luck"), message);
  }

  @Test
  void bootstrapThatNeverGetsReadyIsGivenUp(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "hang");
    put(SCF, "custom", ",\"initTimeoutMs\":3000");
    String id = api.submit("fn", "one");
    awaitBeacon();
    node.clock().advance(Duration.ofSeconds(3));
    error(api.ended(id), "timeout", "InitTimeout");
  }

  @Test
  void serverThatNeverListensIsGivenUp(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "hang");
    put(FC, "custom", ",\"initTimeoutMs\":3000");
    String id = api.submit("fn", "one");
    awaitBeacon();
    node.clock().advance(Duration.ofSeconds(3));
    error(api.ended(id), "timeout", "PortNotBound");
  }

  @Test
  void instanceThatExitsDuringAnInvocationIsReplaced() throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(SCF, "custom", "");
    JsonNode ended = failed("exit", "crash", "ProcessExit");
    assertEquals("exit code 3", ended.path("error").path("message").asText());
    assertEquals(Status.SUCCEEDED, status(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void serverThatExitsDuringAnInvocationIsReplaced() throws IOException {
    CustomProgram.install(code, "bootstrap", "serve");
    put(FC, "custom", "");
    failed("exit", "crash", "ProcessExit");
    assertEquals(Status.SUCCEEDED, status(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void timeLimitEndsTheInstance(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(SCF, "custom", "");
    String id = api.submit("fn", "hang");
    awaitBeacon();
    node.clock().advance(Duration.ofSeconds(5));
    error(api.ended(id), "timeout", "Timeout");
    assertEquals(Status.SUCCEEDED, status(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void tooLargeAResultFailsTheInvocationAlone() throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch");
    put(SCF, "custom", "");
    JsonNode ended = failed("large", "bad_response", "ResultTooLarge");
    assertTrue(result(ended).contains("\"errorType\":\"ResultTooLarge\""), result(ended));
    assertEquals(Status.SUCCEEDED, status(api.ended(api.submit("fn", "one"))));
  }

  @Test
  void programThatIgnoresASignalIsKilledAfterTheGrace(PerdureNode node) throws IOException {
    CustomProgram.install(code, "bootstrap", "fetch", "trap '' TERM");
    put(SCF, "custom", "");
    String id = api.submit("fn", "hang");
    awaitBeacon();
    api.post(invocation(id) + ":stop", "{\"graceMs\":4000}", "Content-Type", "application/json")
        .expect(202);
    api.has(id, "STOP_DELIVERED");
    node.clock().advance(Duration.ofSeconds(4));
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended), ended::toString);
    assertTrue(ended.toString().contains("SIGKILL"), ended::toString);
    assertTrue(events(ended).contains("STOP_ACKNOWLEDGED"), ended::toString);
  }

  @Test
  void serverIsToldOfAStopByASignal() throws IOException {
    CustomProgram.install(code, "bootstrap", "serve");
    put(FC, "custom", "");
    String id = api.submit("fn", "hang");
    awaitBeacon();
    api.post(invocation(id) + ":stop", "{\"graceMs\":20000}", "Content-Type", "application/json")
        .expect(202);
    JsonNode ended = api.ended(id);
    assertEquals(Status.STOPPED, status(ended), ended::toString);
    assertTrue(ended.toString().contains("SIGTERM"), ended::toString);
  }

  /** Creates or replaces the function {@code fn} with the files in {@link #code}. */
  private void put(String flavour, String kind, String more) {
    String zip = Base64.getEncoder().encodeToString(CodeZip.of(code).getBytes());
    api.putFunction(
        "fn",
        "{"
            + flavour
            + ",\"timeoutMs\":5000,\"runtime\":{\"kind\":\""
            + kind
            + "\",\"env\":{\"BEACON\":\""
            + beacon.getLocalPort()
            + "\"}"
            + more
            + "},\"code\":{\"zip\":\""
            + zip
            + "\"}}");
  }

  /** Waits until a program says that it hangs. */
  private void awaitBeacon() throws IOException {
    beacon.accept().close();
  }

  private String result(JsonNode ended) {
    return api.get(invocation(ended.path("id").asText()) + "/result").expect(200).text();
  }

  private JsonNode failed(String payload, String kind, String type) {
    return error(api.ended(api.submit("fn", payload)), kind, type);
  }

  private static JsonNode error(JsonNode ended, String kind, String type) {
    assertEquals(Status.FAILED, status(ended), ended::toString);
    assertEquals(type, ended.path("error").path("type").asText(), ended::toString);
    assertEquals(kind, ended.path("error").path("kind").asText(), ended::toString);
    return ended;
  }
}
