package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.api.Offload;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.SetPaused;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.Packages;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;

/** {@code /v1/namespaces/{namespace}/functions} and what is directly below. */
final class FunctionRoutes {
  private static final String ALL = "/v1/namespaces/{namespace}/functions";
  private static final String ONE = ALL + "/{function}";
  private static final int BYTES = 768;

  /** Above this a body holds code, and reading it would hold the event loop for too long. */
  private static final int INLINE_BYTES = 128 * 1024;

  private final Bus bus;
  private final Router router;
  private final Packages packages;
  private final Bodies bodies;
  private final int bodyBytesMax;

  FunctionRoutes(Bus bus, Router router, Bodies bodies, NativeConfig config) {
    this.bus = bus;
    this.router = router;
    this.packages = new Packages(bus);
    this.bodies = bodies;
    this.bodyBytesMax = NamespaceRoutes.JSON_BYTES_MAX + config.inlineCodeBytesMax() / 3 * 4;
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
    Function present = present(call);
    long ifRevision = Etags.wanted(call, present == null ? Etags.ABSENT : present.revision());
    FunctionBody.Target target =
        new FunctionBody.Target(
            call.account().id(),
            call.namespace(),
            call.function(),
            present,
            call.account().name(),
            ifRevision);
    return bodies
        .read(call.request(), "body", bodyBytesMax)
        .compose(body -> Offload.when(body.length > INLINE_BYTES, () -> parse(body, target)))
        .compose(this::withCode)
        .compose(put -> bus.request(Addresses.PUT_FUNCTION, put))
        .recover(Refusals::inBody)
        .compose(done -> put(call, done));
  }

  private static FunctionBody.Parsed parse(byte[] body, FunctionBody.Target target) {
    Fields fields = body.length > INLINE_BYTES ? InlineCode.parse(body) : Fields.parse(body);
    return FunctionBody.parse(fields, target);
  }

  /** The command with the package that the body names, which is stored first if it came along. */
  private Future<PutFunction> withCode(FunctionBody.Parsed parsed) {
    CodeSource source = parsed.code();
    if (source == null) {
      return Future.succeededFuture(parsed.put());
    }
    String account = parsed.put().account();
    Future<CodeRef> code =
        source.zip() != null
            ? packages.store(account, source.zip())
            : source.upload() != null
                ? packages.ofUpload(account, source.upload())
                : packages.find(account, source.sha256());
    Managed runtime = (Managed) parsed.put().runtime(); // checked when it was parsed
    return code.map(ref -> FunctionBody.running(parsed.put(), runtime.withCode(ref)));
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

  private Future<?> get(Call call) {
    call.noQuery();
    Function function = router.function(call.account().id(), call.namespace(), call.function());
    return Etags.unchanged(call, Etags.of(function.revision()))
        ? Future.succeededFuture()
        : reply(call, 200, function);
  }

  private Future<?> delete(Call call) {
    call.noQuery();
    Function present = present(call);
    long ifRevision = Etags.wanted(call, present == null ? Etags.ABSENT : present.revision());
    return bus.request(
            Addresses.DELETE_FUNCTION,
            new DeleteFunction(call.account().id(), call.namespace(), call.function(), ifRevision))
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

  static Future<Void> reply(Call call, int status, Function function) {
    call.response().putHeader(HttpHeaders.ETAG, Etags.of(function.revision()));
    return call.reply(status, JsonOut.object(BYTES, json -> FunctionJson.write(json, function)));
  }

  /** The function of the path, or null. */
  private Function present(Call call) {
    return router.find(call.account().id(), call.namespace(), call.function()).orElse(null);
  }
}
