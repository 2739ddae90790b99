package io.perdure.runtime.managed.custom;

import static io.perdure.runtime.Attempts.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Calls;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.custom.RawClient.RawAnswer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class RuntimeApiTest {
  private static final String READY = "/runtime/init/ready";
  private static final String NEXT = "/runtime/invocation/next";
  private static final String RESPONSE = "/runtime/invocation/response";
  private static final String ERROR = "/runtime/invocation/error";

  @TempDir private Path code;
  private final CustomSpec spec = new CustomSpec(Language.CUSTOM_API, Flavour.SCF);
  private final HttpClient http = HttpClient.newHttpClient();
  private Vertx vertx;
  private OneLoop loop;
  private Conversation conversation;
  private int port;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    loop = OneLoop.of(vertx);
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\n");
    spec.handler = "index.main_handler";
    conversation = opened();
    port = Integer.parseInt(conversation.environment().get("SCF_RUNTIME_API_PORT"));
  }

  @AfterEach
  void close() throws Exception {
    await(loop.on(conversation::close));
  }

  private Conversation opened() throws Exception {
    RuntimeApiConversations conversations = new RuntimeApiConversations(vertx);
    return await(loop.on(() -> conversations.open(spec.blueprint(code))));
  }

  @Test
  void environmentSaysWhereTheApiIs() {
    assertEquals("127.0.0.1", conversation.environment().get("SCF_RUNTIME_API"));
    assertEquals("index.main_handler", conversation.environment().get("_HANDLER"));
    assertTrue(port > 0);
  }

  @Test
  void eachInstanceHasAPortOfItsOwn() throws Exception {
    Conversation other = opened();
    assertFalse(other.environment().equals(conversation.environment()));
    await(loop.on(other::close));
  }

  @Test
  void instanceIsReadyWhenItSaysSo() throws Exception {
    Future<Void> ready = loop.on(conversation::ready);
    assertFalse(ready.isComplete());
    assertEquals(200, post(READY, "").statusCode());
    await(ready);
  }

  @Test
  void readyMayBeRepeated() throws Exception {
    post(READY, "");
    assertEquals(200, post(READY, "").statusCode());
  }

  @Test
  void lateInstanceHasNotSaidThatItIsReady() {
    assertEquals(
        new RunError(Kind.TIMEOUT, "InitTimeout", "no POST /runtime/init/ready within 1000 ms"),
        conversation.late(1000));
  }

  @Test
  void eventComesWithTheHeadersInTheSpellingOfTheSpec() throws Exception {
    post(READY, "");
    Call call = Calls.of(spec, "{\"a\":1}");
    call(call);
    try (RawClient client = new RawClient(port)) {
      RawAnswer answer = client.send(get(NEXT)).receive();
      assertEquals(200, answer.status());
      assertEquals("{\"a\":1}", answer.body());
      assertTrue(answer.head().contains("request_id: " + call.invocation().id()), answer::toString);
      assertTrue(answer.head().contains("memory_limit_in_mb: 128"), answer::toString);
      assertTrue(answer.head().contains("time_limit_in_ms: 2500"), answer::toString);
      assertTrue(
          answer.head().contains("content-type: application/json")
              || answer.head().contains("Content-Type: application/json"),
          answer::toString);
    }
  }

  @Test
  void nextWaitsUntilThereIsAnInvocation() throws Exception {
    post(READY, "");
    CompletableFuture<HttpResponse<String>> next = getAsync(NEXT);
    // Another request is answered while this one waits: the server has read it.
    assertEquals(200, post(READY, "").statusCode());
    assertFalse(next.isDone());
    call("hello");
    assertEquals("hello", next.get(20, TimeUnit.SECONDS).body());
  }

  @Test
  void eventIsTheSameUntilItIsAnswered() throws Exception {
    post(READY, "");
    call("one");
    assertEquals("one", get());
    assertEquals("one", get());
  }

  @Test
  void allThatWaitGetTheSameEvent() throws Exception {
    post(READY, "");
    CompletableFuture<HttpResponse<String>> first = getAsync(NEXT);
    CompletableFuture<HttpResponse<String>> second = getAsync(NEXT);
    post(READY, "");
    call("one");
    assertEquals("one", first.get(20, TimeUnit.SECONDS).body());
    assertEquals("one", second.get(20, TimeUnit.SECONDS).body());
  }

  @Test
  void eventIsNotLostWithTheConnectionThatWaitedForIt() throws Exception {
    post(READY, "");
    try (RawClient impatient = new RawClient(port)) {
      impatient.send(get(NEXT));
    }
    post(READY, "");
    call("one");
    assertEquals("one", get());
  }

  @Test
  void bodyOfTheResponseIsTheResult() throws Exception {
    assertEquals("done", result(fetched("one"), () -> post(RESPONSE, "done")));
  }

  @Test
  void nextEventComesAfterTheAnswer() throws Exception {
    result(fetched("one"), () -> post(RESPONSE, "1"));
    Future<Answer> two = call("two");
    assertEquals("two", get());
    assertEquals("2", result(two, () -> post(RESPONSE, "2")));
  }

  @Test
  void largestResultIsTaken() throws Exception {
    restart(6 << 20);
    String large = "x".repeat(6 << 20);
    assertEquals(large, result(fetched("one"), () -> post(RESPONSE, large)));
  }

  @Test
  void chunkedBodyIsTaken() throws Exception {
    Future<Answer> answer = fetched("one");
    try (RawClient client = new RawClient(port)) {
      client.send(
          "POST " + RESPONSE + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("2\r\nab\r\n3;ext=1\r\ncde\r\n0\r\n\r\n");
      assertEquals(200, client.receive().status());
    }
    assertEquals("abcde", returned(answer));
  }

  @Test
  void bodyIsAskedForWhenTheClientWaitsForThat() throws Exception {
    Future<Answer> answer = fetched("one");
    try (RawClient client = new RawClient(port)) {
      client.send(
          "POST "
              + RESPONSE
              + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertEquals(100, client.receive().status());
      assertEquals(200, client.send("ok").receive().status());
    }
    assertEquals("ok", returned(answer));
  }

  @Test
  void oldHttpWithoutAHostIsServed() throws Exception {
    Future<Answer> answer = fetched("one");
    try (RawClient client = new RawClient(port)) {
      client.send("POST " + RESPONSE + " HTTP/1.0\r\nContent-Length: 2\r\n\r\nok");
      assertEquals(200, client.receive().status());
    }
    assertEquals("ok", returned(answer));
  }

  @Test
  void resultMayBeEmpty() throws Exception {
    assertEquals("", result(fetched("one"), () -> post(RESPONSE, "")));
  }

  @Test
  void tooLargeAResultFailsTheCallAndTheInstanceHearsIt() throws Exception {
    Future<Answer> answer = fetched("one");
    assertRefused(413, "ResultTooLarge", post(RESPONSE, "x".repeat(1_000_000)));
    Answer.Raised raised = assertInstanceOf(Answer.Raised.class, await(answer));
    assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
    assertEquals("ResultTooLarge", raised.error().type());
    assertFalse(raised.fatal());
  }

  @Test
  void resultOfExactlyTheLimitIsTaken() throws Exception {
    assertEquals("x".repeat(1000), result(fetched("one"), () -> post(RESPONSE, "x".repeat(1000))));
  }

  @Test
  void errorIsAFailureOfTheFunction() throws Exception {
    Future<Answer> answer = fetched("one");
    assertEquals(200, post(ERROR, "it failed").statusCode());
    Answer.Raised raised = assertInstanceOf(Answer.Raised.class, await(answer));
    assertEquals(new RunError(Kind.FUNCTION, "Error", "it failed"), raised.error());
    assertEquals(
        "{\"errorMessage\":\"it failed\",\"errorType\":\"Error\",\"stackTrace\":[]}",
        raised.result().toString());
    assertFalse(raised.fatal());
  }

  @Test
  void errorMayTellTypeMessageAndStack() throws Exception {
    Future<Answer> answer = fetched("one");
    String error =
        "{\"errorMessage\":\"no\",\"errorType\":\"ValueError\",\"stackTrace\":[\"line 1\"]}";
    post(ERROR, error);
    Answer.Raised raised = assertInstanceOf(Answer.Raised.class, await(answer));
    assertEquals(new RunError(Kind.FUNCTION, "ValueError", "no"), raised.error());
    assertEquals(error, raised.result().toString());
  }

  @Test
  void firstAnswerIsFinal() throws Exception {
    Future<Answer> answer = fetched("one");
    post(RESPONSE, "first");
    HttpResponse<String> second = post(ERROR, "second");
    assertEquals(200, second.statusCode());
    assertEquals("{\"status\":\"ignored: answered before\"}", second.body());
    assertEquals("first", returned(answer));
  }

  @Test
  void lateAnswerIsNoneToTheNextInvocation() throws Exception {
    result(fetched("one"), () -> post(RESPONSE, "1"));
    Future<Answer> two = call("two");
    post(RESPONSE, "1 again");
    assertFalse(two.isComplete());
    get();
    assertEquals("2", result(two, () -> post(RESPONSE, "2")));
  }

  @Test
  void answerWithoutAnInvocationIsRefused() throws Exception {
    post(READY, "");
    assertRefused(409, "NoInvocation", post(RESPONSE, "what?"));
    assertRefused(409, "NoInvocation", post(ERROR, "what?"));
  }

  @Test
  void answerBeforeTheInvocationIsFetchedIsRefused() throws Exception {
    post(READY, "");
    Future<Answer> answer = call("one");
    assertRefused(409, "NoInvocation", post(RESPONSE, "guessed"));
    assertFalse(answer.isComplete());
  }

  @Test
  void nextBeforeReadyIsRefused() throws Exception {
    assertRefused(409, "NotReady", http(NEXT).get(20, TimeUnit.SECONDS));
  }

  @Test
  void unknownPathIsRefusedWithThoseThereAre() throws Exception {
    HttpResponse<String> answer = post("/2018-06-01/runtime/invocation/1/response", "x");
    assertRefused(404, "NotFound", answer);
    assertTrue(answer.body().contains(RESPONSE), answer.body());
  }

  @Test
  void wrongMethodIsRefused() throws Exception {
    assertRefused(405, "MethodNotAllowed", post(NEXT, ""));
    assertRefused(405, "MethodNotAllowed", http(RESPONSE).get(20, TimeUnit.SECONDS));
  }

  @Test
  void halfAnAnswerIsNone() throws Exception {
    Future<Answer> answer = fetched("one");
    try (RawClient client = new RawClient(port)) {
      client.send("POST " + RESPONSE + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf");
    }
    assertEquals("whole", result(answer, () -> post(RESPONSE, "whole")));
  }

  @Test
  void garbageIsRefusedAndChangesNothing() throws Exception {
    Future<Answer> answer = fetched("one");
    try (RawClient client = new RawClient(port)) {
      assertEquals(400, client.send("rubbish\r\n\r\n").receive().status());
    }
    assertEquals("1", result(answer, () -> post(RESPONSE, "1")));
  }

  @Test
  void instanceThatIsGoneAnswersNoMore() throws Exception {
    Future<Answer> answer = fetched("one");
    loop.run(conversation::lost);
    assertInstanceOf(Answer.Lost.class, await(answer));
  }

  @Test
  void instanceThatIsGoneIsNeverReady() {
    Future<Void> ready = loop.on(conversation::ready);
    loop.run(conversation::lost);
    ExecutionException failure = assertThrows(ExecutionException.class, () -> await(ready));
    assertEquals("InitExit", ((StartFailure) failure.getCause()).error().type());
  }

  @Test
  void thereIsNoWordForAStop() {
    assertFalse(loop.on(() -> conversation.cancel(Calls.of(spec, "x"))));
  }

  @Test
  void closedConversationListensNoMore() throws Exception {
    await(loop.on(conversation::close));
    assertThrows(IOException.class, () -> post(READY, ""));
  }

  @Test
  void tooManyConnectionsAreClosed() throws Exception {
    List<RawClient> clients = new java.util.ArrayList<>();
    try {
      for (int i = 0; i < 64; i++) {
        RawClient client = new RawClient(port);
        clients.add(client);
        client
            .send("POST " + READY + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            .receive();
      }
      try (RawClient beyond = new RawClient(port)) {
        assertThrows(
            IOException.class,
            () ->
                beyond
                    .send("POST " + READY + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    .receive());
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void missingBootstrapIsAnErrorOfTheFunction() {
    assertTrue(code.resolve("bootstrap").toFile().delete());
    ExecutionException failure = assertThrows(ExecutionException.class, this::opened);
    assertEquals("BootstrapMissing", ((StartFailure) failure.getCause()).error().type());
  }

  @Test
  void bootstrapFetchesAndAnswers() throws Exception {
    CustomProgram.install(code, "bootstrap", "fetch");
    try (StartedProgram program = StartedProgram.start(loop, opened())) {
      await(program.ready());
      assertEquals(
          new Answer.Returned(Buffer.buffer("index.main_handler ONE")), program.call(spec, "one"));
      Answer.Raised raised = assertInstanceOf(Answer.Raised.class, program.call(spec, "fail"));
      assertEquals("it failed", raised.error().message());
      assertEquals(
          new Answer.Returned(Buffer.buffer("index.main_handler TWO")), program.call(spec, "two"));
    }
  }

  @Test
  void bootstrapThatEndsLosesItsInvocation() throws Exception {
    CustomProgram.install(code, "bootstrap", "fetch");
    try (StartedProgram program = StartedProgram.start(loop, opened())) {
      await(program.ready());
      assertInstanceOf(Answer.Lost.class, program.call(spec, "exit"));
      assertEquals(3, program.exitCode());
    }
  }

  /** A conversation that takes larger results. */
  private void restart(int resultBytesMax) throws Exception {
    close();
    spec.resultBytesMax = resultBytesMax;
    conversation = opened();
    port = Integer.parseInt(conversation.environment().get("SCF_RUNTIME_API_PORT"));
  }

  private interface Step {
    HttpResponse<String> take() throws Exception;
  }

  private Future<Answer> fetched(String payload) throws Exception {
    post(READY, "");
    Future<Answer> answer = call(payload);
    assertEquals(payload, get());
    return answer;
  }

  private static String result(Future<Answer> answer, Step step) throws Exception {
    assertEquals("{\"status\":\"accepted\"}", step.take().body());
    return returned(answer);
  }

  private static String returned(Future<Answer> answer) throws Exception {
    return assertInstanceOf(Answer.Returned.class, await(answer)).result().toString();
  }

  private static void assertRefused(int status, String type, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(type, new JsonObject(answer.body()).getString("errorType"));
  }

  private Future<Answer> call(String payload) {
    return call(Calls.of(spec, payload));
  }

  private Future<Answer> call(Call call) {
    return loop.on(() -> conversation.call(call, call.deadline(), log -> {}));
  }

  private String get() throws Exception {
    return http(NEXT).get(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS).body();
  }

  private CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return http(path);
  }

  private CompletableFuture<HttpResponse<String>> http(String path) {
    return http.sendAsync(
        HttpRequest.newBuilder(uri(path)).version(HttpClient.Version.HTTP_1_1).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
}
