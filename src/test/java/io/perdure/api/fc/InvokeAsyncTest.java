package io.perdure.api.fc;

import static io.perdure.api.fc.FcRuns.header;
import static io.perdure.api.fc.FcRuns.requestId;
import static io.perdure.api.fc.FcRuns.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous InvokeFunction, and what InvokeFunction refuses, on a whole node. */
@Timeout(120)
class InvokeAsyncTest {
  private static final String TYPE = "X-Fc-Invocation-Type";
  private static final String ID = "X-Fc-Stateful-Async-Invocation-Id";
  private static final String TASK_ID = "X-Fc-Async-Task-Id";
  private static final String V1 = "/2016-08-15/services/default/functions/f/invocations";
  private static final String V3 = "/2023-03-30/functions/f/invocations";

  private FcRuns functions;

  @BeforeEach
  void start() {
    functions = new FcRuns(FcTester.start(Map.of()));
    for (String namespace : List.of("default", "$fc3")) {
      FcRuns.done(
          functions
              .fc
              .node()
              .client()
              .functions()
              .inNamespace(namespace)
              .put(
                  "f",
                  FunctionSpec.eventBus("test.f")
                      .withFlavour(namespace.equals("$fc3") ? Flavour.FC3 : Flavour.FC2)
                      .withTimeout(Duration.ofDays(1))));
    }
    serve();
  }

  @AfterEach
  void stop() {
    functions.fc.close();
  }

  /** The function returns what it is given. */
  private void serve() {
    var consumer = functions.fc.node().vertx().eventBus().<Buffer>consumer("test.f");
    consumer.handler(message -> message.reply(message.body()));
    FcRuns.done(consumer.completion());
  }

