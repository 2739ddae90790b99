package io.perdure.api.scf;

import io.perdure.api.Admission;
import io.perdure.api.Bodies;
import io.perdure.api.CodeLinks;
import io.perdure.api.Dialect;
import io.perdure.api.Observer;
import io.perdure.api.Offload;
import io.perdure.api.Problem;
import io.perdure.api.Received;
import io.perdure.api.Replies;
import io.perdure.api.RequestIds;
import io.perdure.api.auth.Account;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Authenticator;
import io.perdure.api.scf.wire.Envelope;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.ScfRequest;
import io.perdure.bus.Bus;
import io.perdure.router.FunctionSearch;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tencent Cloud's API 3.0 as a dialect, product scf, version 2018-04-16: every request is one to
 * {@code /}, every answer has status 200 and an envelope. Here is what happens to a request before
 * an action sees it, in the order of spec tencent-scf, 2.4. Thread-safe; handlers run on the
 * connection's event loop.
 */
public final class ScfApi implements Dialect {
  private static final String DIALECT = "scf";
  private static final String VERSION = "2018-04-16";
  private static final String PATH = "/";
  private static final int OK = 200;
  private static final CharSequence TRACE_ID = HttpHeaders.createOptimized("X-TC-TraceId");
  private static final int TRACE_ID_MAX = 128;

  /** Larger requests are read and checked on a worker: each takes milliseconds a megabyte. */
  private static final int INLINE_BYTES = 256 * 1024;

  private final Authenticator authenticator;
  private final Bodies bodies;
  private final ScfConfig config;
  private final Admission admission;
  private final Observer observer;
  private final Map<String, Action> actions;

  private ScfApi(
      Admission admission,
      Authenticator authenticator,
      Bodies bodies,
      ScfConfig config,
      Collection<Action> actions,
      Observer observer) {
    this.admission = admission;
    this.authenticator = authenticator;
    this.bodies = bodies;
    this.config = config;
    this.observer = observer;
    this.actions =
        actions.stream().collect(Collectors.toUnmodifiableMap(Action::name, Function.identity()));
  }

  /**
   * The dialect with all its actions.
   *
   * @param search finds functions for lists
   * @param links to code packages, which are followed without a key
   * @param authenticator asked on a worker when the request is large
   * @param bodies shared by all dialects of a node
   * @param limited whether the rate limiter has limits for this dialect; without any it is not
   *     asked
   */
  public static ScfApi create(
      Bus bus,
      io.perdure.router.Router router,
      Clock clock,
      FunctionSearch search,
      CodeLinks links,
      Authenticator authenticator,
      Bodies bodies,
      ScfConfig config,
      boolean limited,
      Observer observer) {
    return new ScfApi(
        new Admission(bus, router, DIALECT, limited),
        authenticator,
        bodies,
        config,
        ScfActions.all(bus, router, clock, search, links, config),
        observer);
  }

  @Override
  public void mount(Router routes) {
    routes.route(PATH).useNormalizedPath(false).handler(http -> answer(http.request()));
  }

  @Override
  public boolean refuse(HttpServerRequest request, Problem problem) {
    if (!PATH.equals(request.path())) {
      return false;
    }
    refuse(request, Refusals.of(problem), RequestIds.uuid());
    return true;
  }

  private void answer(HttpServerRequest http) {
    long began = System.nanoTime();
    String requestId = RequestIds.uuid();
    trace(http);
    AtomicReference<String> name = new AtomicReference<>("none");
    Action likely = known(http.headers().get("X-TC-Action"));
    bodies
        .read(http, "The request", bodyLimit(http, likely))
        .compose(
            body -> {
              Received received = received(http, body);
              return Offload.when(body.length > INLINE_BYTES, () -> ScfRequest.of(received));
            })
        .compose(
            request -> {
              Action action = action(request);
              name.set(action.name());
              return answer(http, request, action, requestId);
            })
        .onComplete(
            result -> {
              int status = OK;
              if (result.failed()) {
                ScfError error = Refusals.of(result.cause(), name.get());
                status = Refusals.status(error);
                refuse(http, error, requestId);
              }
              observer.answered(DIALECT, name.get(), status, System.nanoTime() - began);
            });
  }

  /** The action of that name, or null. */
  private Action known(String name) {
    return name == null ? null : actions.get(name);
  }

  private int bodyLimit(HttpServerRequest request, Action action) {
    String type = request.headers().get(HttpHeaders.CONTENT_TYPE);
    if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
      return config.formBytesMax();
    }
    boolean code = action != null && action.shape().takesBytes();
    return code ? config.codeBodyBytesMax() : config.bodyBytesMax();
  }

  private static Received received(HttpServerRequest request, byte[] body) {
    return new Received(
        request.method().name(), request.path(), request.query(), request.headers(), body);
  }

  /** Checks and does what was asked, and sends the answer; fails with why it did not. */
  private Future<Void> answer(
      HttpServerRequest http, ScfRequest request, Action action, String requestId) {
    boolean large = request.received().body().length > INLINE_BYTES;
    return Offload.when(large, () -> authenticator.authenticate(request))
        .compose(account -> admission.admit(account, action.name()))
        .compose(
            account ->
                Offload.when(large, () -> arguments(request, action))
                    .compose(
                        args -> action.handler().handle(call(account, request, requestId, args))))
        .onSuccess(reply -> send(http, Envelope.of(reply, requestId)))
        .mapEmpty();
  }

  private Action action(ScfRequest request) {
    String version = request.version();
    if (!version.equals(VERSION)) {
      throw new ScfError(
          "NoSuchVersion",
          "There is no version `" + cut(version) + "` of this API, only `" + VERSION + "`.");
    }
    Action action = known(request.action());
    if (action == null) {
      throw new ScfError(
          "InvalidAction",
          "The request action=`"
              + cut(request.action())
              + "` is invalid or not found in service=`scf` and version=`"
              + VERSION
              + "`.");
    }
    return action;
  }

  private Args arguments(ScfRequest request, Action action) {
    String region = request.region();
    if (region != null && !config.regions().contains(region)) {
      throw new ScfError(
          "UnsupportedRegion",
          "The region `"
              + cut(region)
              + "` is not served here; expected one of "
              + String.join(", ", config.regions())
              + ".");
    }
    return request.args(action.shape());
  }

  private ScfCall call(Account account, ScfRequest request, String requestId, Args args) {
    String region = request.region() == null ? config.region() : request.region();
    return new ScfCall(account, region, requestId, request.received().header("Host"), args);
  }

  /** The caller's own id of the call, which the Node.js SDK looks for in the answer. */
  private static void trace(HttpServerRequest request) {
    String id = request.headers().get(TRACE_ID);
    boolean usable =
        id != null && id.length() <= TRACE_ID_MAX && id.chars().allMatch(c -> c > ' ' && c <= '~');
    if (usable) {
      request.response().headers().set(TRACE_ID, id);
    }
  }

  private static void send(HttpServerRequest http, Buffer envelope) {
    Replies.json(http, OK, envelope);
  }

  private static void refuse(HttpServerRequest request, ScfError error, String requestId) {
    Replies.refused(request, OK, Envelope.of(error, requestId));
  }

  private static String cut(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }
}
