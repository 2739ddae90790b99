package io.perdure.api.scf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Event;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Python;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** States of asynchronous events, and their end by a user, on a whole node. */
@Timeout(120)
class AsyncEventTest {
  private static final String STOPPABLE =
      """
      import signal, socket, time
      def main_handler(event, context):
          if event.get('install'):
              def on_term(number, frame):
                  raise KeyboardInterrupt('told to stop')
              signal.signal(signal.SIGTERM, on_term)
          try:
              if 'port' in event:
                  socket.create_connection(('127.0.0.1', event['port'])).close()
              time.sleep(60)
          except KeyboardInterrupt:
              return 'cleaned up'
      """;

  private static ScfTester scf;
  private static ScfRuns functions;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    functions = new ScfRuns(scf);
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static void assertStatus(String state, int code, JsonNode status) {
    assertEquals(state, status.path("Status").asText(), status::toString);
    assertEquals(code, status.path("StatusCode").asInt(-1), status::toString);
  }

  private static String of(String id) {
    return "{'InvokeRequestId':'" + id + "'}";
  }

  private static String of(String function, String id) {
    return "{'FunctionName':'" + function + "','InvokeRequestId':'" + id + "'}";
  }

  @Test
  void eventIsRunningUntilItIsFinished() {
    Promise<Buffer> result = Promise.promise();
    functions.served("one", 0, payload -> result.future());
    String id = functions.event("one");
    assertStatus("RUNNING", 0, functions.status(id));
    functions.after(id, Event.Type.RUNNING, 1);
    assertStatus("RUNNING", 0, functions.status(id));
    result.complete(Buffer.buffer("1"));
    JsonNode status = functions.ended(id);
    assertStatus("FINISHED", 200, status);
    assertEquals(id, status.path("InvokeRequestId").asText());
  }

  @Test
  void whatFailsIsRunningUntilItsLastRetryHasFailed() {
    functions.served("fails", 2, payload -> Future.failedFuture("no"));
    String id = functions.event("fails");
    for (int retry = 1; retry <= 2; retry++) {
      functions.after(id, Event.Type.RETRYING, retry);
      assertStatus("RUNNING", 0, functions.status(id));
      scf.node().clock().advance(Duration.ofMinutes(1));
    }
    assertStatus("FAILED", 430, functions.ended(id));
  }

  @Test
  void retriesAreAMinuteApartAndSeenOneByOne() {
    functions.served("retried", 2, payload -> Future.failedFuture("no"));
    String id = functions.event("retried");
    functions.after(id, Event.Type.RETRYING, 1);
    scf.node().clock().advance(Duration.ofMillis(59_999));
    assertEquals(1, functions.requests("retried", id).size());
    scf.node().clock().advance(Duration.ofMillis(1));
    functions.after(id, Event.Type.RETRYING, 2);
    scf.node().clock().advance(Duration.ofMinutes(1));
    functions.ended(id);
    List<JsonNode> attempts = functions.requests("retried", id);
    assertEquals(List.of(0, 1, 2), attempts.stream().map(a -> a.path("RetryNum").asInt()).toList());
    List<String> minutes =
        attempts.stream().map(a -> a.path("StartTime").asText().substring(11)).toList();
    assertEquals(3, minutes.stream().distinct().count(), minutes::toString);
    for (JsonNode attempt : attempts) {
      assertEquals(-1, attempt.path("RetCode").asInt());
      JsonNode message = ScfRuns.json(attempt.path("RetMsg").asText());
      assertEquals(430, message.path("statusCode").asInt());
      assertEquals(id, attempt.path("RequestId").asText());
      assertEquals(id, message.path("requestId").asText());
    }
  }

