package io.perdure.runtime.managed.custom;

import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.Call;
import io.perdure.runtime.CallHeaders;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.ErrorObject;
import io.perdure.runtime.managed.Regions;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.Optional;

/**
 * Any web server: the payload is posted to it, 2xx is success. The handler is the path if it begins
 * with a slash. For functions made by SCF's dialect the request has the {@code X-Scf-*} headers
 * that its web functions know.
 */
final class WebDialect implements HttpDialect {
  private final Blueprint of;
  private final Regions regions;
  private final String path;

  WebDialect(Blueprint of, Regions regions) {
    this.of = of;
    this.regions = regions;
    String handler = of.spec().handler();
    boolean usable = handler.startsWith("/") && handler.chars().allMatch(c -> c > ' ' && c < 127);
    this.path = usable ? handler : "/";
  }

  @Override
  public Map<String, String> environment(int port) {
    String text = Integer.toString(port);
    return of.function().flavour() == Flavour.NATIVE
        ? Map.of("PORT", text, "PERDURE_PORT", text)
        : Map.of("PORT", text);
  }

  @Override
  public Target invoke(Call call) {
    MultiMap headers =
        CallHeaders.of(call).add(HttpHeaders.CONTENT_TYPE, ContentTypes.of(call.payload()));
    if (of.function().flavour() == Flavour.SCF) {
      describe(headers, call);
    }
    return new Target(HttpMethod.POST, path, headers);
  }

  private void describe(MultiMap headers, Call call) {
    Function function = of.function();
    boolean latest = function.version().equals(Invocation.LATEST);
    headers
        .add("X-Scf-Request-Id", CallHeaders.requestId(call))
        .add("X-Scf-Name", function.name())
        .add("X-Scf-Namespace", function.namespace())
        .add("X-Scf-Version", latest ? "$LATEST" : function.version())
        .add("X-Scf-Memory", Integer.toString(of.spec().memoryMb()))
        .add("X-Scf-Timeout", Long.toString(function.timeoutMillis()))
        .add("X-Scf-Region", regions.scf());
  }

  @Override
  public Optional<Target> initialize() {
    return Optional.empty();
  }

  @Override
  public Optional<Target> preStop() {
    return Optional.empty();
  }

  @Override
  public Optional<RunError> failure(HttpReply reply) {
    if (reply.status() / 100 == 2) {
      return Optional.empty();
    }
    String text = ErrorObject.read(reply.body().buffer()).message();
    return Optional.of(new RunError(Kind.FUNCTION, "HTTP " + reply.status(), text));
  }
}
