package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.bus.Bus;
import io.perdure.invocation.Function;
import io.perdure.router.FunctionChanges;
import io.perdure.router.Namespaces;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much memory a function or a namespace may use at once (spec tencent-scf, 5.7). What is
 * reserved for a function becomes its concurrency; the total of a namespace bounds what may be
 * reserved in it.
 */
public final class ConcurrencyActions {
  private static final Field MEMORY =
      Field.integer("ReservedConcurrencyMem")
          .required()
          .check(mb -> mb.longValue() >= 0, "expected 0 MB or more");
  private static final Field TOTAL = MEMORY.as("TotalConcurrencyMem");

  private static final Shape FUNCTION = Shape.of(Names.FUNCTION, Names.NAMESPACE);
  private static final Shape PUT = Shape.of(Names.FUNCTION, MEMORY, Names.NAMESPACE);
  private static final Shape PUT_TOTAL = Shape.of(TOTAL, Names.NAMESPACE);

  private final Router router;
  private final Namespaces namespaces;
  private final FunctionChanges changes;

  /** Actions over {@code bus} on the functions that {@code router} finds. */
  public ConcurrencyActions(Bus bus, Router router) {
    this.router = router;
    this.namespaces = new Namespaces(bus);
    this.changes = new FunctionChanges(bus, router);
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("PutReservedConcurrencyConfig", PUT, this::put),
        new Action("GetReservedConcurrencyConfig", FUNCTION, this::get),
        new Action("DeleteReservedConcurrencyConfig", FUNCTION, this::delete),
        new Action("PutTotalConcurrencyConfig", PUT_TOTAL, this::putTotal));
  }

  private Future<Reply> put(ScfCall call) {
    long mb = call.args().integer(MEMORY.name(), 0);
    Function function = router.function(call.accountId(), call.namespace(), call.function());
    return namespaces
        .find(call.accountId(), call.namespace())
        .map(namespace -> new ScfNamespace(namespace.about()).totalMemory())
        .compose(
            total ->
                namespaces
                    .functions(call.accountId(), call.namespace())
                    .compose(
                        all -> {
                          requireLeft(mb, total - reserved(all, function.name()));
                          return change(call, mb);
                        }));
  }

  private static void requireLeft(long mb, long left) {
    if (mb > left) {
      throw ScfError.invalidValue(
          "LimitExceeded.FunctionReservedConcurrencyMemory",
          MEMORY.name(),
          "expected at most the " + Math.max(0, left) + " MB that are left in the namespace");
    }
  }

  /** MB reserved for all of these functions but the one named {@code but}, which may be null. */
  static long reserved(List<Function> functions, String but) {
    return functions.stream()
        .filter(function -> !function.name().equals(but))
        .mapToLong(function -> ScfFunction.of(function).reservedMemory())
        .sum();
  }

  private Future<Reply> get(ScfCall call) {
    ScfFunction function =
        ScfFunction.of(router.function(call.accountId(), call.namespace(), call.function()));
    return Future.succeededFuture(
        Reply.of(
            json -> {
              if (function.reserves()) {
                json.writeNumberField("ReservedMem", function.reservedMemory());
              } else {
                json.writeNullField("ReservedMem");
              }
            }));
  }

  /** It is fine when nothing was reserved. */
  private Future<Reply> delete(ScfCall call) {
    return change(call, null);
  }

  private Future<Reply> change(ScfCall call, Long mb) {
    return changes
        .change(
            new FunctionChanges.Target(
                call.accountId(), call.namespace(), call.function(), call.account().name()),
            now -> changed(ScfFunction.of(now), mb))
        .map(done -> Reply.NOTHING);
  }

  private static Function changed(ScfFunction now, Long mb) {
    if (mb != null && mb > 0 && mb < now.memoryMb()) {
      throw ScfError.invalidValue(
          MEMORY.name(),
          "expected the " + now.memoryMb() + " MB of one instance or more, or 0 to run nothing");
    }
    return now.withReservedMemory(mb);
  }

  private Future<Reply> putTotal(ScfCall call) {
    long mb = call.args().integer(TOTAL.name(), 0);
    requireTotal(mb, 0, ScfFunction.ACCOUNT_MEMORY_MB);
    return namespaces
        .functions(call.accountId(), call.namespace())
        .compose(
            all -> {
              requireTotal(mb, reserved(all, null), ScfFunction.ACCOUNT_MEMORY_MB);
              return namespaces.change(
                  call.accountId(),
                  call.namespace(),
                  now -> new ScfNamespace(now).withTotalMemory(mb).about());
            })
        .map(done -> Reply.NOTHING);
  }

  private static void requireTotal(long mb, long least, long most) {
    if (mb < least || mb > most) {
      throw ScfError.invalidValue(
          "LimitExceeded.TotalConcurrencyMemory",
          TOTAL.name(),
          "expected " + least + " MB, which are reserved for functions, to " + most + " MB");
    }
  }
}
