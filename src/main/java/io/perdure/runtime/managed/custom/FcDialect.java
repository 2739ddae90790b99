package io.perdure.runtime.managed.custom;

import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Managed;
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
 * A custom runtime of Function Compute ("Principles of custom runtimes", "Common request headers"):
 * {@code POST /invoke} per call, {@code POST /initialize} and {@code GET /pre-stop} if the function
 * has those handlers, {@code x-fc-*} headers on all of them. An answer is a success with status 2xx
 * and {@code x-fc-status} absent or 2xx. Credentials of a role are not sent: there are none.
 */
final class FcDialect implements HttpDialect {
  private static final String INVOKE = "/invoke";
  private static final String INITIALIZE = "/initialize";
  private static final String PRE_STOP = "/pre-stop";

  private final Blueprint of;
  private final Regions regions;

  FcDialect(Blueprint of, Regions regions) {
    this.of = of;
    this.regions = regions;
  }

  @Override
  public Map<String, String> environment(int port) {
    String text = Integer.toString(port);
    return of.function().flavour() == Flavour.NATIVE
        ? Map.of("PORT", text, "PERDURE_PORT", text)
        : Map.of("FC_CUSTOM_LISTEN_PORT", text, "FC_SERVER_PORT", text, "PORT", text);
  }

  @Override
  public Target invoke(Call call) {
    MultiMap headers = CallHeaders.of(call);
    String id = CallHeaders.requestId(call);
    describe(headers, id, call.invocation().qualifier(), INVOKE);
    return new Target(HttpMethod.POST, INVOKE, headers);
  }

  @Override
  public Optional<Target> initialize() {
    return of.spec().initializer() == null
        ? Optional.empty()
        : Optional.of(hook(HttpMethod.POST, INITIALIZE));
  }

  @Override
  public Optional<Target> preStop() {
    return of.spec().preStop() == null
        ? Optional.empty()
        : Optional.of(hook(HttpMethod.GET, PRE_STOP));
  }

  @Override
  public Optional<RunError> failure(HttpReply reply) {
    boolean refused = reply.fcStatus() != null && !reply.fcStatus().startsWith("2");
    if (reply.status() / 100 == 2 && !refused) {
      return Optional.empty();
    }
    String status = refused ? "x-fc-status " + reply.fcStatus() : "HTTP status " + reply.status();
    String text = ErrorObject.read(reply.body().buffer()).message();
    return Optional.of(
        new RunError(Kind.FUNCTION, "UnhandledInvocationError", text.isEmpty() ? status : text));
  }

  /** No call's: the instance's id stands for the request's. */
  private Target hook(HttpMethod method, String path) {
    MultiMap headers = HttpHeaders.headers();
    describe(headers, of.instance(), of.function().version(), path);
    return new Target(method, path, headers);
  }

  private void describe(MultiMap headers, String requestId, String qualifier, String path) {
    Function function = of.function();
    Managed spec = of.spec();
    put(headers, "Content-Type", ContentTypes.OCTET_STREAM);
    put(headers, "x-fc-request-id", requestId);
    put(headers, "x-fc-control-path", path);
    put(headers, "x-fc-function-name", function.name());
    put(headers, "x-fc-function-handler", spec.handler());
    put(headers, "x-fc-function-memory", Integer.toString(spec.memoryMb()));
    put(headers, "x-fc-function-timeout", CallHeaders.seconds(function.timeoutMillis()));
    if (spec.initializer() != null) {
      put(headers, "x-fc-function-initializer", spec.initializer());
      put(headers, "x-fc-initialization-timeout", CallHeaders.seconds(spec.initTimeoutMillis()));
    }
    put(headers, "x-fc-region", regions.fc());
    put(headers, "x-fc-account-id", function.account());
    put(headers, "x-fc-qualifier", qualifier);
    put(headers, "x-fc-version-id", function.version());
    if (function.flavour() == Flavour.FC2) {
      put(headers, "x-fc-service-name", function.namespace());
      put(headers, "x-fc-service-logproject", ""); // logs are kept with the invocation
      put(headers, "x-fc-service-logstore", "");
    }
  }

  /** Leaves out what no header can hold, such as a handler named in another script. */
  private static void put(MultiMap headers, String name, String value) {
    if (value != null && value.chars().allMatch(c -> c >= ' ' && c < 127)) {
      headers.add(name, value);
    }
  }
}
