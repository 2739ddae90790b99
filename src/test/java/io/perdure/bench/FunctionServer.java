package io.perdure.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;

/**
 * The functions of the http kind, in a process of their own: {@code /echo} answers the first 200
 * bytes of the payload, {@code /hang} answers never. Prints its port.
 */
final class FunctionServer extends VerticleBase {
  private static final int RESULT_BYTES = 200;

  private FunctionServer() {}

  public static void main(String[] args) {
    StandIn.deploy(Vertx.vertx(), FunctionServer::new, new DeploymentOptions());
  }

  @Override
  public Future<?> start() {
    HttpServer server = vertx.createHttpServer().requestHandler(FunctionServer::answer);
    return server.listen(0, "127.0.0.1").onSuccess(StandIn::announce);
  }

  private static void answer(HttpServerRequest request) {
    if (request.path().equals("/hang")) {
      return;
    }
    request
        .body()
        .compose(body -> request.response().end(start(body)))
        .onFailure(gone -> request.connection().close());
  }

  private static Buffer start(Buffer body) {
    return body.getBuffer(0, Math.min(RESULT_BYTES, body.length()));
  }
}
