package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Those who wait for a change of an invocation. Belongs to the shard's thread. */
final class Waiters {
  private final Clock clock;
  private final int max;
  private final Map<InvocationId, List<Waiter>> byId = new HashMap<>();
  private int count;

  private static final class Waiter {
    final int afterSeq;
    final boolean terminal;
    final Promise<Void> promise = Promise.promise();
    Clock.Timer timer;

    Waiter(int afterSeq, boolean terminal) {
      this.afterSeq = afterSeq;
      this.terminal = terminal;
    }

    boolean satisfiedBy(Invocation invocation) {
      return terminal ? invocation.status().terminal() : invocation.lastSeq() > afterSeq;
    }
  }

  Waiters(Clock clock, int max) {
    this.clock = clock;
    this.max = max;
  }

  /** Completes at a change that satisfies, or at the deadline; the caller then looks again. */
  Future<Void> await(InvocationId id, int afterSeq, boolean terminal, long deadline) {
    if (count >= max) {
      return Future.failedFuture(
          new FailureException(
              new Failure.Throttled("waiters", max + " requests wait for changes already", 1_000)));
    }
    Waiter waiter = new Waiter(afterSeq, terminal);
    byId.computeIfAbsent(id, i -> new ArrayList<>(1)).add(waiter);
    count++;
    waiter.timer =
        clock.at(
            deadline,
            () -> {
              remove(id, waiter);
              waiter.promise.tryComplete();
            });
    return waiter.promise.future();
  }

  /** Tells those whom {@code invocation} satisfies. */
  void changed(Invocation invocation) {
    if (count == 0) {
      return;
    }
    List<Waiter> waiters = byId.get(invocation.id());
    if (waiters == null) {
      return;
    }
    for (Waiter waiter : List.copyOf(waiters)) {
      if (waiter.satisfiedBy(invocation)) {
        waiter.timer.cancel();
        remove(invocation.id(), waiter);
        waiter.promise.tryComplete();
      }
    }
  }

  /** Tells all of them that the shard cannot answer. */
  void failAll(Failure failure) {
    Consumer<Waiter> fail =
        waiter -> {
          waiter.timer.cancel();
          waiter.promise.tryFail(new FailureException(failure));
        };
    List.copyOf(byId.values()).forEach(waiters -> List.copyOf(waiters).forEach(fail));
    byId.clear();
    count = 0;
  }

  private void remove(InvocationId id, Waiter waiter) {
    List<Waiter> waiters = byId.get(id);
    if (waiters != null && waiters.remove(waiter)) {
      count--;
      if (waiters.isEmpty()) {
        byId.remove(id);
      }
    }
  }
}
