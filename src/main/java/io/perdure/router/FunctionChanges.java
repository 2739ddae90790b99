package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionPut;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Function;
import io.vertx.core.Future;
import java.util.function.UnaryOperator;

/** Changes parts of functions for every surface, whoever else changes them meanwhile. */
public final class FunctionChanges {
  private final Bus bus;
  private final Router router;

  /** Over {@code bus}; finds functions by {@code router}. */
  public FunctionChanges(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
  }

  /**
   * Which function is changed.
   *
   * @param by who asks, for the record
   */
  public record Target(String account, String namespace, String name, String by) {}

  /**
   * Puts what {@code change} makes of the function as it is now. When another change comes in
   * between, it is applied again to what the function is by then, a few times; then it fails as a
   * precondition. Also fails as not found (namespace, function) and with what {@code change}
   * throws.
   *
   * @param change called on the thread that asks; it must not wait for anything
   */
  public Future<Function> change(Target target, UnaryOperator<Function> change) {
    return change(target, 0, change);
  }

  /**
   * The same for one revision.
   *
   * @param ifRevision only if that is the present one: else it fails as a precondition; 0 for any
   */
  public Future<Function> change(Target target, long ifRevision, UnaryOperator<Function> change) {
    return ifRevision == 0
        ? Revisions.onLatest(() -> once(target, 0, change))
        : once(target, ifRevision, change);
  }

  private Future<Function> once(Target target, long ifRevision, UnaryOperator<Function> change) {
    PutFunction put;
    try {
      Function now = router.function(target.account(), target.namespace(), target.name());
      put = put(change.apply(now), target.by(), ifRevision == 0 ? now.revision() : ifRevision);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return bus.request(Addresses.PUT_FUNCTION, put).map(FunctionPut::function);
  }

  /**
   * The command that makes {@code function} what it is; its queue goes on or stands as it does.
   *
   * @param by who asks, for the record
   * @param ifRevision as of {@link PutFunction}
   */
  public static PutFunction put(Function function, String by, long ifRevision) {
    return put(
        function,
        new Target(function.account(), function.namespace(), function.name(), by),
        ifRevision);
  }

  /** The command that makes {@code target} what {@code function} is; as above. */
  public static PutFunction put(Function function, Target target, long ifRevision) {
    return new PutFunction(
        target.account(),
        target.namespace(),
        target.name(),
        function.flavour(),
        function.about(),
        function.runtime(),
        function.timeoutMillis(),
        function.concurrency(),
        function.retry(),
        function.eventAgeMillis(),
        function.retention(),
        null,
        target.by(),
        ifRevision);
  }
}
