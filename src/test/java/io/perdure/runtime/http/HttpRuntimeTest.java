package io.perdure.runtime.http;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.Attempts.call;
import static io.perdure.runtime.Attempts.next;
import static io.perdure.runtime.Attempts.outcome;
import static io.perdure.runtime.Attempts.start;
import static io.perdure.runtime.Attempts.stop;
import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.StopMode;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import io.vertx.junit5.VertxExtension;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class HttpRuntimeTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-10-21T07:28:00Z"));

  private Vertx vertx;
  private HttpRuntime runtime;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    runtime = new HttpRuntime(vertx, HttpConfig.DEFAULT, CLOCK);
  }

  @AfterEach
  void close() throws Exception {
    await(runtime.close());
  }

  @Test
  void payloadIsPostedAndTheBodyOf2xxIsTheResult() throws Exception {
    String url =
        serve(
            request ->
                request
                    .body()
                    .onSuccess(
                        body ->
                            request
                                .response()
                                .setStatusCode(201)
                                .end(request.method() + " " + request.uri() + " " + body)));
    assertEquals("POST /a/b?c=d%20e hello", result(url + "/a/b?c=d%20e", "hello"));
  }

  @Test
  void headersSayWhatIsCalled() throws Exception {
    CompletableFuture<MultiMap> seen = new CompletableFuture<>();
    String url =
        serve(
            request -> {
              seen.complete(request.headers());
              request.response().end();
            });
    Call call = call(new RuntimeSpec.Http(url), "x");
    outcome(vertx, runtime, call);
    MultiMap headers = seen.get(10, TimeUnit.SECONDS);
    String id = call.invocation().id().toString();
    assertEquals("application/octet-stream", headers.get("Content-Type"));
    assertEquals("1", headers.get("Content-Length"));
    assertEquals(id, headers.get("Perdure-Invocation-Id"));
    assertEquals("2", headers.get("Perdure-Attempt"));
    assertEquals("fn", headers.get("Perdure-Function"));
    assertEquals("default", headers.get("Perdure-Namespace"));
    assertEquals("61000", headers.get("Perdure-Deadline"));
    assertEquals(id, headers.get("x-fc-request-id"));
    assertEquals("fn", headers.get("x-fc-function-name"));
    assertEquals("60", headers.get("x-fc-function-timeout"));
    assertTrue(headers.get("traceparent").startsWith(Attempts.TRACE.substring(0, 36)));
    assertFalse(headers.get("traceparent").equals(Attempts.TRACE));
  }

  @Test
  void onlyFcKnowsARequestIdOfItsOwn() throws Exception {
    Call plain = call(new RuntimeSpec.Http(echoing("x-fc-request-id")), "x");
    assertEquals(plain.invocation().id().toString(), echoed(plain, Invocation.Origin.NATIVE));
    assertEquals("own-1", echoed(plain, Invocation.Origin.FC));
  }

  private String echoing(String header) throws Exception {
    return serve(request -> request.response().end(request.getHeader(header)));
  }

  /** What the function answers to {@code call} made by {@code origin} with a request id. */
  private String echoed(Call call, Invocation.Origin origin) throws Exception {
    InvocationBuilder invocation = call.invocation().edit();
    invocation.origin = origin;
    invocation.requestId = "own-1";
    Call made =
        new Call(
            invocation.build(),
            call.function(),
            call.epoch(),
            call.attempt(),
            call.payload(),
            call.deadline(),
            call.room(),
            call.logBytesMax());
    return text(((Outcome.Succeeded) outcome(vertx, runtime, made)).result());
  }

  @Test
  void emptyAnswerIsAnEmptyResult() throws Exception {
    assertEquals("", result(serve(request -> request.response().setStatusCode(204).end()), "x"));
  }

  @Test
  void answerInChunksIsPutTogether() throws Exception {
    String url =
        serve(
            request -> {
              request.response().setChunked(true);
              request.response().write("one ");
              request.response().write("two ");
              request.response().end("three");
            });
    assertEquals("one two three", result(url, "x"));
  }

  @Test
  void connectionIsUsedAgain() throws Exception {
    Set<String> clients = ConcurrentHashMap.newKeySet();
    String url =
        serve(
            request -> {
              clients.add(request.remoteAddress().toString());
              request.response().end();
            });
    Call call = call(new RuntimeSpec.Http(url), "x");
    Future<Outcome> last = start(vertx, runtime, call).outcome();
    for (int i = 0; i < 20; i++) {
      last = last.compose(outcome -> runtime.start(call).outcome());
    }
    await(last);
    // Two, for an outcome is told a moment before its connection is back in the pool.
    assertTrue(clients.size() <= 2, clients::toString);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 500, 502})
  void otherStatusIsAFailureOfTheFunctionWithItsBody(int status) throws Exception {
    String url = serve(request -> request.response().setStatusCode(status).end("no such page"));
    Outcome.Failed failed = failed(url);
    assertEquals(new RunError(Kind.FUNCTION, "HTTP " + status, "no such page"), failed.error());
    assertEquals("no such page", text(failed.result()));
  }

  @Test
  void onlyTheFirstPartOfALongBodyGoesIntoTheMessage() throws Exception {
    String url = serve(request -> request.response().setStatusCode(500).end("x".repeat(900)));
    Outcome.Failed failed = failed(url);
    assertEquals(512, failed.error().message().length());
    assertEquals(900, failed.result().length);
  }

  @Test
  void redirectIsNotFollowed() throws Exception {
    BlockingQueue<String> paths = new LinkedBlockingQueue<>();
    String url =
        serve(
            request -> {
              paths.add(request.path());
              request.response().setStatusCode(307).putHeader("Location", "/other").end();
            });
    assertEquals("HTTP 307", failed(url + "/first").error().type());
    assertEquals(List.of("/first"), List.copyOf(paths));
  }

  @Test
  void fcStatusOtherThan200IsAFailureOfTheFunction() throws Exception {
    String url =
        serve(request -> request.response().putHeader("x-fc-status", "404").end("it threw"));
    assertEquals(new RunError(Kind.FUNCTION, "x-fc-status 404", "it threw"), failed(url).error());
  }

  @Test
  void fcStatus200IsSuccess() throws Exception {
    String url = serve(request -> request.response().putHeader("x-fc-status", "200").end("fine"));
    assertEquals("fine", result(url, "x"));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void throttledIsThePlatformsFailureAndItsWishIsKept(int status) throws Exception {
    String url =
        serve(
            request ->
                request.response().setStatusCode(status).putHeader("Retry-After", "7").end("x"));
    Outcome.PlatformFailed failed = platform(url);
    assertEquals("Throttled", failed.error().type());
    assertTrue(failed.error().message().startsWith("HTTP " + status), failed.error().message());
    assertEquals(7000, failed.retryAfterMillis());
  }

  @Test
  void retryAfterMayBeADate() throws Exception {
    String url =
        serve(
            request ->
                request
                    .response()
                    .setStatusCode(503)
                    .putHeader("Retry-After", "Wed, 21 Oct 2026 07:28:10 GMT")
                    .end());
    assertEquals(10_000, platform(url).retryAfterMillis());
  }

  @Test
  void resultOfExactlyTheLimitIsKept() throws Exception {
    String url = serve(request -> request.response().end("x".repeat(1000)));
    assertEquals(1000, result(url, "x").length());
  }

  @Test
  void resultBeyondTheLimitIsABadResponse() throws Exception {
    String url = serve(request -> request.response().end("x".repeat(1001)));
    Outcome.Failed failed = failed(url);
    assertEquals(Kind.BAD_RESPONSE, failed.error().kind());
    assertEquals("ResultTooLarge", failed.error().type());
    assertArrayEquals(Outcome.NOTHING, failed.result());
  }

  @Test
  void endlessAnswerIsCutOff() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    String url =
        serve(
            request -> {
              request.connection().closeHandler(v -> closed.complete(null));
              request.response().setChunked(true);
              writeForEver(request);
            });
    assertEquals("ResultTooLarge", failed(url).error().type());
    closed.get(10, TimeUnit.SECONDS);
  }

  @Test
  void failureWithABodyBeyondTheLimitStaysThatFailure() throws Exception {
    String url = serve(request -> request.response().setStatusCode(500).end("x".repeat(5000)));
    Outcome.Failed failed = failed(url);
    assertEquals("HTTP 500", failed.error().type());
    assertArrayEquals(Outcome.NOTHING, failed.result());
  }

  @Test
  void refusedConnectionIsThePlatformsFailure() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    assertEquals("ConnectionRefused", platform("http://127.0.0.1:" + port).error().type());
  }

  @Test
  void unknownHostIsThePlatformsFailure() throws Exception {
    assertEquals("UnknownHost", platform("http://nowhere.invalid/").error().type());
  }

  @Test
  void serverThatDoesNotSpeakTlsIsThePlatformsFailure() throws Exception {
    String url = serve(request -> request.response().end());
    assertEquals("CannotConnect", platform(url.replace("http:", "https:")).error().type());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://127.0.0.1/", "/only/a/path", "http:///", "http://a b/", ""})
  void unusableUrlIsTheFunctionsFailure(String url) throws Exception {
    RunError error = failed(url).error();
    assertEquals(Kind.FUNCTION, error.kind());
    assertEquals("BadUrl", error.type());
  }

  @Test
  void connectionLostAfterTheRequestIsACrash() throws Exception {
    RunError error = failed(serve(request -> request.connection().close())).error();
    assertEquals(Kind.CRASH, error.kind());
    assertEquals("ConnectionLost", error.type());
  }

  @Test
  void connectionLostAmidTheAnswerIsACrash() throws Exception {
    String url =
        serveRaw(
            socket ->
                socket
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
                    .onComplete(v -> socket.close()));
    assertEquals("ConnectionLost", failed(url).error().type());
  }

  @Test
  void garbageInsteadOfHttpIsABadResponse() throws Exception {
    RunError error = failed(serveRaw(socket -> socket.write("hello, world\r\n\r\n"))).error();
    assertEquals(Kind.BAD_RESPONSE, error.kind());
    assertEquals("BrokenResponse", error.type());
  }

  @Test
  void cancelResetsTheConnection() throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Promise<Void> arrived = Promise.promise();
    String url =
        serve(
            request -> {
              request.connection().closeHandler(v -> closed.complete(null));
              arrived.complete();
            });
    Running running = start(vertx, runtime, call(new RuntimeSpec.Http(url), "x"));
    await(arrived.future());
    BlockingQueue<String> steps = stop(vertx, running, StopMode.CANCEL, 5000);
    assertEquals("DELIVERED connection reset", next(steps));
    closed.get(10, TimeUnit.SECONDS);
    assertInstanceOf(Outcome.PlatformFailed.class, await(running.outcome()));
  }

  @Test
  void gracefulStopLetsTheRequestGoOn() throws Exception {
    BlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
    String url = serve(requests::add);
    Running running = start(vertx, runtime, call(new RuntimeSpec.Http(url), "x"));
    HttpServerRequest request = next(requests);
    String step = next(stop(vertx, running, StopMode.GRACEFUL, 0));
    assertTrue(step.startsWith("DELIVERED plain HTTP has no message for it"), step);
    request.response().end("done all the same");
    Outcome outcome = await(running.outcome());
    assertEquals(
        "done all the same", text(assertInstanceOf(Outcome.Succeeded.class, outcome).result()));
  }

  @Test
  void attemptThatWaitsForAConnectionIsCancelledWithoutBeingSent() throws Exception {
    runtime =
        new HttpRuntime(
            vertx, new HttpConfig(1, Duration.ofSeconds(5), Duration.ofSeconds(4)), CLOCK);
    BlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
    String url = serve(requests::add);
    List<Running> both =
        Attempts.on(
            vertx,
            () ->
                List.of(
                    runtime.start(call(new RuntimeSpec.Http(url), "first")),
                    runtime.start(call(new RuntimeSpec.Http(url), "second"))));
    HttpServerRequest first = next(requests);
    assertEquals(
        "DELIVERED request not sent", next(stop(vertx, both.get(1), StopMode.CANCEL, 5000)));
    await(both.get(1).outcome());
    first.response().end("ok");
    assertInstanceOf(Outcome.Succeeded.class, await(both.get(0).outcome()));
    assertTrue(requests.isEmpty(), "the cancelled request was sent");
  }

  @Test
  void instanceIsTheUrl() throws Exception {
    String url = serve(request -> request.response().end());
    assertEquals(url, start(vertx, runtime, call(new RuntimeSpec.Http(url), "x")).instance());
    assertTrue(runtime.endsByForce());
  }

  private static void writeForEver(HttpServerRequest request) {
    request.response().write(Buffer.buffer(new byte[4096])).onSuccess(v -> writeForEver(request));
  }

  private String serve(Handler<HttpServerRequest> handler) throws Exception {
    return "http://127.0.0.1:"
        + await(vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1"))
            .actualPort();
  }

  private String serveRaw(Handler<NetSocket> answer) throws Exception {
    return "http://127.0.0.1:"
        + await(
                vertx
                    .createNetServer()
                    .connectHandler(socket -> socket.handler(data -> answer.handle(socket)))
                    .listen(0, "127.0.0.1"))
            .actualPort();
  }

  private String result(String url, String payload) throws Exception {
    Outcome outcome = outcome(vertx, runtime, call(new RuntimeSpec.Http(url), payload));
    return text(assertInstanceOf(Outcome.Succeeded.class, outcome).result());
  }

  private Outcome.Failed failed(String url) throws Exception {
    return assertInstanceOf(
        Outcome.Failed.class, outcome(vertx, runtime, call(new RuntimeSpec.Http(url), "x")));
  }

  private Outcome.PlatformFailed platform(String url) throws Exception {
    return assertInstanceOf(
        Outcome.PlatformFailed.class,
        outcome(vertx, runtime, call(new RuntimeSpec.Http(url), "x")));
  }
}