  @Test
  void stateIsKeptForSeventyTwoHoursToTheSecond() {
    functions.served("kept", 0, payload -> Future.succeededFuture(payload));
    String id = functions.event("kept");
    assertStatus("FINISHED", 200, functions.ended(id));
    scf.node().clock().advance(Duration.ofDays(3).minusSeconds(1));
    assertStatus("FINISHED", 200, functions.status(id));
    String list = "{'FunctionName':'kept'}";
    assertEquals(1, scf.ok("ListAsyncEvents", list).path("TotalCount").asInt());
    scf.node().clock().advance(Duration.ofSeconds(1));
    scf.refused("ResourceNotFound.AsyncEvent", "GetAsyncEventStatus", of(id));
    assertEquals(0, scf.ok("ListAsyncEvents", list).path("TotalCount").asInt(-1));
    assertEquals(0, functions.requests("kept", id).size());
  }

  @Test
  void idThatIsNoneOfOursIsNotFound() {
    for (String id :
        List.of(UUID.randomUUID().toString(), "01a1b2c3-0000-7000-8000-000000000000", "nonsense")) {
      scf.refused("ResourceNotFound.AsyncEvent", "GetAsyncEventStatus", of(id));
    }
    scf.refused("MissingParameter", "GetAsyncEventStatus", "{}");
  }

  @Test
  void eventOfADeletedFunctionIsNotFoundByItsFunction() {
    functions.served("gone", 0, payload -> Future.succeededFuture(payload));
    String id = functions.event("gone");
    functions.ended(id);
    ScfRuns.done(scf.node().client().functions().delete("gone"));
    scf.refused("ResourceNotFound.Function", "GetAsyncEventStatus", of(id));
    scf.refused("ResourceNotFound.Function", "TerminateAsyncEvent", of("gone", id));
    functions.served("gone", 0, payload -> Future.succeededFuture(payload));
    scf.refused("ResourceNotFound.Function", "GetAsyncEventStatus", of(id));
    scf.refused("ResourceNotFound.AsyncEvent", "TerminateAsyncEvent", of("gone", id));
  }

  @Test
  void eventOfADeletedNamespaceIsNotFoundByItsNamespace() {
    NodeApi api = NodeApi.of(scf.node());
    api.send("PUT", "/v1/namespaces/passing", "{}".getBytes(UTF_8)).expect(201);
    functions.served("other", 0, payload -> Future.succeededFuture(payload));
    var spec = ScfRuns.done(scf.node().client().functions().get("other"));
    ScfRuns.done(
        scf.node()
            .client()
            .functions()
            .inNamespace("passing")
            .put("f", FunctionSpec.of(spec.runtime())));
    String id = functions.event("f','Namespace':'passing");
    functions.ended(id);
    ScfRuns.done(scf.node().client().functions().inNamespace("passing").delete("f"));
    api.send("DELETE", "/v1/namespaces/passing", new byte[0]).expect(204);
    scf.refused("ResourceNotFound.Namespace", "GetAsyncEventStatus", of(id));
  }

  @Test
  void terminationIsAnsweredWhenTheRunHasEnded() {
    Python.require();
    scf.node().deploy("sleeps", ScfRuns.python(), Map.of("index.py", STOPPABLE));
    String id = functions.event("sleeps");
    functions.after(id, Event.Type.RUNNING, 1);
    scf.ok("TerminateAsyncEvent", of("sleeps", id));
    assertStatus("ABORTED", 499, functions.status(id));
    scf.refused("FailedOperation.AsyncEventStatus", "TerminateAsyncEvent", of("sleeps", id));
    JsonNode request = functions.requests("sleeps", id).get(0);
    assertEquals(-1, request.path("RetCode").asInt());
    assertEquals(499, ScfRuns.json(request.path("RetMsg").asText()).path("statusCode").asInt());
  }

  @Test
  void whatWaitsForARetryIsTerminatedAtOnceInEitherMode() {
    functions.served("waits", 2, payload -> Future.failedFuture("no"));
    for (String mode : List.of("false", "true")) {
      String id = functions.event("waits");
      functions.after(id, Event.Type.RETRYING, 1);
      scf.ok(
          "TerminateAsyncEvent",
          "{'FunctionName':'waits','InvokeRequestId':'" + id + "','GraceShutdown':" + mode + "}");
      assertStatus("ABORTED", 499, functions.status(id));
      JsonNode first = functions.requests("waits", id).get(0);
      assertEquals(
          430,
          ScfRuns.json(first.path("RetMsg").asText()).path("statusCode").asInt(),
          "the attempt failed before it was terminated");
    }
  }

