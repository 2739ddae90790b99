package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Packages;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes and changes functions and removes them whole (spec tencent-scf, 5.3). */
public final class FunctionActions {
  private final Bus bus;
  private final Router router;
  private final Packages packages;
  private final FunctionChanges changes;

  /** Actions over {@code bus} on the functions that {@code router} finds. */
  public FunctionActions(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
    this.packages = new Packages(bus);
    this.changes = new FunctionChanges(bus, router);
  }

  /** All of them. */
  public Stream<Action> all() {
    FunctionRemoval removal = new FunctionRemoval(bus, router);
    return Stream.of(
        new Action("CreateFunction", FunctionTables.CREATE, this::create),
        new Action("UpdateFunctionCode", FunctionTables.UPDATE_CODE, this::updateCode),
        new Action(
            "UpdateFunctionConfiguration",
            FunctionTables.UPDATE_CONFIGURATION,
            this::updateConfiguration),
        new Action("CopyFunction", FunctionTables.COPY, new FunctionCopies(bus, router)::copy),
        new Action("DeleteFunction", FunctionTables.DELETE, removal::delete),
        new Action("DeleteFunctionVersion", FunctionTables.DELETE_VERSION, removal::deleteVersion));
  }

  /** The function is active when this is answered. */
  private Future<Reply> create(ScfCall call) {
    byte[] zip = CodeArgs.ofCreate(call.args());
    Function function = NewFunctions.of(call);
    router.requireNamespace(call.accountId(), call.namespace());
    if (router.find(call.accountId(), call.namespace(), call.function()).isPresent()) {
      throw new ScfError(
          "ResourceInUse.Function", "Function exists already: [" + call.function() + "]");
    }
    return stored(call, zip)
        .compose(code -> put(call, withCode(function, code)))
        .map(Reply.NOTHING);
  }

  private Future<CodeRef> stored(ScfCall call, byte[] zip) {
    return packages
        .store(call.accountId(), zip)
        .recover(Codes.on(Failure.Kind.TOO_LARGE, "InvalidParameterValue.ZipFile"))
        .recover(Codes::onSettings);
  }

  /** Somebody else may have made it meanwhile. */
  private Future<Function> put(ScfCall call, Function function) {
    return bus.request(
            Addresses.PUT_FUNCTION,
            FunctionChanges.put(function, call.account().name(), Names.ABSENT))
        .map(put -> put.function())
        .recover(Codes.on(Failure.Kind.PRECONDITION, "ResourceInUse.Function"))
        .recover(Codes.on(Failure.Kind.CONFLICT, "LimitExceeded.Function"))
        .recover(Codes::onSettings);
  }

  private static Function withCode(Function function, CodeRef code) {
    FunctionBuilder next = new FunctionBuilder(function);
    next.runtime = NewFunctions.managed(function).withCode(code);
    return next.build();
  }

  private Future<Reply> updateCode(ScfCall call) {
    Args args = call.args();
    byte[] zip = CodeArgs.ofUpdate(args);
    Function present = router.function(call.accountId(), call.namespace(), call.function());
    changedCode(present, args); // what is refused need not be stored before
    return stored(call, zip)
        .compose(code -> change(call, now -> withCode(changedCode(now, args), code)));
  }

  private static Function changedCode(Function now, Args args) {
    Function function = NewFunctions.withHandler(now, args.text("Handler"));
    FunctionBuilder next = new FunctionBuilder(function);
    next.about = FunctionSettings.about(function, args);
    return next.build();
  }

  private Future<Reply> updateConfiguration(ScfCall call) {
    Args args = call.args();
    return change(
        call,
        now -> {
          String runtime = args.text("Runtime");
          if (runtime != null && !runtime.equals(ScfFunction.of(now).runtimeName())) {
            throw ScfError.invalidValue(
                "InvalidParameterValue.Runtime",
                "Runtime",
                "expected "
                    + ScfFunction.of(now).runtimeName()
                    + ", the runtime of a function cannot be changed");
          }
          return FunctionSettings.over(now, args);
        });
  }

  /** Changes {@code $LATEST}, and makes a version of it when that is asked for. */
  private Future<Reply> change(ScfCall call, UnaryOperator<Function> change) {
    return changes
        .change(
            new FunctionChanges.Target(
                call.accountId(), call.namespace(), call.function(), call.account().name()),
            change)
        .recover(Codes::onSettings)
        .compose(
            changed ->
                call.args().flag("Publish", false)
                    ? bus.request(
                            Addresses.PUBLISH_VERSION,
                            new PublishVersion(
                                call.accountId(), call.namespace(), call.function(), ""))
                        .recover(Codes.on(Failure.Kind.CONFLICT, "FailedOperation.PublishVersion"))
                        .mapEmpty()
                    : Future.succeededFuture())
        .map(Reply.NOTHING);
  }
}
