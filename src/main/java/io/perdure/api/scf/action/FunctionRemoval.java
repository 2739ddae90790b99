package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Route;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** Removes functions, or versions of them. */
final class FunctionRemoval {
  /** Most aliases that a function may have. */
  private static final int ALIASES = 1_000;

  private final Bus bus;
  private final Router router;

  FunctionRemoval(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
  }

  /** The function with all its versions, unless a version is named. */
  Future<Reply> delete(ScfCall call) {
    String qualifier = call.args().text("Qualifier");
    if (qualifier != null) {
      router.function(call.accountId(), call.namespace(), call.function());
      return version(call, qualifier);
    }
    return bus.request(
            Addresses.DELETE_FUNCTION,
            new DeleteFunction(call.accountId(), call.namespace(), call.function(), 0))
        .map(Reply.NOTHING);
  }

  /** One version; by force with the aliases that lead to it. */
  Future<Reply> deleteVersion(ScfCall call) {
    router.function(call.accountId(), call.namespace(), call.function());
    String qualifier = call.args().text("Qualifier");
    return call.args().flag("ForceDelete", false) && !Functions.isLatest(qualifier)
        ? release(call, qualifier).compose(done -> version(call, qualifier))
        : version(call, qualifier);
  }

  private Future<Reply> version(ScfCall call, String qualifier) {
    if (Functions.isLatest(qualifier)) {
      throw new ScfError(
          "FailedOperation.DeleteFunction",
          "$LATEST cannot be deleted by itself: delete the function without Qualifier.");
    }
    return bus.request(
            Addresses.DELETE_VERSION,
            new DeleteVersion(call.accountId(), call.namespace(), call.function(), qualifier))
        .map(Reply.NOTHING)
        .recover(Codes.on(Failure.Kind.CONFLICT, "UnsupportedOperation.AliasBind"))
        .recover(Codes.missing("version", "Qualifier"));
  }

  /** Aliases that lead to the version are removed, others lose what they send there. */
  private Future<Void> release(ScfCall call, String version) {
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.accountId(), call.namespace(), call.function(), version, null, null, ALIASES))
        .compose(
            found -> {
              Future<Void> done = Future.succeededFuture();
              for (Alias alias : found.aliases()) {
                done = done.compose(before -> release(call, alias, version));
              }
              return done;
            });
  }

  private Future<Void> release(ScfCall call, Alias alias, String version) {
    Route route = alias.route();
    if (route.version().equals(version)) {
      return bus.request(
              Addresses.DELETE_ALIAS,
              new DeleteAlias(
                  call.accountId(),
                  call.namespace(),
                  call.function(),
                  alias.name(),
                  alias.revision()))
          .mapEmpty();
    }
    Map<String, Double> weights = new HashMap<>(route.weights());
    weights.remove(version);
    Route without =
        new Route(
            route.version(),
            weights,
            route.matches().stream().filter(m -> !m.version().equals(version)).toList());
    return bus.request(
            Addresses.PUT_ALIAS,
            new PutAlias(
                call.accountId(),
                call.namespace(),
                call.function(),
                alias.name(),
                without,
                null,
                alias.revision()))
        .mapEmpty();
  }
}
