package io.perdure.api.scf.action;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.List;

/**
 * Copies functions: their code and, unless it is not wanted, their settings. Versions, triggers and
 * the targets of logs stay behind, and memory that is reserved for the one is not for the other.
 */
final class FunctionCopies {
  private static final List<String> LEFT_BEHIND =
      List.of("ClsLogsetId", "ClsTopicId", ScfFunction.RESERVED);

  private final Bus bus;
  private final Router router;

  FunctionCopies(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
  }

  Future<Reply> copy(ScfCall call) {
    Args args = call.args();
    String region = args.text("TargetRegion", call.region());
    if (!region.equals(call.region())) {
      throw new ScfError(
          "UnsupportedOperation.Region",
          "There is one store for all regions: copy within " + call.region() + ".");
    }
    String namespace = args.text("TargetNamespace", ScfCall.NAMESPACE_DEFAULT);
    String name = args.text("NewFunctionName");
    NewFunctions.checkNames("NewFunctionName", namespace, name);
    Function from = router.function(call.accountId(), call.namespace(), call.function());
    router.requireNamespace(call.accountId(), namespace);
    Function target = router.find(call.accountId(), namespace, name).orElse(null);
    if (target != null && (!args.bool("Override", false) || target.uid() == from.uid())) {
      throw new ScfError("ResourceInUse.FunctionName", "Function exists already: [" + name + "]");
    }
    refuseAsync(from);
    if (target != null) {
      refuseAsync(target);
    }
    return bus.request(
            Addresses.PUT_FUNCTION,
            FunctionChanges.put(
                copied(from, target, args),
                new FunctionChanges.Target(
                    call.accountId(), namespace, name, call.account().name()),
                target == null ? Names.ABSENT : target.revision()))
        .map(Reply.NOTHING)
        .recover(Codes.on(Failure.Kind.PRECONDITION, "FailedOperation.CopyFunction"))
        .recover(
            Codes.on(
                Failure.Kind.CONFLICT,
                target == null ? "LimitExceeded.Function" : "FailedOperation.CopyFunction"));
  }

  /** How such a function executes is fixed when it is created. */
  private static void refuseAsync(Function function) {
    if (ScfFunction.of(function).asyncRun()) {
      throw new ScfError(
          "FailedOperation.CopyAsyncRun",
          "Asynchronously executing functions cannot be copied or copied over: ["
              + function.name()
              + "]");
    }
  }

  /** {@code from} as it is to be under its new name, over {@code target} if there is one. */
  private static Function copied(Function from, Function target, Args args) {
    FunctionBuilder next =
        new FunctionBuilder(
            args.bool("CopyConfiguration", true) ? from : NewFunctions.withDefaults(from));
    ObjectNode kept = Kept.parse(next.about.extra());
    kept.remove(LEFT_BEHIND);
    next.about =
        new About(
            args.text("Description", from.about().description()),
            next.about.tags(),
            Kept.text(kept));
    Function copy = next.build();
    if (copy.flavour() != Function.Flavour.SCF) {
      return copy; // its concurrency follows from nothing
    }
    ScfFunction before = ScfFunction.of(target == null ? copy : target);
    return ScfFunction.of(copy)
        .withReservedMemory(before.reserves() ? before.reservedMemory() : null);
  }
}
