package io.perdure.testkit;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An HTTP server on a port of its own that remembers what it was posted. */
public final class Webhook implements AutoCloseable {
  /** A request that has come, and what was answered or is still to be. */
  public record Received(HttpServerRequest request, String body) {
    /** Its header. */
    public String header(String name) {
      return request.getHeader(name);
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private volatile Consumer<HttpServerResponse> answer;

  /** A server that answers each request with {@code status}. */
  public static Webhook answering(int status) {
    return new Webhook(response -> response.setStatusCode(status).end());
  }

  /** A server that answers as told. */
  public Webhook(Consumer<HttpServerResponse> answer) {
    this.answer = answer;
    try {
      server =
          vertx
              .createHttpServer()
              .requestHandler(this::receive)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("no server", e);
    }
  }

  private void receive(HttpServerRequest request) {
    request.bodyHandler(
        body -> {
          received.add(new Received(request, body.toString()));
          answer.accept(request.response());
        });
  }

  /** From now on it answers so. */
  public void answer(Consumer<HttpServerResponse> how) {
    answer = how;
  }

  /** Its URL. */
  public String url() {
    return "http://127.0.0.1:" + server.actualPort() + "/hook?a=b";
  }

  /** The next request. */
  public Received next() {
    try {
      Received next = received.poll(10, TimeUnit.SECONDS);
      assertNotNull(next, "nothing was posted");
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** How many requests have come that nobody has looked at. */
  public int waiting() {
    return received.size();
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("the server does not end", e);
    }
  }
}