  @Test
  void functionThatCatchesTheSignalReturnsAfterAGracefulTermination() throws Exception {
    Python.require();
    scf.node().deploy("catches", ScfRuns.python(), Map.of("index.py", STOPPABLE));
    String id = gracefully("catches", true);
    assertStatus("FINISHED", 200, functions.ended(id));
    assertEquals(
        "\"cleaned up\"", functions.requests("catches", id).get(0).path("RetMsg").asText());
  }

  @Test
  void functionThatDoesNotCatchTheSignalDiesOfAGracefulTermination() throws Exception {
    Python.require();
    scf.node().deploy("dies", ScfRuns.python(), Map.of("index.py", STOPPABLE));
    String id = gracefully("dies", false);
    assertStatus("FAILED", 439, functions.ended(id));
  }

  /** An event that is told to end once it says, by connecting, that it is ready; its id. */
  private static String gracefully(String function, boolean install) throws Exception {
    String id;
    try (ServerSocket ready = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ready.setSoTimeout(30_000);
      String event = "{'install':" + install + ",'port':" + ready.getLocalPort() + "}";
      id =
          functions
              .invoke(
                  function, ",'InvocationType':'Event','ClientContext':" + ScfRuns.quoted(event))
              .path("FunctionRequestId")
              .asText();
      ready.accept().close();
    }
    scf.ok(
        "TerminateAsyncEvent",
        "{'FunctionName':'" + function + "','InvokeRequestId':'" + id + "','GraceShutdown':true}");
    return id;
  }

  @Test
  void terminationLooksForNamespaceFunctionAndEventInThisOrder() {
    functions.served("mine", 0, payload -> Promise.<Buffer>promise().future());
    functions.served("theirs", 0, payload -> Promise.<Buffer>promise().future());
    String id = functions.event("mine");
    scf.refused(
        "ResourceNotFound.Namespace",
        "TerminateAsyncEvent",
        "{'FunctionName':'mine','Namespace':'no','InvokeRequestId':'" + id + "'}");
    scf.refused("ResourceNotFound.Function", "TerminateAsyncEvent", of("no", id));
    scf.refused("ResourceNotFound.AsyncEvent", "TerminateAsyncEvent", of("theirs", id));
    scf.refused("ResourceNotFound.AsyncEvent", "TerminateAsyncEvent", of("mine", "no"));
    assertStatus("RUNNING", 0, functions.status(id));
    scf.ok("TerminateAsyncEvent", of("mine", id));
  }

  @Test
  void eventSurvivesARestart() {
    try (ScfTester own = ScfTester.start(Map.of())) {
      ScfRuns its = new ScfRuns(own);
      its.served("durable", 0, payload -> Future.succeededFuture(payload));
      String id = its.event("durable");
      its.ended(id);
      own.node().restart();
      assertStatus("FINISHED", 200, its.status(id));
    }
  }

  @Test
  void twoTerminationsAtOnceBothSucceedOrSayThatItHasEnded() throws Exception {
    functions.served("twice", 0, payload -> Promise.<Buffer>promise().future());
    String id = functions.event("twice");
    functions.after(id, Event.Type.RUNNING, 1);
    CompletableFuture<JsonNode> other =
        CompletableFuture.supplyAsync(() -> scf.call("TerminateAsyncEvent", of("twice", id)));
    JsonNode first = scf.call("TerminateAsyncEvent", of("twice", id));
    for (JsonNode answer : List.of(first, other.get(30, TimeUnit.SECONDS))) {
      String code = answer.path("Error").path("Code").asText();
      assertTrue(code.isEmpty() || code.equals("FailedOperation.AsyncEventStatus"), code);
    }
    assertStatus("ABORTED", 499, functions.status(id));
  }
}
