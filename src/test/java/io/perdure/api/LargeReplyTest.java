package io.perdure.api;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LargeReplyTest {
  private static final Buffer BODY = body();

  private final Vertx vertx = Vertx.vertx();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private final Promise<Void> gone = Promise.promise();
  private HttpServer server;
  private HttpClientAgent client;

  @BeforeEach
  void serve() throws Exception {
    vertx.exceptionHandler(thrown::add);
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  request.connection().closeHandler(closed -> gone.tryComplete());
                  LargeReply.end(request.response(), BODY);
                })
            .listen(0, "127.0.0.1")
            .await(20, SECONDS);
    client = vertx.createHttpClient();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, SECONDS);
  }

  @Test
  void whoReadsByAndByGetsAllOfItOnce() throws Exception {
    List<Future<Buffer>> read = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      read.add(ask().compose(LargeReplyTest::byAndBy));
    }
    for (Future<Buffer> one : read) {
      assertEquals(BODY, one.await(60, SECONDS));
    }
    assertTrue(thrown.isEmpty(), thrown::toString);
  }

  @Test
  void whoGoesAwayIsNoError() throws Exception {
    ask().compose(response -> response.request().connection().close()).await(20, SECONDS);
    gone.future().await(20, SECONDS);
    assertEquals(BODY, ask().compose(HttpClientResponse::body).await(20, SECONDS));
    assertTrue(thrown.isEmpty(), thrown::toString);
  }

  private Future<HttpClientResponse> ask() {
    return client
        .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
        .compose(request -> request.send());
  }

  /** One chunk at a time, each asked for from a turn of its own. */
  private static Future<Buffer> byAndBy(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer(BODY.length());
    response.pause();
    response.exceptionHandler(whole::tryFail);
    response.endHandler(ended -> whole.complete(read));
    response.handler(
        chunk -> {
          read.appendBuffer(chunk);
          Vertx.currentContext().runOnContext(turn -> response.fetch(1));
        });
    response.fetch(1);
    return whole.future();
  }

  private static Buffer body() {
    byte[] bytes = new byte[5_000_000];
    new Random(3).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }
}
