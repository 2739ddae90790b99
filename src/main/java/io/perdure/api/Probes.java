package io.perdure.api;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;

/** {@code /livez}, {@code /readyz} and {@code /metrics}: for machines nearby, without a token. */
public final class Probes implements Dialect {
  private final Supplier<Readiness> readiness;
  private final Handler<RoutingContext> metrics;

  /**
   * The probes.
   *
   * @param readiness what {@code /readyz} tells; called on event loops, must not block
   * @param metrics answers {@code /metrics}
   */
  public Probes(Supplier<Readiness> readiness, Handler<RoutingContext> metrics) {
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public void mount(Router router) {
    get(router, "/livez", Probes::live);
    get(router, "/readyz", this::ready);
    get(router, "/metrics", metrics);
  }

  private static void get(Router router, String path, Handler<RoutingContext> handler) {
    router
        .route(path)
        .handler(
            http -> {
              RequestIds.of(http.request());
              HttpMethod method = http.request().method();
              if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
                handler.handle(http);
              } else {
                Replies.notAllowed(
                    http, List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS));
              }
            });
  }

  private static void live(RoutingContext http) {
    Replies.json(http, 200, JsonOut.object(32, json -> json.writeStringField("status", "live")));
  }

  private void ready(RoutingContext http) {
    Readiness now = readiness.get();
    if (!now.ready()) {
      http.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    Replies.json(
        http,
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
