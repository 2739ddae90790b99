package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many unfinished invocations each function and account has on this node, so that the bounds
 * hold over all shards together. Thread-safe: the one thing the shards of a node share.
 */
public final class Backlog {
  private final ConcurrentMap<Long, AtomicInteger> byFunction = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, AtomicInteger> byAccount = new ConcurrentHashMap<>();
  private final int functionMax;
  private final int accountMax;

  /** Bounds are unfinished invocations, at least 1. */
  public Backlog(int functionMax, int accountMax) {
    this.functionMax = functionMax;
    this.accountMax = accountMax;
  }

  /** Counts one more. Fails as throttled, counting nothing, when a bound is reached. */
  void enter(long function, String account) {
    AtomicInteger ofAccount = byAccount.computeIfAbsent(account, a -> new AtomicInteger());
    if (ofAccount.incrementAndGet() > accountMax) {
      ofAccount.decrementAndGet();
      throw full("account.backlog", "the account has " + accountMax + " unfinished invocations");
    }
    AtomicInteger ofFunction = byFunction.computeIfAbsent(function, f -> new AtomicInteger());
    if (ofFunction.incrementAndGet() > functionMax) {
      ofFunction.decrementAndGet();
      ofAccount.decrementAndGet();
      throw full("function.backlog", "the function has " + functionMax + " unfinished invocations");
    }
  }

  /** Counts {@code n} more or, when negative, fewer, without looking at the bounds. */
  void add(long function, String account, int n) {
    byFunction.computeIfAbsent(function, f -> new AtomicInteger()).addAndGet(n);
    byAccount.computeIfAbsent(account, a -> new AtomicInteger()).addAndGet(n);
  }

  /** Unfinished invocations of all functions. */
  public long total() {
    return byAccount.values().stream().mapToLong(AtomicInteger::get).sum();
  }

  private static FailureException full(String limit, String message) {
    return new FailureException(
        new Failure.Throttled(limit, message + ", the most allowed", 1_000));
  }
}
