package io.perdure.api.fc;

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
import io.perdure.api.fc.Refusals.Refusal;
import io.perdure.api.fc.wire.Authenticator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Operations;
import io.perdure.api.fc.wire.Query;
import io.perdure.bus.Bus;
import io.perdure.router.FunctionSearch;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * Alibaba Function Compute's API in its three versions as a dialect. Here is what happens to a
 * request before an operation sees it. Thread-safe; handlers run on the connection's event loop.
 */
public final class FcApi implements Dialect {
  private static final String DIALECT = "fc";

  /** Exactly so: a client looks for it with regard to case (spec alibaba-fc, section 2). */
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Fc-Request-Id");

  /** What is noted of a request whose caller did not wait for the answer: ClientClosedRequest. */
  private static final int CLOSED_BY_CALLER = 499;

  private static final Pattern REQUEST_ID_GIVEN = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  /** Larger requests are checked on a worker: each takes milliseconds a megabyte. */
  private static final int INLINE_BYTES = 256 * 1024;

  private final Authenticator authenticator;
  private final Bodies bodies;
  private final FcConfig config;
  private final Admission admission;
  private final Observer observer;
  private final Operations operations;

  private FcApi(
      Admission admission,
      Authenticator authenticator,
      Bodies bodies,
      FcConfig config,
      Collection<Operation> operations,
      Observer observer) {
    this.admission = admission;
    this.authenticator = authenticator;
    this.bodies = bodies;
    this.config = config;
    this.observer = observer;
    this.operations = new Operations(operations);
  }

  /**
   * The dialect with all its operations.
   *
   * @param search finds functions for lists
   * @param links to code packages, which are followed without a key
   * @param authenticator asked on a worker when the request is large
   * @param bodies shared by all dialects of a node
   * @param limited whether the rate limiter has limits for this dialect; without any it is not
   *     asked
   */
  public static FcApi create(
      Bus bus,
      io.perdure.router.Router router,
      Clock clock,
      FunctionSearch search,
      CodeLinks links,
      Authenticator authenticator,
      Bodies bodies,
      FcConfig config,
      boolean limited,
      Observer observer) {
    return new FcApi(
        new Admission(bus, router, DIALECT, limited),
        authenticator,
        bodies,
        config,
        FcOperations.all(bus, router, clock, search, links, config),
        observer);
  }

  @Override
  public void mount(Router routes) {
    for (Generation generation : Generation.values()) {
      String paths = "/" + generation.segment() + "/*";
      routes.route(paths).useNormalizedPath(false).handler(http -> answer(http.request()));
    }
  }

  @Override
  public boolean refuse(HttpServerRequest request, Problem problem) {
    if (request.path() == null || !Operations.owns(request.path())) {
      return false;
    }
    refuse(request, Refusals.of(problem), RequestIds.uuid());
    return true;
  }

  private void answer(HttpServerRequest request) {
    Exchange exchange = new Exchange(request);
    Future.succeededFuture()
        .compose(begun -> exchange.answer())
        .onComplete(
            result -> {
              int status = result.succeeded() ? result.result() : exchange.refused(result.cause());
              observer.answered(
                  DIALECT, exchange.name(), status, System.nanoTime() - exchange.began);
            });
  }

  private int bodyLimit(Operation operation) {
    return switch (operation.size()) {
      case SETTINGS -> config.bodyBytesMax();
      case CODE -> config.codeBodyBytesMax();
      case PAYLOAD -> Math.max(config.payloadBytesMax(), config.eventBytesMax());
    };
  }

  /**
   * The host that the caller names. {@code @alicloud/fc2} leaves the port out, which a link needs:
   * when the name is this machine's own, nobody stands in between, and the port is this one.
   */
  private static String host(HttpServerRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    SocketAddress here = request.localAddress();
    boolean own =
        host != null
            && here != null
            && here.isInetSocket()
            && (host.equals(here.hostAddress()) || host.equals("localhost"));
    return own ? host + ":" + here.port() : host;
  }

  private static void send(HttpServerRequest request, FcReply reply, String requestId) {
    HttpServerResponse response = request.response();
    response.setStatusCode(reply.status());
    response.putHeader(REQUEST_ID, reply.requestId() == null ? requestId : reply.requestId());
    reply.headers().forEach(response::putHeader);
    if (reply.type() != null) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, reply.type());
    }
    Replies.end(request, reply.body());
  }

  private static void refuse(HttpServerRequest request, Refusal refusal, String requestId) {
    HttpServerResponse response = request.response();
    if (!response.headWritten()) {
      response.putHeader(REQUEST_ID, requestId);
      if (refusal.retryAfterMillis() > 0) {
        long seconds = Math.max(1, (refusal.retryAfterMillis() + 999) / 1_000);
        response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
      }
    }
    FcError error = refusal.error();
    Replies.refused(request, error.status(), Refusals.body(error, requestId));
  }

  /** A request and what is known of it by now. */
  private final class Exchange {
    private final HttpServerRequest request;
    private final long began = System.nanoTime();
    private String requestId = RequestIds.uuid();
    private String given;
    private Operations.Match match;
    private FcCall call;

    Exchange(HttpServerRequest request) {
      this.request = request;
    }

    /** Checks and does what was asked, and sends the answer; gives its status. */
    Future<Integer> answer() {
      identify(request);
      match = operations.match(request.method().name(), request.path());
      return bodies
          .read(request, "body", bodyLimit(match.operation()))
          .compose(body -> authenticated(received(request, body)))
          .compose(account -> admission.admit(account, match.operation().name()))
          .compose(account -> match.operation().handler().handle(call.reachable()))
          .map(
              reply -> {
                if (request.response().closed()) {
                  return CLOSED_BY_CALLER; // what was begun goes on
                }
                send(request, reply, requestId);
                return reply.status();
              });
    }

    /** A caller may name its request; the answer has the name then. */
    private void identify(HttpServerRequest request) {
      String id = request.headers().get(REQUEST_ID);
      if (id == null || id.isEmpty()) {
        return;
      }
      if (!REQUEST_ID_GIVEN.matcher(id).matches()) {
        throw FcError.invalid(
            "x-fc-request-id", "1 to 128 letters, digits, underscores and hyphens");
      }
      given = id;
      requestId = id;
    }

    private Received received(HttpServerRequest request, byte[] body) {
      return new Received(
          request.method().name(), request.path(), request.query(), request.headers(), body);
    }

    private Future<Account> authenticated(Received received) {
      boolean large = received.body().length > INLINE_BYTES;
      return Offload.when(large, () -> authenticator.authenticate(received))
          .map(
              account -> {
                call = call(account, received);
                return account;
              });
    }

    private FcCall call(Account account, Received received) {
      return new FcCall(
          account,
          config.region(),
          match.generation(),
          match.operation(),
          requestId,
          given,
          host(request),
          match.path(),
          Query.of(received.rawQuery()),
          received);
    }

    /** Sends why not; gives its status. */
    int refused(Throwable cause) {
      Generation generation = match == null ? Generation.V3 : match.generation();
      Refusal refusal = Refusals.of(cause, generation, call == null ? null : call.target(), name());
      if (request.response().closed()) {
        return CLOSED_BY_CALLER;
      }
      String own = refusal.error().requestId();
      refuse(request, refusal, own == null ? requestId : own);
      return refusal.error().status();
    }

    /** Of the operation, for the metrics. */
    String name() {
      return match == null ? "none" : match.operation().name();
    }
  }
}
