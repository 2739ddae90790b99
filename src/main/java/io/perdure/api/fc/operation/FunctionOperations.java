package io.perdure.api.fc.operation;

import io.perdure.api.Offload;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Operation.Size;
import io.perdure.api.fc.wire.Props;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Packages;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.stream.Stream;

/** Makes, changes and removes functions (spec alibaba-fc, 9.2). */
public final class FunctionOperations {
  /** Larger bodies are read on a worker: a package takes milliseconds a megabyte. */
  private static final int INLINE_BYTES = 256 * 1024;

  private final Bus bus;
  private final Router router;
  private final Packages packages;
  private final FunctionChanges changes;
  private final Duration retention;

  /**
   * Operations over {@code bus} on the functions that {@code router} finds.
   *
   * @param retention of ended invocations of new functions
   */
  public FunctionOperations(Bus bus, Router router, Duration retention) {
    this.bus = bus;
    this.router = router;
    this.packages = new Packages(bus);
    this.changes = new FunctionChanges(bus, router);
    this.retention = retention;
  }

  /** All of them. */
  public Stream<Operation> all() {
    return FunctionPaths.both(
        (functions, function, generations) ->
            Stream.of(
                Operation.of(
                    "CreateFunction", "POST " + functions, generations, Size.CODE, this::create),
                Operation.of(
                    "UpdateFunction", "PUT " + function, generations, Size.CODE, this::update),
                Operation.of("DeleteFunction", "DELETE " + function, generations, this::delete)));
  }

  private static Future<Props> body(FcCall call) {
    return Offload.when(call.received().body().length > INLINE_BYTES, call::body);
  }

  /** The function is active when this is answered. */
  private Future<FcReply> create(FcCall call) {
    noQualifier(call);
    return body(call).compose(body -> create(call, body));
  }

  private Future<FcReply> create(FcCall call, Props body) {
    Function function = NewFunctions.of(call, body, retention);
    CodeProps code = CodeProps.required(call, body);
    router.requireNamespace(function.account(), function.namespace());
    if (router.find(function.account(), function.namespace(), function.name()).isPresent()) {
      throw exists(call, function.name());
    }
    return stored(call, code)
        .compose(
            stored ->
                bus.request(
                    Addresses.PUT_FUNCTION,
                    FunctionChanges.put(
                        withCode(function, stored), call.account().name(), Names.ABSENT)))
        .recover(Codes.on(Failure.Kind.PRECONDITION, why -> exists(call, function.name())))
        .recover(Codes.on(Failure.Kind.CONFLICT, Codes::limitExceeded))
        .recover(FunctionErrors.named(call.generation()))
        .map(FunctionPut::function)
        .map(created -> FunctionViewOperations.shown(call, created));
  }

  private static FcError exists(FcCall call, String name) {
    String where =
        call.generation().hasServices() ? " in service '" + call.target().namespace() + "'" : "";
    return FcError.exists(
        "FunctionAlreadyExists", "function '" + name + "' already exists" + where);
  }

  private Future<CodeRef> stored(FcCall call, CodeProps code) {
    return packages.store(call.account().id(), code.zip()).map(code::checked);
  }

  private static Function withCode(Function function, CodeRef code) {
    FunctionBuilder next = new FunctionBuilder(function);
    if (function.runtime() instanceof Managed managed) {
      next.runtime = managed.withCode(code);
    }
    return next.build();
  }

  private Future<FcReply> update(FcCall call) {
    noQualifier(call);
    return body(call).compose(body -> update(call, body));
  }

  private Future<FcReply> update(FcCall call, Props body) {
    Function present = present(call);
    long revision = FunctionViewOperations.etag(present).required(call);
    CodeProps code = CodeProps.of(call, body);
    FunctionSettings.over(present, body, call.generation()); // refused before code is stored
    Future<CodeRef> stored = code.zip() == null ? Future.succeededFuture() : stored(call, code);
    return stored
        .compose(ref -> change(call, revision, body, ref))
        .recover(FunctionErrors.named(call.generation()))
        .map(changed -> FunctionViewOperations.shown(call, changed));
  }

  /**
   * Lays the request over the function as it is by then.
   *
   * @param code null to leave it as it is
   */
  private Future<Function> change(FcCall call, long revision, Props body, CodeRef code) {
    Target target = call.target();
    Future<Function> changed =
        changes.change(
            new FunctionChanges.Target(
                call.account().id(), target.namespace(), target.function(), call.account().name()),
            revision,
            now -> {
              Function next = FunctionSettings.over(now, body, call.generation());
              return code == null ? next : withCode(next, code);
            });
    return revision == 0
        ? changed.recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate))
        : changed;
  }

  private Function present(FcCall call) {
    Target target = call.target();
    return router.function(call.account().id(), target.namespace(), target.function());
  }

  /** With its versions and all that hangs on it; what is queued of it becomes invalid. */
  private Future<FcReply> delete(FcCall call) {
    noQualifier(call);
    Function present = present(call);
    return bus.request(
            Addresses.DELETE_FUNCTION,
            new DeleteFunction(
                present.account(),
                present.namespace(),
                present.name(),
                FunctionViewOperations.etag(present).required(call)))
        .map(FcReply.NO_CONTENT);
  }

  private static void noQualifier(FcCall call) {
    if (call.target().qualifier() != null) {
      throw FcError.invalid("qualifier", "none: what a version has cannot be changed");
    }
  }
}
