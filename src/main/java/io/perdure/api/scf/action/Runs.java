package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.LogTail;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import java.util.Optional;

/** How actions find functions and invocations, and what they show of these. Thread-safe. */
final class Runs {
  private final Router router;
  private final Clock clock;

  Runs(Router router, Clock clock) {
    this.router = router;
    this.clock = clock;
  }

  /** The function that {@code call} names; fails as not found: the namespace or the function. */
  Function function(ScfCall call) {
    return router.function(call.accountId(), call.namespace(), call.function());
  }

  /**
   * The same as {@code qualifier} leads to it.
   *
   * @param missing what the action calls a qualifier that leads nowhere, such as "Version"
   */
  Function version(ScfCall call, String qualifier, String missing) {
    try {
      return router.version(call.accountId(), call.namespace(), call.function(), qualifier);
    } catch (FailureException e) {
      if (e.failure() instanceof Failure.NotFound gone && gone.what().equals("qualifier")) {
        throw ScfError.notFound(missing, qualifier);
      }
      throw e;
    }
  }

  /** As {@link #asRun} for the latest attempt; null when it or its version has been deleted. */
  ScfFunction ranAs(Invocation invocation) {
    String name = invocation.function();
    try {
      return asRun(
          router.function(invocation.account(), invocation.namespace(), name),
          router.version(invocation.account(), invocation.namespace(), name, invocation.version()));
    } catch (FailureException e) {
      return null;
    }
  }

  /** The function as it is now, with the time limit that a version of it has. */
  static ScfFunction asRun(Function latest, Function version) {
    FunctionBuilder next = new FunctionBuilder(latest);
    next.timeoutMillis = version.timeoutMillis();
    return ScfFunction.of(next.build());
  }

  /** The invocation of that id; empty when there is none (any more) that the account may see. */
  Future<Optional<Invocation>> find(ScfCall call, String id) {
    InvocationId known = InvocationId.parse(id).orElse(null);
    if (known == null) {
      return Future.succeededFuture(Optional.empty());
    }
    return router
        .get(call.accountId(), known)
        .map(found -> Optional.of(found).filter(one -> one.isKeptAt(clock.millis())))
        .recover(
            cause ->
                cause instanceof FailureException e && e.failure() instanceof Failure.NotFound
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause));
  }

  /** The asynchronous event of that id; fails as not found. */
  Future<Invocation> event(ScfCall call, String id) {
    return find(call, id)
        .map(
            found ->
                found.filter(Runs::isEvent).orElseThrow(() -> ScfError.notFound("AsyncEvent", id)));
  }

  static boolean isEvent(Invocation invocation) {
    return invocation.mode() == Invocation.Mode.ASYNC;
  }

  /** True when it is of the function as it is now, not of one that had its name before. */
  static boolean isOf(Invocation invocation, Function function) {
    return invocation.functionUid() == function.uid();
  }

  /** The last {@code most} bytes of {@code log} as text. */
  static String tail(byte[] log, int most) {
    return new String(LogTail.of(log, most), UTF_8);
  }
}
