package io.perdure.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.router.Answers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVerticleTest {
  private final Vertx vertx = Vertx.vertx();

  private volatile Readiness readiness = Readiness.notYet("shard 3 is recovering", 0.4567);

  @AfterEach
  void close() {
    Answers.of(vertx.close());
  }

  @Test
  void readinessIsToldWithReasonAndShare() throws Exception {
    int port = deploy(config(0, 1)).port();
    HttpResponse<String> answer = get(port, "/readyz");
    assertEquals(503, answer.statusCode());
    assertEquals(
        "{\"status\":\"not ready\",\"reason\":\"shard 3 is recovering\",\"recovered\":0.456}\n",
        answer.body());
    assertEquals("1", answer.headers().firstValue("retry-after").orElseThrow());
    assertEquals(200, get(port, "/livez").statusCode());
    readiness = Readiness.READY;
    answer = get(port, "/readyz");
    assertEquals(200, answer.statusCode());
    assertEquals("{\"status\":\"ready\"}\n", answer.body());
  }

  @Test
  void probesAnswerWithASlashBehindThemAsWell() throws Exception {
    readiness = Readiness.READY;
    int port = deploy(config(0, 1)).port();
    for (String path : List.of("/livez/", "/readyz/", "/metrics/")) {
      assertEquals(200, get(port, path).statusCode(), path);
    }
    assertEquals(404, get(port, "/livez/x").statusCode());
  }

  @Test
  void routesAreWalkedInTheOrderOfTheirDialects() throws Exception {
    Dialect second =
        router ->
            List.of("/second", "/livez")
                .forEach(
                    path ->
                        router
                            .route(path)
                            .handler(http -> http.response().setStatusCode(299).end()));
    int port = deploy(config(0, 1), second).port();
    assertEquals(299, get(port, "/second").statusCode());
    assertEquals(200, get(port, "/livez").statusCode());
  }

  @Test
  void metricsAreWhatTheNodeSupplies() throws Exception {
    int port = deploy(config(0, 1)).port();
    assertEquals("perdure_up 1\n", get(port, "/metrics").body());
  }

  @Test
  void instancesShareOneFreePort() throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    Dialect dialect =
        router ->
            router
                .route("/thread")
                .handler(
                    http -> {
                      threads.add(Thread.currentThread().getName());
                      http.response().end();
                    });
    int port = deploy(config(0, 3), dialect).port();
    // Connections are handed round, so a few of them reach every instance.
    for (int i = 0; i < 12; i++) {
      HttpClient fresh = HttpClient.newHttpClient();
      HttpRequest request = HttpRequest.newBuilder(uri(port, "/thread")).build();
      assertEquals(200, fresh.send(request, BodyHandlers.discarding()).statusCode());
    }
    assertEquals(3, threads.size());
  }

  @Test
  void portInUseIsSaidClearly() {
    int port = deploy(config(0, 1)).port();
    Vertx another = Vertx.vertx();
    try {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class,
              () -> Answers.of(deploy(another, config(port, 1), router -> {})));
      assertTrue(
          refused
              .getMessage()
              .startsWith("cannot listen on 127.0.0.1:" + port + " (http.host, http.port): "),
          refused.getMessage());
    } finally {
      Answers.of(another.close());
    }
  }

  @Test
  void handlerThatThrowsIsAnsweredAsAProblemWithAReference() throws Exception {
    Dialect broken =
        router ->
            router
                .route("/broken")
                .handler(
                    http -> {
                      throw new IllegalStateException("secret detail");
                    });
    HttpResponse<String> answer = get(deploy(config(0, 1), broken).port(), "/broken");
    assertEquals(500, answer.statusCode());
    assertTrue(answer.body().contains("urn:perdure:problem:internal"), answer.body());
    assertTrue(!answer.body().contains("secret"), answer.body());
  }

  @Test
  void unknownPathIsAProblem() throws Exception {
    HttpResponse<String> answer = get(deploy(config(0, 1)).port(), "/nothing");
    assertEquals(404, answer.statusCode());
    assertTrue(answer.body().contains("urn:perdure:problem:unknown-path"), answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.", "/..", "/a/../livez", "/./livez", "/%2e%2E/livez", "/livez/."})
  void pathWithDotsForAPartOfItIsRefused(String path) throws Exception {
    int port = deploy(config(0, 1)).port();
    HttpResponse<String> answer = get(port, path);
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("expected no part of it to be . or .."), answer.body());
    assertEquals(404, get(port, "/...").statusCode());
    assertEquals(404, get(port, "/.a").statusCode());
  }

  @Test
  void stoppedServerListensNoMore() {
    ApiVerticle.Listening listening = deploy(config(0, 2));
    Answers.of(vertx.undeploy(listening.deploymentId()));
    assertThrows(IOException.class, () -> get(listening.port(), "/livez"));
  }

  private ApiVerticle.Listening deploy(HttpConfig config) {
    return deploy(config, router -> {});
  }

  private ApiVerticle.Listening deploy(HttpConfig config, Dialect dialect) {
    return Answers.of(deploy(vertx, config, dialect));
  }

  private io.vertx.core.Future<ApiVerticle.Listening> deploy(
      Vertx vertx, HttpConfig config, Dialect dialect) {
    return ApiVerticle.deploy(
        vertx, config, List.of(new Probes(() -> readiness, ApiVerticleTest::metrics), dialect));
  }

  private static void metrics(HttpServerRequest request) {
    Replies.end(request, io.vertx.core.buffer.Buffer.buffer("perdure_up 1\n"));
  }

  private static HttpConfig config(int port, int instances) {
    HttpConfig any = HttpConfig.ANY_PORT;
    return new HttpConfig(
        any.host(),
        port,
        instances,
        any.idleTimeout(),
        Duration.ofSeconds(5),
        any.headerBytesMax(),
        any.uriBytesMax(),
        any.bodyBytesMax());
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
