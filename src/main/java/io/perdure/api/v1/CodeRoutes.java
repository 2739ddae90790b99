package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.CodeDownload;
import io.perdure.api.Problem;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Packages;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/** The package of a function: put in place as it arrives, and handed out again. */
final class CodeRoutes {
  private static final String CODE = "/v1/namespaces/{namespace}/functions/{function}/code";

  private final Bus bus;
  private final Router router;
  private final Packages packages;
  private final FunctionChanges changes;
  private final Bodies bodies;

  CodeRoutes(Bus bus, Router router, Bodies bodies) {
    this.bus = bus;
    this.router = router;
    this.packages = new Packages(bus);
    this.changes = new FunctionChanges(bus, router);
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.PUT, CODE, "putCode", this::put)
        .add(HttpMethod.GET, CODE, "getCode", this::get);
  }

  private Future<?> put(Call call) {
    call.noQuery();
    Function present = router.function(call.account().id(), call.namespace(), call.function());
    managed(present);
    long ifRevision = Etags.wanted(call, present.revision());
    if (ifRevision < 0) {
      throw Problem.invalid("If-None-Match", "expected no such header: a function has one code");
    }
    String account = call.account().id();
    Future<Upload> begun = packages.begin(account, Bodies.declared(call.request()));
    return bodies.stream(
            call.request(),
            (offset, bytes) ->
                begun.compose(upload -> packages.add(account, upload.id(), offset, bytes)))
        .compose(received -> begun)
        .compose(upload -> packages.finish(account, upload.id()))
        .recover(cause -> forget(account, begun, cause))
        .compose(code -> replace(call, code, ifRevision))
        .compose(function -> FunctionRoutes.reply(call, 200, function));
  }

  private Future<CodeRef> forget(String account, Future<Upload> begun, Throwable cause) {
    return begun.transform(
        upload ->
            upload.succeeded()
                ? packages.abandon(account, upload.result().id(), cause)
                : Future.failedFuture(cause));
  }

  /** Everything but the code stays as it is by then: another change may have come in between. */
  private Future<Function> replace(Call call, CodeRef code, long ifRevision) {
    return changes.change(
        new FunctionChanges.Target(
            call.account().id(), call.namespace(), call.function(), call.account().name()),
        ifRevision,
        now -> {
          FunctionBuilder next = new FunctionBuilder(now);
          next.runtime = managed(now).withCode(code);
          return next.build();
        });
  }

  private static Managed managed(Function function) {
    if (function.runtime() instanceof Managed managed) {
      return managed;
    }
    throw new FailureException(
        new Failure.Conflict(
            "a function of kind " + function.runtime().kind() + " has no code of its own"));
  }

  private Future<?> get(Call call) {
    String qualifier = call.query("qualifier").text("qualifier");
    Function function =
        router.version(call.account().id(), call.namespace(), call.function(), qualifier);
    CodeRef code = managed(function).code();
    if (code == null) {
      throw new FailureException(new Failure.NotFound("code of function", function.name()));
    }
    if (Etags.unchanged(call, "\"" + code.sha256() + "\"")) {
      return Future.succeededFuture();
    }
    call.response().putHeader("Perdure-Version", function.version());
    return CodeDownload.send(bus, call.request(), code.sha256(), code.bytes(), "native getCode");
  }
}
