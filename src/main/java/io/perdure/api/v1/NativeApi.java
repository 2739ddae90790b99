package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.Dialect;
import io.perdure.api.Observer;
import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import io.perdure.api.Replies;
import io.perdure.api.RequestIds;
import io.perdure.api.Waits;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The native API as a dialect: who calls, which operation, how often; the operations are in the
 * classes that end in {@code Routes}. Thread-safe; handlers run on the connection's event loop.
 */
public final class NativeApi implements Dialect {
  private static final String DIALECT = "native";
  private static final String BEARER = "bearer ";
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("WWW-Authenticate");
  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Bearer realm=\"perdure\"");

  private final Bus bus;
  private final io.perdure.router.Router router;
  private final Accounts accounts;
  private final boolean limited;
  private final Observer observer;
  private final RouteTable table = new RouteTable();
  private final Buffer openapi = openapi();

  /**
   * The dialect.
   *
   * @param bodies shared by all dialects of a node
   * @param limited whether the rate limiter has limits for this dialect; without any it is not
   *     asked
   */
  public NativeApi(
      Bus bus,
      io.perdure.router.Router router,
      Accounts accounts,
      Bodies bodies,
      NativeConfig config,
      boolean limited,
      Observer observer) {
    this.bus = bus;
    this.router = router;
    this.accounts = accounts;
    this.limited = limited;
    this.observer = observer;
    Waits waits = new Waits(router, "native.waits-max", config.waitsMax());
    new NamespaceRoutes(bus, bodies).addTo(table);
    new FunctionRoutes(bus, router, bodies, config).addTo(table);
    new CodeRoutes(bus, router, bodies).addTo(table);
    new UploadRoutes(bus, bodies).addTo(table);
    new VersionRoutes(bus, router, bodies).addTo(table);
    new AliasRoutes(bus, bodies).addTo(table);
    new AsyncRoutes(bus, bodies).addTo(table);
    new ScheduleRoutes(bus, bodies).addTo(table);
    new InstanceRoutes(bus, router, bodies).addTo(table);
    new SubmitRoutes(router, bodies, config, waits).addTo(table);
    new InvokeRoutes(router, bodies, config, waits).addTo(table);
    new ListRoutes(router).addTo(table);
    new InvocationRoutes(router, bodies, waits).addTo(table);
    new EventRoutes(router, config, waits).addTo(table);
    new AccountRoutes(bus, router).addTo(table);
    new AdminRoutes(bus, bodies, accounts).addTo(table);
    new ClusterRoutes(bus, accounts).addTo(table);
  }

  @Override
  public void mount(Router routes) {
    routes.route("/v1/*").useNormalizedPath(false).handler(http -> answer(http.request()));
    routes.route("/openapi.json").handler(http -> document(http.request()));
  }

  /** What is mounted, for the test that compares it with the document. */
  List<RouteTable.Route> routes() {
    return table.routes();
  }

  private void document(HttpServerRequest request) {
    RequestIds.of(request);
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      Replies.json(request, 200, openapi.copy());
    } else {
      Replies.notAllowed(request, List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS));
    }
  }

  private void answer(HttpServerRequest request) {
    long began = System.nanoTime();
    String requestId = RequestIds.of(request);
    String operation = "none";
    Future<?> done;
    try {
      RouteTable.Match match = table.match(request.path());
      RouteTable.Route route = match == null ? null : route(match, request.method());
      operation = route == null ? operation : route.operation();
      done = serve(request, requestId, match, route);
    } catch (RuntimeException e) {
      done = Future.failedFuture(e);
    }
    String named = operation;
    done.onComplete(
        result -> {
          if (result.failed()) {
            Replies.problem(request, Problem.of(result.cause(), DIALECT + " " + named));
          }
          observer.answered(
              DIALECT, named, request.response().getStatusCode(), System.nanoTime() - began);
        });
  }

  private Future<?> serve(
      HttpServerRequest request, String requestId, RouteTable.Match match, RouteTable.Route route) {
    if (match != null && request.method().equals(HttpMethod.OPTIONS)) {
      Replies.notAllowed(request, allowed(match));
      return Future.succeededFuture();
    }
    Account account = authenticate(request);
    if (match == null) {
      return Call.problem(
          Problem.of(404, "unknown-path", "No such path", "there is nothing at " + path(request)));
    }
    if (route == null) {
      Replies.notAllowed(request, allowed(match));
      return Future.succeededFuture();
    }
    Failure closed = router.closed();
    if (closed != null) {
      return Future.failedFuture(new FailureException(closed));
    }
    Call call = new Call(request, account, requestId, match.parameters());
    if (!limited) {
      return route.handler().handle(call);
    }
    // Nothing of the body may pass by while the limiter is asked. Operations that want a body ask
    // for it before they return; for the others the connection goes on at once.
    request.pause();
    Acquire acquire = new Acquire(account.id(), DIALECT, route.operation(), 1);
    return bus.request(Addresses.ACQUIRE, acquire)
        .transform(
            granted -> {
              try {
                return granted.failed()
                    ? Future.failedFuture(granted.cause())
                    : route.handler().handle(call).mapEmpty();
              } finally {
                request.resume();
              }
            });
  }

  private static RouteTable.Route route(RouteTable.Match match, HttpMethod method) {
    Map<HttpMethod, RouteTable.Route> routes = match.byMethod();
    return routes.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
  }

  private static List<HttpMethod> allowed(RouteTable.Match match) {
    List<HttpMethod> methods = new ArrayList<>(match.byMethod().keySet());
    if (methods.contains(HttpMethod.GET)) {
      methods.add(HttpMethod.HEAD);
    }
    methods.add(HttpMethod.OPTIONS);
    return methods;
  }

  /** The account of the bearer token; fails as 401, which says the same for every other path. */
  private Account authenticate(HttpServerRequest request) {
    String header = request.headers().get(HttpHeaders.AUTHORIZATION);
    boolean bearer = header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
    Optional<Account> account =
        bearer ? accounts.byToken(header.substring(BEARER.length()).strip()) : Optional.empty();
    return account.orElseThrow(
        () -> {
          request.response().putHeader(WWW_AUTHENTICATE, CHALLENGE);
          return new ProblemException(
              Problem.of(
                  401,
                  "unauthorized",
                  "Not authenticated",
                  bearer
                      ? "the bearer token is not known"
                      : "expected the header Authorization: Bearer <token>"));
        });
  }

  private static String path(HttpServerRequest request) {
    String path = request.path();
    return path.length() > 200 ? path.substring(0, 200) + "..." : path;
  }

  private static Buffer openapi() {
    try (InputStream in = NativeApi.class.getResourceAsStream("/openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("the resource openapi.json is missing");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("the resource openapi.json cannot be read", e);
    }
  }
}
