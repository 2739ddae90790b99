package io.perdure.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;

/**
 * What an HTTP server on this machine can do at most: it reads the request, and answers bytes of
 * the size that a node answers. Prints its port.
 */
final class EmptyServer extends VerticleBase {
  private static final Buffer ACCEPTED = Buffer.buffer("a".repeat(200));
  private static final Buffer RECORD = Buffer.buffer("r".repeat(800));

  private EmptyServer() {}

  /** Takes the number of event loops as its argument. */
  public static void main(String[] args) {
    DeploymentOptions options = new DeploymentOptions().setInstances(Integer.parseInt(args[0]));
    Vertx vertx = Vertx.vertx();
    // port 0 is not shared between instances, -1 is
    StandIn.deploy(vertx, EmptyServer::new, options);
  }

  @Override
  public Future<?> start() {
    HttpServer server = vertx.createHttpServer().requestHandler(EmptyServer::answer);
    return server.listen(-1, "127.0.0.1").onSuccess(StandIn::announce);
  }

  private static void answer(HttpServerRequest request) {
    request
        .body()
        .compose(
            body ->
                body.length() > 0
                    ? request.response().setStatusCode(202).end(ACCEPTED)
                    : request.response().end(RECORD))
        .onFailure(gone -> request.connection().close());
  }
}