  private HttpResponse<byte[]> asyncAt(String path, String payload, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of(TYPE, "Async"));
    return functions.invokeAt(path, payload, all.toArray(String[]::new));
  }

  private HttpResponse<byte[]> async(String payload, String... headers) {
    return asyncAt(FcRuns.path("f"), payload, headers);
  }

  private static void assertAccepted(HttpResponse<byte[]> answer) {
    assertEquals(202, answer.statusCode(), () -> text(answer));
    assertEquals(0, answer.body().length);
    assertNull(header(answer, "Content-Type"));
  }

  // ---- ids

  @Test
  void answerIsEmptyAndTheTaskGoesByTheIdOfTheRequest() {
    HttpResponse<byte[]> answer = async("one");
    assertAccepted(answer);
    assertEquals(requestId(answer), header(answer, ID));
    Invocation task = functions.ended(requestId(answer));
    assertEquals(Status.SUCCEEDED, task.status());
    assertEquals(Invocation.Mode.ASYNC, task.mode());
    assertEquals(Invocation.Origin.FC, task.origin());
    assertNull(task.key());
  }

  @Test
  void headersAreSpelledAsClientsLookForThem() {
    assertEquals(
        List.of("X-Fc-Request-Id", ID), functions.headerNames(FcRuns.path("f"), TYPE, "Async"));
    assertEquals(List.of(TASK_ID, "X-Fc-Request-Id"), functions.headerNames(V3, TYPE, "Async"));
  }

  @Test
  void chosenIdIsTheTasksAndNotTheRequests() {
    HttpResponse<byte[]> answer = async("one", "x-fc-stateful-async-invocation-id", "my-task_1");
    assertAccepted(answer);
    assertEquals("my-task_1", header(answer, ID));
    Invocation task = functions.ended(requestId(answer));
    assertEquals("my-task_1", task.key());
    assertNull(task.requestId());
  }

  @Test
  void chosenIdOfTheNewestGenerationHasAnotherHeader() {
    HttpResponse<byte[]> answer = asyncAt(V3, "one", "X-FC-ASYNC-TASK-ID", "_t");
    assertAccepted(answer);
    assertEquals("_t", header(answer, TASK_ID));
    assertNull(header(answer, ID));
    assertEquals("_t", functions.ended(requestId(answer)).key());
  }

  @Test
  void oldestGenerationNamesItsTasksAsTheSecondDoes() {
    assertEquals("t", header(asyncAt(V1, "one", ID, "t"), ID));
  }

  @Test
  void callersOwnRequestIdIsTheTasksIdWhereItHasNoOther() {
    HttpResponse<byte[]> answer = async("one", "x-fc-request-id", "7-up");
    assertAccepted(answer);
    assertEquals("7-up", requestId(answer));
    assertEquals("7-up", header(answer, ID));
    Invocation task = functions.newest("f");
    assertEquals("7-up", task.key());
    assertEquals("7-up", task.requestId());
  }

  @Test
  void taskMayHaveAnIdAndItsRequestAnother() {
    HttpResponse<byte[]> answer = async("one", "x-fc-request-id", "req", ID, "task");
    assertEquals("req", requestId(answer));
    assertEquals("task", header(answer, ID));
    Invocation task = functions.newest("f");
    assertEquals("task", task.key());
    assertEquals("req", task.requestId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1a", "-a", "a b", "a.b", "a/b"})
  void idThatIsNoneIsRefused(String id) {
    String message = FcTester.refused(400, "InvalidArgument", async("one", ID, id));
    assertTrue(message.startsWith(ID + ": expected 1 to 128 letters"), message);
    FcTester.refused(400, "InvalidArgument", asyncAt(V3, "one", TASK_ID, id));
    FcTester.refused(400, "InvalidArgument", async("one", ID, "a".repeat(129)));
    assertAccepted(async("one", ID, "a".repeat(128)));
  }

  // ---- duplicates

  @ParameterizedTest
  @ValueSource(strings = {"one", "another"})
  void idThatWasUsedIsRefusedAndNothingChanges(String payload) {
    Invocation first = functions.ended(requestId(async("one", ID, "twice")));
    assertEquals(
        "stateful async invocation 'twice' of function 'f' in service 'default' already exists",
        FcTester.refused(409, "StatefulAsyncInvocationAlreadyExists", async(payload, ID, "twice")));
    assertEquals(1, functions.count("f"));
    assertEquals(first, functions.ended(first.id().toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "another"})
  void newestGenerationHasACodeOfItsOwnForThat(String payload) {
    functions.ended(requestId(asyncAt(V3, "one", TASK_ID, "twice")));
    assertEquals(
        "async task 'twice' of function 'f' already exists",
        FcTester.refused(409, "AsyncTaskAlreadyExists", asyncAt(V3, payload, TASK_ID, "twice")));
  }

  @Test
  void requestIdThatWasUsedIsRefusedAsATaskIdIs() {
    assertAccepted(async("one", "x-fc-request-id", "again"));
    FcTester.refused(
        409, "StatefulAsyncInvocationAlreadyExists", async("one", "x-fc-request-id", "again"));
  }

  @Test
  void sameIdOfAnotherFunctionIsAnotherTask() {
    functions.fc.node().function("g").returns("1");
    assertAccepted(async("one", ID, "shared"));
    assertAccepted(asyncAt(FcRuns.path("g"), "one", ID, "shared"));
    assertAccepted(asyncAt(V3, "one", TASK_ID, "shared"));
  }

  @Test
  void ofManyWithOneIdAtOnceOneIsAccepted() {
    List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(CompletableFuture.supplyAsync(() -> async("one", ID, "race")));
    }
    List<Integer> statuses =
        all.stream().map(FcRuns::got).map(HttpResponse::statusCode).sorted().toList();
    assertEquals(List.of(202, 409, 409, 409, 409, 409, 409, 409), statuses);
    assertEquals(1, functions.count("f"));
  }

  // ---- task mode and delay

  @Test
  void taskModeCanBeSwitchedOnForOneCall() {
    String enable = "X-Fc-Stateful-Async-Invocation-Enable";
    assertTrue(functions.ended(requestId(async("one", enable, "true"))).tracked());
    assertFalse(functions.ended(requestId(async("one", enable, "false"))).tracked());
    assertFalse(functions.ended(requestId(async("one"))).tracked());
    FcTester.refused(400, "InvalidArgument", async("one", enable, "yes"));
  }

  @Test
  void delayedTaskStartsNoEarlier() {
    long now = functions.fc.node().clock().millis();
    HttpResponse<byte[]> answer = async("one", "x-fc-async-delay", "3600");
    assertAccepted(answer);
    functions.fc.node().clock().advance(Duration.ofSeconds(3599));
    Invocation waiting = functions.newest("f");
    assertEquals(Status.ENQUEUED, waiting.status());
    assertEquals(now, waiting.acceptedAt());
    functions.fc.node().clock().advance(Duration.ofSeconds(1));
    Invocation ended = functions.ended(requestId(answer));
    assertEquals(Status.SUCCEEDED, ended.status());
    assertEquals(now + 3_600_000, ended.startedAt());
  }

  @Test
  void delayOfNothingIsNone() {
    Invocation ended = functions.ended(requestId(async("one", "X-Fc-Async-Delay", "0")));
    assertEquals(ended.acceptedAt(), ended.startedAt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"3601", "-1", "1.5", "soon", "99999999999"})
  void delayThatIsNoneIsRefused(String delay) {
    assertEquals(
        "X-Fc-Async-Delay: expected whole seconds from 0 to 3600",
        FcTester.refused(400, "InvalidArgument", async("one", "X-Fc-Async-Delay", delay)));
  }

  @Test
  void whoWaitsCannotDelay() {
    FcTester.refused(400, "InvalidArgument", functions.invoke("f", "one", "X-Fc-Async-Delay", "1"));
    assertEquals(200, functions.invoke("f", "one", "X-Fc-Async-Delay", "0").statusCode());
  }

  // ---- what is refused

  @ParameterizedTest
  @CsvSource({
    "Sync, X, 'LogType is set to an invalid value (allowed: Tail | None, actual: ''X'')'",
    "Async, X, 'LogType is set to an invalid value (allowed: None, actual: ''X'')'",
    "Async, Tail, 'LogType is set to an invalid value (allowed: None, actual: ''Tail'')'",
    "Later, None, "
        + "'InvocationType is set to an invalid value (allowed: Sync | Async, actual: ''Later'')'"
  })
  void typesAreCheckedInTheCloudsWords(String type, String logType, String message) {
    HttpResponse<byte[]> answer =
        functions.invoke("f", "one", TYPE, type, "X-Fc-Log-Type", logType);
    assertEquals(message, FcTester.refused(400, "InvalidArgument", answer));
  }

  @Test
  void typesMayBeSaidAsTheyAreAnyway() {
    assertAccepted(async("one", "X-Fc-Log-Type", "None"));
    assertEquals(
        200, functions.invoke("f", "", TYPE, "Sync", "X-Fc-Log-Type", "None").statusCode());
  }

  @Test
  void asynchronousPayloadIsBounded() {
    assertAccepted(async("x".repeat(131_072)));
    assertEquals(
        "The payload is larger than the maximum of 131072 bytes",
        FcTester.refused(400, "EntityTooLarge", async("x".repeat(131_073))));
    assertEquals(200, functions.invoke("f", "x".repeat(131_073)).statusCode());
  }

  @Test
  void whatIsMissingIsSaidInTheOrderServiceFunctionQualifierHeadersSize() {
    String none = "/2021-04-06/services/none/functions/none/invocations?qualifier=7";
    String large = "x".repeat(131_073);
    String[] wrong = {ID, "1", "X-Fc-Log-Type", "X"};
    assertEquals(
        "service 'none' does not exist",
        FcTester.refused(404, "ServiceNotFound", asyncAt(none, large, wrong)));
    assertEquals(
        "function 'none' does not exist in service 'default'",
        FcTester.refused(
            404, "FunctionNotFound", asyncAt(FcRuns.path("none") + "?qualifier=7", large, wrong)));
    FcTester.refused(
        404, "VersionNotFound", asyncAt(FcRuns.path("f") + "?qualifier=7", large, wrong));
    FcTester.refused(
        404, "AliasNotFound", asyncAt(FcRuns.path("f") + "?qualifier=a7", large, wrong));
    FcTester.refused(400, "InvalidArgument", async(large, wrong));
    FcTester.refused(400, "EntityTooLarge", async(large));
    assertEquals(
        "function 'none' does not exist",
        FcTester.refused(
            404, "FunctionNotFound", asyncAt("/2023-03-30/functions/none/invocations", "")));
    assertEquals(0, functions.count("f"));
  }

  @Test
  void functionsWithoutAServiceAreReachedByNone() {
    FcTester.refused(
        404,
        "ServiceNotFound",
        asyncAt("/2021-04-06/services/%24fc3/functions/f/invocations", "one"));
  }

  @Test
  void triggersByHttpAreNotSupported() {
    FcTester.refused(
        501, "NotImplemented", functions.invokeAt("/2016-08-15/proxy/default/f/some", "one"));
  }

  // ---- functions of other kinds

  @Test
  void functionWithoutInstancesHasNoneInItsAnswer() {
    functions.fc.node().function("native").returns("done");
    HttpResponse<byte[]> answer = functions.invoke("native", "", "X-Fc-Log-Type", "Tail");
    assertEquals("done", text(answer));
    for (String name :
        List.of(
            "X-Fc-Instance-Id", "X-Fc-Code-Checksum", "X-Fc-Log-Result", "X-Fc-Max-Memory-Usage")) {
      assertNull(header(answer, name), name);
    }
    assertEquals("LATEST", header(answer, "X-Fc-Invocation-Service-Version"));
  }

  @Test
  void failureOfAVerticleIsTheFunctionsFailure() {
    functions.fc.node().function("fails").failsThenReturns(1, "");
    var error = FcRuns.failed("UnhandledInvocationError", functions.invoke("fails", ""));
    assertEquals("failure 1", error.path("errorMessage").asText());
  }

  @Test
  void functionThatNobodyServesIsAnErrorOfThePlatform() {
    FcRuns.done(
        functions
            .fc
            .node()
            .client()
            .functions()
            .put("unserved", FunctionSpec.eventBus("test.nobody")));
    HttpResponse<byte[]> answer = functions.invoke("unserved", "");
    String message = FcTester.refused(503, "ResourceThrottled", answer);
    assertTrue(message.contains("test.nobody"), message);
    assertEquals(functions.newest("unserved").id().toString(), requestId(answer));
  }

  @Test
  void serverElsewhereAnswersForItself() {
    HttpServer server =
        FcRuns.done(
            functions
                .fc
                .node()
                .vertx()
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body ->
                                    request
                                        .response()
                                        .setStatusCode(body.length() == 0 ? 404 : 200)
                                        .end(request.getHeader("x-fc-request-id"))))
                .listen(0, "127.0.0.1"));
    String url = "http://127.0.0.1:" + server.actualPort() + "/";
    var client = functions.fc.node().client().functions();
    FcRuns.done(client.put("elsewhere", FunctionSpec.http(url)));
    HttpResponse<byte[]> answer = functions.invoke("elsewhere", "x", "X-Fc-Request-Id", "mine");
    assertEquals("mine", text(answer));
    HttpResponse<byte[]> failed = functions.invoke("elsewhere", "");
    assertEquals("UnhandledInvocationError", header(failed, "X-Fc-Error-Type"));
    assertEquals(requestId(failed), text(failed));
    FcRuns.done(server.close());
    FcTester.refused(503, "ResourceThrottled", functions.invoke("elsewhere", "x"));
  }

  @Test
  void commandAnswersWithItsOutput() {
    FcRuns.done(
        functions
            .fc
            .node()
            .client()
            .functions()
            .put("shout", FunctionSpec.command("/bin/sh", "-c", "tr a-z A-Z; echo said >&2")));
    HttpResponse<byte[]> answer = functions.invoke("shout", "hello", "X-Fc-Log-Type", "Tail");
    assertEquals("HELLO", text(answer));
    assertEquals("said\n", FcRuns.log(answer));
  }

  // ---- waits

  @Test
  void runThatOutlastsTheCallIsToldByItsId() {
    functions.fc.node().function("slow").never();
    CompletableFuture<HttpResponse<byte[]>> answer = functions.later("slow", "");
    Invocation run = functions.running("slow");
    functions.fc.node().clock().advance(Duration.ofMinutes(15));
    HttpResponse<byte[]> told = FcRuns.got(answer);
    String message = FcTester.refused(500, "InternalServerError", told);
    assertTrue(message.contains(run.id().toString()), message);
    assertEquals(run.id().toString(), requestId(told));
    assertEquals(run.id(), functions.running("slow").id(), "it goes on");
  }

  @Test
  void callersWhoWaitAreBounded() {
    try (FcTester narrow = FcTester.start(Map.of("fc.waits-max", "1"))) {
      FcRuns few = new FcRuns(narrow);
      narrow.node().function("slow").never();
      CompletableFuture<HttpResponse<byte[]>> first = few.later("slow", "");
      few.running("slow");
      FcTester.refused(429, "ResourceExhausted", few.invoke("slow", ""));
      narrow.node().clock().advance(Duration.ofMinutes(15));
      FcRuns.got(first);
    }
  }

  @Test
  void runGoesOnWhenItsCallerHasGone() {
    CompletableFuture<Buffer> result = new CompletableFuture<>();
    functions.fc.node().function("patient").serves(payload -> Future.fromCompletionStage(result));
    CompletableFuture<?> caller =
        HttpClient.newHttpClient()
            .sendAsync(
                functions.fc.signed("POST", FcRuns.path("patient"), null, Map.of()).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    String id = functions.running("patient").id().toString();
    caller.cancel(true);
    FcTester.refused(404, "FunctionNotFound", functions.invoke("none", "")); // a moment for the end
    result.complete(Buffer.buffer("done"));
    assertEquals(Status.SUCCEEDED, functions.ended(id).status());
    awaitMetric("operation=\"InvokeFunction\",status=\"499\"");
  }

  private void awaitMetric(String labels) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < until) {
      if (NodeApi.of(functions.fc.node()).get("/metrics").text().contains(labels)) {
        return;
      }
    }
    throw new AssertionError("no metric of " + labels);
  }
}
