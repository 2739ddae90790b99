package io.perdure.api;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Supplier;

/** {@code /livez}, {@code /readyz} and {@code /metrics}: for machines nearby, without a token. */
public final class Probes implements Dialect {
  private final Supplier<Readiness> readiness;
  private final Handler<HttpServerRequest> metrics;

  /**
   * The probes.
   *
   * @param readiness what {@code /readyz} tells; called on event loops, must not block
   * @param metrics answers {@code /metrics}
   */
  public Probes(Supplier<Readiness> readiness, Handler<HttpServerRequest> metrics) {
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public void mount(Router router) {
    router.route("/livez").handler(http -> answer(http.request(), Probes::live));
    router.route("/readyz").handler(http -> answer(http.request(), this::ready));
    router.route("/metrics").handler(http -> answer(http.request(), metrics));
  }

  private static void answer(HttpServerRequest request, Handler<HttpServerRequest> probe) {
    RequestIds.of(request);
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      probe.handle(request);
    } else {
      Replies.notAllowed(request, List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS));
    }
  }

  private static void live(HttpServerRequest request) {
    Replies.json(request, 200, JsonOut.object(32, json -> json.writeStringField("status", "live")));
  }

  private void ready(HttpServerRequest request) {
    Readiness now = readiness.get();
    if (!now.ready()) {
      request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    Replies.json(
        request,
        now.ready() ? 200 : 503,
        JsonOut.object(
            128,
            json -> {
              json.writeStringField("status", now.ready() ? "ready" : "not ready");
              if (!now.ready()) {
                json.writeStringField("reason", now.reason());
                json.writeNumberField("recovered", Math.floor(now.recovered() * 1_000) / 1_000);
              }
            }));
  }
}
