package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;

/**
 * Asks the owner of an invocation for its stop. The answer may be lost with that owner and the next
 * one asked again, which knows it as stopped already: so what this call may have done is no
 * conflict. Thread-safe.
 */
final class Stops {
  private final Bus bus;
  private final Lookups lookups;

  Stops(Bus bus, Lookups lookups) {
    this.bus = bus;
    this.lookups = lookups;
  }

  /** As {@link Router#stop}. */
  Future<Invocation> stop(
      String account, InvocationId id, StopMode mode, long graceMillis, String by) {
    if (graceMillis < 0 || graceMillis > Router.GRACE_MILLIS_MAX) {
      return Router.failed(
          new Failure.Invalid(
              "graceMs", "expected 0 to " + Router.GRACE_MILLIS_MAX + " milliseconds"));
    }
    return lookups
        .get(account, id)
        .compose(
            known ->
                bus.request(Addresses.STOP.at(id.shard()), new Stop(id, mode, graceMillis, by))
                    .map(Found::invocation)
                    .recover(
                        cause ->
                            known.status().terminal() || !isConflict(cause)
                                ? Future.failedFuture(cause)
                                : lookups.get(account, id).compose(now -> stopped(now, cause))));
  }

  private static boolean isConflict(Throwable cause) {
    return cause instanceof FailureException e && e.failure() instanceof Failure.Conflict;
  }

  private static Future<Invocation> stopped(Invocation now, Throwable otherwise) {
    return now.status() == Status.STOPPED
        ? Future.succeededFuture(now)
        : Future.failedFuture(otherwise);
  }
}
