package io.perdure.runtime.managed.custom;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.managed.custom.RawServer.answer;
import static io.perdure.runtime.managed.custom.RawServer.head;
import static io.perdure.runtime.managed.custom.RawServer.raw;
import static io.perdure.runtime.managed.custom.RawServer.rawAndClose;
import static io.perdure.runtime.managed.custom.RawServer.silence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Calls;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Regions;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.custom.RawServer.RawRequest;
import io.perdure.runtime.managed.custom.RawServer.Reaction;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class HttpConversationTest {
  private static final String OK = head("200 OK", "", 2) + "ok";

  @TempDir private Path code;
  private CustomSpec spec = new CustomSpec(Language.CUSTOM_HTTP, Flavour.FC3);
  private final List<AutoCloseable> open = new ArrayList<>();
  private Vertx vertx;
  private OneLoop loop;
  private HttpConversations conversations;
  private Conversation conversation;

  @BeforeEach
  void open(Vertx vertx) throws Exception {
    this.vertx = vertx;
    loop = OneLoop.of(vertx);
    conversations = new HttpConversations(vertx, new Regions("ap-guangzhou", "cn-hangzhou"));
    CustomProgram.script(code.resolve("bootstrap"), "#!/bin/sh\n");
    CustomProgram.script(code.resolve("scf_bootstrap"), "#!/bin/sh\n");
  }

  @AfterEach
  void close() throws Exception {
    if (conversation != null) {
      await(loop.on(conversation::close));
    }
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    await(loop.on(conversations::close));
  }

  // ---- start

  @Test
  void environmentTellsThePortByTheNamesOfTheFlavour() throws Exception {
    assertEquals(List.of("FC_CUSTOM_LISTEN_PORT", "FC_SERVER_PORT", "PORT"), names(Flavour.FC3));
    assertEquals(List.of("FC_CUSTOM_LISTEN_PORT", "FC_SERVER_PORT", "PORT"), names(Flavour.FC2));
    assertEquals(List.of("PERDURE_PORT", "PORT"), names(Flavour.NATIVE));
    spec = new CustomSpec(Language.WEB, Flavour.SCF);
    assertEquals(List.of("PORT"), names(Flavour.SCF));
  }

  @Test
  void instancesGetDifferentPorts() throws Exception {
    Conversation first = opened();
    Conversation second = opened();
    assertFalse(first.environment().equals(second.environment()));
    await(loop.on(first::close));
    await(loop.on(second::close));
  }

  @Test
  void webFunctionStartsItsOwnBootstrap() throws Exception {
    spec = new CustomSpec(Language.WEB, Flavour.SCF);
    conversation = opened();
    assertEquals(List.of(code.resolve("scf_bootstrap").toString()), conversation.argv());
    assertEquals(code, conversation.directory());
  }

  @Test
  void missingBootstrapIsAnErrorOfTheFunction() {
    assertTrue(code.resolve("bootstrap").toFile().delete());
    assertEquals("BootstrapMissing", startFailure(this::opened).error().type());
  }

  @Test
  void instanceIsReadyWhenItListens() throws Exception {
    conversation = opened();
    Future<Void> ready = loop.on(conversation::ready);
    assertFalse(ready.isComplete());
    open.add(new RawServer(port(), silence()));
    await(ready);
  }

  @Test
  void instanceThatDoesNotListenIsToldWhereItShould() throws Exception {
    conversation = opened();
    loop.on(conversation::ready);
    RunError error = conversation.late(2000);
    assertEquals(Kind.TIMEOUT, error.kind());
    assertEquals("PortNotBound", error.type());
    assertEquals(
        "nothing listens on port "
            + port()
            + ", where its environment told it to"
            + " (FC_CUSTOM_LISTEN_PORT, FC_SERVER_PORT, PORT) after 2000 ms",
        error.message());
  }

  @Test
  void portThatTheFunctionInsistsOnIsTaken() throws Exception {
    spec.port = freePort();
    conversation = opened();
    assertEquals(spec.port, port());
    assertEquals(
        "nothing listens on port " + spec.port + " after 5 ms", conversation.late(5).message());
  }

  @Test
  void secondInstanceOnThatPortHasToWait() throws Exception {
    spec.port = freePort();
    conversation = opened();
    RunError error = startFailure(this::opened).error();
    assertEquals(Kind.PLATFORM, error.kind());
    assertEquals("CannotStart", error.type());
    await(loop.on(conversation::close));
    conversation = opened();
  }

  @Test
  void portThatSomebodyElseListensOnIsNotSpokenWith() throws Exception {
    spec.port = freePort();
    open.add(new RawServer(spec.port, raw(OK)));
    assertEquals("CannotStart", startFailure(this::opened).error().type());
  }

  @Test
  void initializerIsPostedBeforeTheInstanceIsReady() throws Exception {
    spec.initializer = "init";
    RawServer server = serve(raw(OK));
    RawRequest request = next(server.requests);
    assertEquals("POST /initialize", request.line());
    assertEquals("/initialize", request.headers().get("x-fc-control-path"));
    assertEquals("init", request.headers().get("x-fc-function-initializer"));
    assertEquals("10", request.headers().get("x-fc-initialization-timeout"));
    assertEquals("i-1", request.headers().get("x-fc-request-id"));
  }

  @Test
  void initializerThatFailsIsAnErrorOfTheFunction() {
    spec.initializer = "init";
    RunError error = startFailure(() -> serve(answer("500 No", "", "no database"))).error();
    assertEquals(new RunError(Kind.FUNCTION, "InitError", "no database"), error);
  }

  @Test
  void initializerMayFailByItsHeader() {
    spec.initializer = "init";
    RunError error =
        startFailure(() -> serve(answer("200 OK", "x-fc-status: 404\r\n", ""))).error();
    assertEquals(new RunError(Kind.FUNCTION, "InitError", "x-fc-status 404"), error);
  }

  @Test
  void initializerThatHangsUpIsAnErrorOfTheFunction() {
    spec.initializer = "init";
    RunError error = startFailure(() -> serve(rawAndClose(""))).error();
    assertEquals("InitError", error.type());
    assertEquals("the connection was closed without an answer", error.message());
  }

  @Test
  void initializerThatDoesNotAnswerIsLate() throws Exception {
    spec.initializer = "init";
    conversation = opened();
    RawServer server = new RawServer(port(), silence());
    open.add(server);
    loop.on(conversation::ready);
    next(server.requests);
    assertEquals("InitTimeout", conversation.late(1000).type());
  }

  @Test
  void instanceThatIsGoneIsNeverReady() throws Exception {
    conversation = opened();
    Future<Void> ready = loop.on(conversation::ready);
    lost();
    assertEquals("InitExit", startFailure(() -> await(ready)).error().type());
  }

  // ---- calls, as Function Compute makes them

  @Test
  void payloadIsPostedAndTheBodyIsTheResult() throws Exception {
    RawServer server = serve(answer("200 OK", "", "done"));
    assertEquals("done", result("hello"));
    RawRequest request = next(server.requests);
    assertEquals("POST /invoke", request.line());
    assertEquals("hello", request.body());
    assertEquals("application/octet-stream", request.headers().get("content-type"));
  }

  @Test
  void headersSayWhatIsCalled() throws Exception {
    spec.handler = "index.handler";
    RawServer server = serve(raw(OK));
    Call call = Calls.of(spec, "x");
    await(call(call));
    Map<String, String> headers = next(server.requests).headers();
    assertEquals(call.invocation().id().toString(), headers.get("x-fc-request-id"));
    assertEquals("/invoke", headers.get("x-fc-control-path"));
    assertEquals("resize", headers.get("x-fc-function-name"));
    assertEquals("index.handler", headers.get("x-fc-function-handler"));
    assertEquals("128", headers.get("x-fc-function-memory"));
    assertEquals("3", headers.get("x-fc-function-timeout"));
    assertEquals("cn-hangzhou", headers.get("x-fc-region"));
    assertEquals("1234567890123456", headers.get("x-fc-account-id"));
    assertEquals("LATEST", headers.get("x-fc-qualifier"));
    assertEquals("LATEST", headers.get("x-fc-version-id"));
    assertNull(headers.get("x-fc-service-name"));
    assertNull(headers.get("x-fc-function-initializer"));
    assertTrue(headers.get("traceparent").startsWith(Attempts.TRACE.substring(0, 36)));
    assertFalse(headers.get("traceparent").equals(Attempts.TRACE));
    assertEquals("2", headers.get("perdure-attempt"));
  }

  @Test
  void serviceIsNamedWhereThereAreServices() throws Exception {
    spec.flavour = Flavour.FC2;
    spec.version = "3";
    RawServer server = serve(raw(OK));
    result("x");
    Map<String, String> headers = next(server.requests).headers();
    assertEquals("shop", headers.get("x-fc-service-name"));
    assertEquals("", headers.get("x-fc-service-logproject"));
    assertEquals("", headers.get("x-fc-service-logstore"));
    assertEquals("3", headers.get("x-fc-version-id"));
  }

  @Test
  void whatNoHeaderCanHoldIsLeftOut() throws Exception {
    spec.handler = "index.h\u00e4ndler";
    RawServer server = serve(raw(OK));
    result("x");
    assertNull(next(server.requests).headers().get("x-fc-function-handler"));
  }

  @Test
  void successMayBeConfirmedByTheHeader() throws Exception {
    serve(answer("200 OK", "x-fc-status: 200\r\n", "done"));
    assertEquals("done", result("x"));
  }

  @Test
  void otherStatusIsAFailureWithItsBodyAsResult() throws Exception {
    serve(answer("404 Not Found", "", "no such thing"));
    Answer.Raised raised = raised("x");
    assertEquals(
        new RunError(Kind.FUNCTION, "UnhandledInvocationError", "no such thing"), raised.error());
    assertEquals("no such thing", raised.result().toString());
    assertFalse(raised.fatal());
  }

  @Test
  void headerAloneMakesAFailure() throws Exception {
    serve(answer("200 OK", "x-fc-status: 404\r\n", "{\"errorMessage\":\"no\",\"a\":1}"));
    Answer.Raised raised = raised("x");
    assertEquals(new RunError(Kind.FUNCTION, "UnhandledInvocationError", "no"), raised.error());
    assertEquals("{\"errorMessage\":\"no\",\"a\":1}", raised.result().toString());
  }

  @Test
  void failureWithoutABodyNamesTheStatus() throws Exception {
    serve(answer("502 Bad Gateway", "", ""));
    assertEquals("HTTP status 502", raised("x").error().message());
  }

  @Test
  void preStopIsAskedFor() throws Exception {
    spec.preStop = new Managed.Hook("stop", 20_000);
    RawServer server = serve(raw(OK));
    await(loop.on(conversation::preStop));
    assertEquals("GET /pre-stop", next(server.requests).line());
  }

  @Test
  void preStopIsNotWaitedForBeyondItsTime() throws Exception {
    spec.preStop = new Managed.Hook("stop", 20);
    serve(silence());
    await(loop.on(conversation::preStop));
  }

  @Test
  void withoutAHookNothingIsAsked() throws Exception {
    RawServer server = serve(raw(OK));
    await(loop.on(conversation::preStop));
    assertTrue(server.requests.isEmpty());
  }

  // ---- web functions

  @Test
  void payloadIsPostedToThePathThatTheHandlerNames() throws Exception {
    spec = new CustomSpec(Language.WEB, Flavour.NATIVE);
    spec.handler = "/events?a=b";
    RawServer server = serve(raw(OK));
    assertEquals("ok", result("{\"a\":1}"));
    RawRequest request = next(server.requests);
    assertEquals("POST /events?a=b", request.line());
    assertEquals("application/json", request.headers().get("content-type"));
    assertNull(request.headers().get("x-fc-request-id"));
  }

  @Test
  void handlerThatIsNoPathIsNotSent() throws Exception {
    spec = new CustomSpec(Language.WEB, Flavour.NATIVE);
    spec.handler = "/a b\r\nX: y";
    RawServer server = serve(raw(OK));
    result("hello");
    RawRequest request = next(server.requests);
    assertEquals("POST /", request.line());
    assertEquals("application/octet-stream", request.headers().get("content-type"));
  }

  @Test
  void webFunctionOfScfKnowsItsHeaders() throws Exception {
    spec = new CustomSpec(Language.WEB, Flavour.SCF);
    RawServer server = serve(raw(OK));
    Call call = Calls.of(spec, "x");
    await(call(call));
    Map<String, String> headers = next(server.requests).headers();
    assertEquals(call.invocation().id().toString(), headers.get("x-scf-request-id"));
    assertEquals("resize", headers.get("x-scf-name"));
    assertEquals("$LATEST", headers.get("x-scf-version"));
    assertEquals("2500", headers.get("x-scf-timeout"));
    assertEquals("ap-guangzhou", headers.get("x-scf-region"));
  }

  @Test
  void statusOfAWebFunctionThatFailedIsTheType() throws Exception {
    spec = new CustomSpec(Language.WEB, Flavour.NATIVE);
    serve(answer("503 Busy", "x-fc-status: 200\r\n", "later"));
    Answer.Raised raised = raised("x");
    assertEquals(new RunError(Kind.FUNCTION, "HTTP 503", "later"), raised.error());
    assertEquals("later", raised.result().toString());
  }

  // ---- connections

  @Test
  void callsFollowEachOtherOnOneConnection() throws Exception {
    RawServer server = serve(raw(OK));
    result("1");
    result("2");
    assertEquals(next(server.requests).connection(), next(server.requests).connection());
  }

  @Test
  void callsRunAtOnceUpToTheInstancesConcurrency() throws Exception {
    spec.instanceConcurrency = 3;
    CountDownLatch all = new CountDownLatch(3);
    serve(
        (request, out) -> {
          all.countDown();
          try {
            all.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          return raw(OK).to(request, out);
        });
    List<Future<Answer>> answers =
        List.of(call(Calls.of(spec, "1")), call(Calls.of(spec, "2")), call(Calls.of(spec, "3")));
    for (Future<Answer> answer : answers) {
      assertInstanceOf(Answer.Returned.class, await(answer));
    }
  }

  @Test
  void connectionThatTheServerDoesNotKeepIsMadeAgain() throws Exception {
    serve(rawAndClose("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end"));
    assertEquals("until the end", result("1"));
    assertEquals("until the end", result("2"));
  }

  @Test
  void chunkedAnswerIsTaken() throws Exception {
    serve(
        raw(
            """
            HTTP/1.1 200 OK\r
            Transfer-Encoding: chunked\r
            \r
            2\r
            ab\r
            1;x=y\r
            c\r
            0\r
            Trailer: x\r
            \r
            """));
    assertEquals("abc", result("1"));
    assertEquals("abc", result("2"));
  }

  @Test
  void answerMayComeByteByByte() throws Exception {
    serve(
        (request, out) -> {
          for (byte b : OK.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) {
            out.write(b);
            out.flush();
          }
          return true;
        });
    assertEquals("ok", result("x"));
  }

  @Test
  void interimAnswerIsPassedOver() throws Exception {
    serve(raw("HTTP/1.1 100 Continue\r\n\r\n" + OK));
    assertEquals("ok", result("x"));
  }

  @Test
  void largeBodiesPass() throws Exception {
    spec.resultBytesMax = 6 << 20;
    String large = "x".repeat(6 << 20);
    RawServer server = serve(answer("200 OK", "", large));
    assertEquals(large, result(large));
    assertEquals(large, next(server.requests).body());
  }

  @Test
  void resultBeyondTheLimitIsABadResponse() throws Exception {
    serve(answer("200 OK", "", "x".repeat(1001)));
    Answer.Raised raised = raised("x");
    assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
    assertEquals("ResultTooLarge", raised.error().type());
    assertFalse(raised.fatal());
  }

  @Test
  void resultWithoutAnEndIsCut() throws Exception {
    serve(
        (request, out) -> {
          out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          writeUntilClosed(out);
          return false;
        });
    assertEquals("ResultTooLarge", raised("x").error().type());
  }

  @Test
  void failureWithTooLargeABodyRemainsOne() throws Exception {
    serve(answer("500 No", "", "x".repeat(1001)));
    Answer.Raised raised = raised("x");
    assertEquals("UnhandledInvocationError", raised.error().type());
    assertEquals("", raised.result().toString());
  }

  @Test
  void instanceIsUsableAfterTooLargeAResult() throws Exception {
    serve(
        (request, out) ->
            (request.body().equals("large") ? answer("200 OK", "", "x".repeat(5000)) : raw(OK))
                .to(request, out));
    assertEquals("ResultTooLarge", raised("large").error().type());
    assertEquals("ok", result("small"));
  }

  @Test
  void closedConnectionIsACrashOfTheCall() throws Exception {
    serve(rawAndClose(""));
    Answer.Raised raised = raised("x");
    assertEquals(
        new RunError(Kind.CRASH, "ConnectionLost", "the connection was closed without an answer"),
        raised.error());
    assertTrue(raised.fatal());
  }

  @Test
  void halfAnAnswerIsABadResponse() throws Exception {
    serve(rawAndClose(head("200 OK", "", 10) + "half"));
    Answer.Raised raised = raised("x");
    assertEquals(
        new RunError(
            Kind.BAD_RESPONSE,
            "BadResponse",
            "the connection was closed in the middle of an answer"),
        raised.error());
    assertTrue(raised.fatal());
  }

  @Test
  void halfAHeadIsABadResponseOrALostConnection() throws Exception {
    serve(rawAndClose("HTTP/1.1 200 OK\r\nContent-"));
    assertTrue(raised("x").fatal());
  }

  @Test
  void garbageIsABadResponse() throws Exception {
    serve(raw("hello, world\r\n\r\n"));
    Answer.Raised raised = raised("x");
    assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
    assertEquals("BadResponse", raised.error().type());
    assertTrue(raised.fatal());
  }

  @Test
  void secondAnswerToARequestIsNotTakenForTheNextOnes() throws Exception {
    serve(
        (request, out) ->
            raw(request.body().equals("1") ? OK + OK : answered(request)).to(request, out));
    assertEquals("ok", result("1"));
    assertEquals("2!", result("2"));
  }

  @Test
  void instanceThatTakesNoConnectionsAnyMoreIsNotUsedAgain() throws Exception {
    RawServer server = serve(raw(OK));
    server.close();
    Answer.Raised raised = raised("x");
    assertEquals("ConnectionLost", raised.error().type());
    assertTrue(raised.fatal());
  }

  @Test
  void instanceThatIsGoneAnswersNoMore() throws Exception {
    RawServer server = serve(silence());
    Future<Answer> answer = call(Calls.of(spec, "x"));
    next(server.requests);
    lost();
    server.close();
    assertInstanceOf(Answer.Lost.class, await(answer));
  }

  @Test
  void endOfTheProcessExplainsABrokenConnection() throws Exception {
    serve(rawAndClose(""));
    Future<Answer> answer = call(Calls.of(spec, "x"));
    await(vertx.timer(50));
    lost();
    assertInstanceOf(Answer.Lost.class, await(answer));
  }

  @Test
  void answerInTheLastBreathCounts() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    RawServer server =
        serve(
            (request, out) -> {
              try {
                gone.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return rawAndClose(OK).to(request, out);
            });
    Future<Answer> answer = call(Calls.of(spec, "x"));
    next(server.requests);
    lost();
    Future<Void> closed = loop.on(conversation::close);
    gone.countDown();
    assertEquals(new Answer.Returned(Buffer.buffer("ok")), await(answer));
    await(closed);
  }

  @Test
  void thereIsNoWordForAStop() throws Exception {
    conversation = opened();
    assertFalse(loop.on(() -> conversation.cancel(Calls.of(spec, "x"))));
  }

  @Test
  void droppedCallEndsItsRequest() throws Exception {
    RawServer server = serve(silence());
    Call call = Calls.of(spec, "x");
    Future<Answer> answer = call(call);
    RawRequest request = next(server.requests);
    assertTrue(loop.on(() -> conversation.drop(call)));
    assertEquals(request, next(server.hungUp));
    Answer.Raised raised = assertInstanceOf(Answer.Raised.class, await(answer));
    assertEquals("Cancelled", raised.error().type());
    assertFalse(raised.fatal());
  }

  @Test
  void droppedCallLeavesOthersAlone() throws Exception {
    spec.instanceConcurrency = 2;
    CountDownLatch go = new CountDownLatch(1);
    RawServer server =
        serve(
            (request, out) -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return raw(OK).to(request, out);
            });
    Call stopped = Calls.of(spec, "1");
    Future<Answer> first = call(stopped);
    Future<Answer> second = call(Calls.of(spec, "2"));
    next(server.requests);
    next(server.requests);
    loop.on(() -> conversation.drop(stopped));
    go.countDown();
    assertInstanceOf(Answer.Raised.class, await(first));
    assertInstanceOf(Answer.Returned.class, await(second));
  }

  // ---- real programs

  @Test
  void programServesCalls() throws Exception {
    CustomProgram.install(code, "bootstrap", "serve");
    try (StartedProgram program = StartedProgram.start(loop, opened())) {
      await(program.ready());
      assertEquals(
          new Answer.Returned(Buffer.buffer("POST /invoke one")), program.call(spec, "one"));
      assertEquals(
          new Answer.Returned(Buffer.buffer("POST /invoke two")), program.call(spec, "two"));
    }
  }

  @Test
  void programThatEndsLosesItsCall() throws Exception {
    CustomProgram.install(code, "bootstrap", "serve");
    try (StartedProgram program = StartedProgram.start(loop, opened())) {
      await(program.ready());
      assertInstanceOf(Answer.Lost.class, program.call(spec, "exit"));
      assertEquals(3, program.exitCode());
    }
  }

  @Test
  void programThatListensElsewhereIsNotReady() throws Exception {
    CustomProgram.install(code, "bootstrap", "serve-elsewhere");
    try (StartedProgram program = StartedProgram.start(loop, opened())) {
      Future<Void> ready = program.ready();
      program.awaitOutput("listening");
      assertFalse(ready.isComplete());
    }
  }

  private interface Attempted {
    Object run() throws Exception;
  }

  private static StartFailure startFailure(Attempted attempted) {
    ExecutionException failure = assertThrows(ExecutionException.class, attempted::run);
    return assertInstanceOf(StartFailure.class, failure.getCause());
  }

  private static String answered(RawRequest request) {
    return head("200 OK", "", request.body().length() + 1) + request.body() + "!";
  }

  private static void writeUntilClosed(OutputStream out) throws java.io.IOException {
    byte[] block = new byte[1000];
    while (true) {
      out.write(block); // fails when the other side has had enough
    }
  }

  private List<String> names(Flavour flavour) throws Exception {
    spec.flavour = flavour;
    Conversation made = opened();
    await(loop.on(made::close));
    return made.environment().keySet().stream().sorted().toList();
  }

  private Conversation opened() throws Exception {
    return await(loop.on(() -> conversations.open(spec.blueprint(code))));
  }

  /** A ready conversation with a server that does that. */
  private RawServer serve(Reaction reaction) throws Exception {
    conversation = opened();
    RawServer server = new RawServer(port(), reaction);
    open.add(server);
    await(loop.on(conversation::ready));
    return server;
  }

  private static int freePort() {
    return new Ports().any().getAsInt();
  }

  private int port() {
    return Integer.parseInt(conversation.environment().get("PORT"));
  }

  private void lost() {
    loop.run(conversation::lost);
  }

  private Future<Answer> call(Call call) {
    return loop.on(() -> conversation.call(call, call.deadline(), log -> {}));
  }

  private String result(String payload) throws Exception {
    Answer answer = await(call(Calls.of(spec, payload)));
    return assertInstanceOf(Answer.Returned.class, answer).result().toString();
  }

  private Answer.Raised raised(String payload) throws Exception {
    return assertInstanceOf(Answer.Raised.class, await(call(Calls.of(spec, payload))));
  }
}
