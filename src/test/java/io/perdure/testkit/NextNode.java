package io.perdure.testkit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * One address in front of the nodes of a cluster, as a load balancer is: each request goes to
 * another node than the one before, as it is, so that signatures hold. Who cannot be connected to
 * is left out; what breaks off on its way breaks off for the caller, too. Thread-safe.
 */
public final class NextNode {
  private static final long PATIENCE_SECONDS = 30;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int NO_CONTENT = 204;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client;
  private final HttpServer server;
  private final Supplier<List<Integer>> ports;
  private final AtomicInteger turns = new AtomicInteger();

  /** In front of those that listen at these ports of loopback at the time of a request. */
  public NextNode(Supplier<List<Integer>> ports) throws Exception {
    this.ports = ports;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(256));
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHandle100ContinueAutomatically(true))
            .requestHandler(this::pass)
            .listen(0, "127.0.0.1")
            .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Where it listens on loopback. */
  public int port() {
    return server.actualPort();
  }

  private void pass(HttpServerRequest request) {
    request.pause();
    connected(request, ports.get(), turns.getAndIncrement(), 0)
        .compose(onward -> onward.send(request))
        .compose(answer -> back(answer, request.response()))
        .onFailure(cause -> request.connection().close());
  }

  /** A request to the next node that takes a connection; {@code refused} did not. */
  private Future<HttpClientRequest> connected(
      HttpServerRequest request, List<Integer> to, int turn, int refused) {
    return client
        .request(
            new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(to.get(Math.floorMod(turn + refused, to.size())))
                .setMethod(request.method())
                .setURI(request.uri())
                .setHeaders(request.headers()))
        .onSuccess(onward -> request.response().closeHandler(closed -> onward.reset()))
        .recover(
            cause ->
                refused + 1 < to.size() && cause instanceof ConnectException
                    ? connected(request, to, turn, refused + 1)
                    : Future.failedFuture(cause));
  }

  private static Future<Void> back(HttpClientResponse answer, HttpServerResponse response) {
    response.setStatusCode(answer.statusCode()).setStatusMessage(answer.statusMessage());
    response.headers().setAll(answer.headers());
    boolean bodiless =
        answer.statusCode() == NO_CONTENT || answer.request().getMethod().equals(HttpMethod.HEAD);
    if (!bodiless && !answer.headers().contains("content-length")) {
      response.setChunked(true);
    }
    return answer.pipeTo(response);
  }

  /** Takes no more requests. */
  public void close() throws Exception {
    vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
