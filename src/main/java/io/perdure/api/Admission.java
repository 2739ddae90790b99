package io.perdure.api;

import io.perdure.api.auth.Account;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.router.Router;
import io.vertx.core.Future;

/** Lets calls of a dialect in: when the node serves, and as often as is allowed. Thread-safe. */
public final class Admission {
  private final Bus bus;
  private final Router router;
  private final String dialect;
  private final boolean limited;

  /**
   * Of one dialect.
   *
   * @param limited whether the rate limiter has limits for it; without any it is not asked
   */
  public Admission(Bus bus, Router router, String dialect, boolean limited) {
    this.bus = bus;
    this.router = router;
    this.dialect = dialect;
    this.limited = limited;
  }

  /**
   * Gives {@code account} once its call of {@code operation} may go on; fails as unavailable while
   * the node does not serve, and as throttled.
   */
  public Future<Account> admit(Account account, String operation) {
    Failure closed = router.closed();
    if (closed != null) {
      return Future.failedFuture(new FailureException(closed));
    }
    return limited
        ? bus.request(Addresses.ACQUIRE, new Acquire(account.id(), dialect, operation, 1))
            .map(account)
        : Future.succeededFuture(account);
  }
}
