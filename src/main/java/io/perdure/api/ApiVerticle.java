package io.perdure.api;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server: probes, metrics and dialects on one port. Thread: event loop; several instances
 * share the port, each serving its own connections.
 */
public final class ApiVerticle extends VerticleBase {
  /** How long requests under way may take to end when the server is stopped. */
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  /** Each server on port 0 has a free port of its own, shared by its instances. */
  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  private final HttpConfig config;
  private final List<Dialect> dialects;
  private final int freePort;
  private final AtomicInteger actualPort;
  private HttpServer server;

  private ApiVerticle(
      HttpConfig config, List<Dialect> dialects, int freePort, AtomicInteger actualPort) {
    this.config = config;
    this.dialects = dialects;
    this.freePort = freePort;
    this.actualPort = actualPort;
  }

  /**
   * A server that listens.
   *
   * @param deploymentId to undeploy it
   * @param port where it listens
   */
  public record Listening(String deploymentId, int port) {}

  /**
   * Starts the server. Fails when it cannot listen, saying where and why.
   *
   * @param dialects in the order in which their routes are walked, the probes among them
   */
  public static Future<Listening> deploy(Vertx vertx, HttpConfig config, List<Dialect> dialects) {
    AtomicInteger port = new AtomicInteger();
    int freePort = FREE_PORTS.incrementAndGet();
    return vertx
        .deployVerticle(
            () -> new ApiVerticle(config, dialects, freePort, port),
            new DeploymentOptions().setInstances(config.instancesOrProcessors()))
        .map(id -> new Listening(id, port.get()))
        .recover(
            cause ->
                Future.failedFuture(
                    new IllegalStateException(
                        "cannot listen on "
                            + config.host()
                            + ":"
                            + config.port()
                            + " (http.host, http.port): "
                            + cause.getMessage(),
                        cause)));
  }

  @Override
  public Future<?> start() {
    Router router = Router.router(vertx);
    dialects.forEach(dialect -> dialect.mount(router));
    router.route().handler(ApiVerticle::unknownPath).failureHandler(this::failed);
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(KnownVersions::only)
            .requestHandler(request -> handle(request, router))
            .invalidRequestHandler(this::invalid);
    return server.listen(address()).onSuccess(listening -> actualPort.set(listening.actualPort()));
  }

  /** With port 0 all instances share one free port; plainly asked for, each would have its own. */
  private SocketAddress address() {
    return config.port() == 0
        ? SocketAddress.sharedRandomPort(freePort, config.host())
        : SocketAddress.inetSocketAddress(config.port(), config.host());
  }

  @Override
  public Future<?> stop() {
    return server.shutdown(STOP_GRACE);
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setIdleTimeout((int) config.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setMaxHeaderSize(config.headerBytesMax())
        .setMaxInitialLineLength(config.uriBytesMax())
        .setPerFrameWebSocketCompressionSupported(false) // nobody speaks WebSocket here
        .setPerMessageWebSocketCompressionSupported(false)
        .setHandle100ContinueAutomatically(false) // Bodies asks for a body only if it wants it
        .setCompressionSupported(false)
        .setDecompressionSupported(false) // a payload is opaque, compressed or not
        .setHttp2ClearTextEnabled(false)
        .setTcpNoDelay(true)
        .setAcceptBacklog(1_024);
  }

  /**
   * What the framework would refuse without saying why, or with a stack in the log for every such
   * request: a broken escape, a byte that should be one, a missing or malformed host.
   */
  private void handle(HttpServerRequest request, Router router) {
    String path = request.path();
    if (request.version() == HttpVersion.HTTP_1_1 && request.authority() == null) {
      refuse(
          request, Problem.invalid("Host", "expected a host, and a port if it has one").problem());
    } else if (path != null && wellFormed(path)) {
      if (hasDots(path)) {
        refuse(request, Problem.invalid("path", "expected no part of it to be . or ..").problem());
      } else {
        router.handle(request);
      }
    } else {
      refuse(
          request,
          Problem.invalid("path", "expected ASCII, with two hexadecimal digits behind each %")
              .problem());
    }
  }

  /** In the form of the dialect whose path it is, else as a problem document. */
  private void refuse(HttpServerRequest request, Problem problem) {
    for (Dialect dialect : dialects) {
      if (dialect.refuse(request, problem)) {
        return;
      }
    }
    Replies.problem(request, problem);
  }

  private static boolean wellFormed(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) >= 0x80) {
        return false;
      }
    }
    for (int at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
      boolean escape =
          at + 2 < path.length()
              && Character.digit(path.charAt(at + 1), 16) >= 0
              && Character.digit(path.charAt(at + 2), 16) >= 0;
      if (!escape) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether routes would be found by another path than is written: then a dialect would be asked
   * for what is none of its own, and signatures would be of something else than is done.
   */
  private static boolean hasDots(String path) {
    if (!path.contains("/.") && path.indexOf('%') < 0) {
      return false;
    }
    for (String part : path.split("/", -1)) {
      String plain = part.replace("%2e", ".").replace("%2E", ".");
      if (plain.equals(".") || plain.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static void unknownPath(RoutingContext http) {
    HttpServerRequest request = http.request();
    Replies.problem(
        request,
        Problem.of(404, "unknown-path", "No such path", "there is nothing at " + request.path()));
  }

  /** What no dialect has answered: the framework refused it, or a handler of ours is broken. */
  private void failed(RoutingContext http) {
    HttpServerRequest request = http.request();
    Throwable cause = http.failure();
    if (cause == null || http.statusCode() < 500) {
      int status = http.statusCode() < 400 ? 500 : http.statusCode();
      refuse(request, Problem.of(status, "invalid", "Not a valid request", "bad request"));
    } else {
      refuse(request, Problem.of(cause, request.method() + " " + request.path()));
    }
  }

  /** What is no HTTP, or too long to be read: nothing behind it on the connection can be read. */
  private void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      Replies.last(
          request,
          Problem.of(414, "uri-too-long", "Too long", "the first line of the request is too long"));
    } else if (cause instanceof TooLongHttpHeaderException) {
      // The first line was read: who is asked is known, and has a form of its own for this.
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      refuse(
          request,
          Problem.of(
              431, "headers-too-large", "Too long", "the headers of the request are too long"));
    } else {
      Replies.last(
          request,
          Problem.of(
              400, "malformed-request", "Not a valid request", "expected a request of HTTP/1"));
    }
  }
}
