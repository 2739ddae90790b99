package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.api.Replies;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Set;

/** {@code /v1/namespaces/{namespace}/functions} and what is directly below. */
final class FunctionRoutes {
  private static final String ALL = "/v1/namespaces/{namespace}/functions";
  private static final String ONE = ALL + "/{function}";
  private static final int BYTES = 768;

  /** Fields that the registry names but that stand in the path. */
  private static final Set<String> IN_PATH = Set.of("namespace", "function", "account");

  private final Bus bus;
  private final Router router;
  private final Bodies bodies;

  FunctionRoutes(Bus bus, Router router, Bodies bodies) {
    this.bus = bus;
    this.router = router;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ALL, "listFunctions", this::list)
        .add(HttpMethod.PUT, ONE, "putFunction", this::put)
        .add(HttpMethod.GET, ONE, "getFunction", this::get)
        .add(HttpMethod.DELETE, ONE, "deleteFunction", this::delete)
        .add(HttpMethod.POST, ONE + ":pause", "pauseFunction", call -> pause(call, true))
        .add(HttpMethod.POST, ONE + ":resume", "resumeFunction", call -> pause(call, false));
  }

  private Future<?> put(Call call) {
    call.noQuery();
    long ifRevision = wantedRevision(call);
    return bodies
        .read(call.http(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body ->
                bus.request(
                    Addresses.PUT_FUNCTION,
                    FunctionBody.parse(
                        body,
                        call.account().id(),
                        call.namespace(),
                        call.function(),
                        call.account().name(),
                        ifRevision)))
        .recover(FunctionRoutes::inBody)
        .compose(done -> put(call, done));
  }

  private static Future<Void> put(Call call, FunctionPut done) {
    Function function = done.function();
    if (done.created()) {
      call.response()
          .putHeader(
              HttpHeaders.LOCATION,
              "/v1/namespaces/" + function.namespace() + "/functions/" + function.name());
    }
    return reply(call, done.created() ? 201 : 200, function);
  }

  /** The registry names a setting by its name, a caller of this dialect by its place. */
  private static Future<FunctionPut> inBody(Throwable cause) {
    boolean setting =
        cause instanceof FailureException e
            && e.failure() instanceof Failure.Invalid invalid
            && !IN_PATH.contains(invalid.field())
            && !invalid.field().startsWith("$");
    if (!setting) {
      return Future.failedFuture(cause);
    }
    Failure.Invalid invalid = (Failure.Invalid) ((FailureException) cause).failure();
    return Future.failedFuture(
        new FailureException(new Failure.Invalid("$." + invalid.field(), invalid.message())));
  }

  private Future<?> get(Call call) {
    call.noQuery();
    Function function = router.function(call.account().id(), call.namespace(), call.function());
    String known = call.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    if (known != null && Etags.matches(known, function.revision())) {
      call.response().putHeader(HttpHeaders.ETAG, Etags.of(function.revision())).setStatusCode(304);
      Replies.end(call.http(), null);
      return Future.succeededFuture();
    }
    return reply(call, 200, function);
  }

  private Future<?> delete(Call call) {
    call.noQuery();
    return bus.request(
            Addresses.DELETE_FUNCTION,
            new DeleteFunction(
                call.account().id(), call.namespace(), call.function(), wantedRevision(call)))
        .compose(done -> call.noContent());
  }

  private Future<?> pause(Call call, boolean paused) {
    call.noQuery();
    SetPaused message =
        new SetPaused(
            call.account().id(), call.namespace(), call.function(), paused, call.account().name());
    return bus.request(Addresses.SET_PAUSED, message)
        .compose(done -> reply(call, 200, done.function()));
  }

  private Future<?> list(Call call) {
    Query query = call.query("prefix", "limit", "cursor");
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, NamespaceRoutes.LIMIT_MAX);
    String after = NamespaceRoutes.nameIn(query.text("cursor"));
    return bus.request(
            Addresses.LIST_FUNCTIONS,
            new ListFunctions(
                call.account().id(), call.namespace(), query.text("prefix"), after, limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(FunctionsListed found) {
    return JsonOut.object(
        BYTES * Math.max(1, found.functions().size()),
        json -> {
          json.writeArrayFieldStart("functions");
          for (Function function : found.functions()) {
            json.writeStartObject();
            FunctionJson.write(json, function);
            json.writeEndObject();
          }
          json.writeEndArray();
          int size = found.functions().size();
          NamespaceRoutes.writeCursor(
              json, found.more() ? found.functions().get(size - 1).name() : null);
        });
  }

  private static Future<Void> reply(Call call, int status, Function function) {
    call.response().putHeader(HttpHeaders.ETAG, Etags.of(function.revision()));
    return call.reply(status, JsonOut.object(BYTES, json -> FunctionJson.write(json, function)));
  }

  /**
   * The revision that must be the present one: 0 for any, -1 for none at all. A change that comes
   * in between is found by the registry, which compares once more.
   */
  private long wantedRevision(Call call) {
    String absent = call.request().getHeader(HttpHeaders.IF_NONE_MATCH);
    String match = call.request().getHeader(HttpHeaders.IF_MATCH);
    if (absent != null) {
      if (!absent.strip().equals("*") || match != null) {
        throw Problem.invalid(
            "If-None-Match", "expected * or no such header, and no If-Match with it");
      }
      return -1;
    }
    if (match == null) {
      return 0;
    }
    Function function;
    try {
      function = router.function(call.account().id(), call.namespace(), call.function());
    } catch (FailureException e) {
      throw new FailureException(
          new Failure.Precondition(e.getMessage() + ", so nothing matches " + match));
    }
    if (!Etags.matches(match, function.revision())) {
      throw new FailureException(
          new Failure.Precondition(
              "the present revision is " + Etags.of(function.revision()) + ", not " + match));
    }
    return function.revision();
  }
}
