package io.perdure.shard;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many unfinished invocations each function and account has on this node, so that the bounds
 * hold over all shards together. Thread-safe: the one thing the shards of a node share.
 */
public final class Backlog {
  private final ConcurrentMap<Long, Integer> byFunction = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> byAccount = new ConcurrentHashMap<>();
  private final int functionMax;
  private final int accountMax;

  /** Bounds are unfinished invocations, at least 1. */
  public Backlog(int functionMax, int accountMax) {
    this.functionMax = functionMax;
    this.accountMax = accountMax;
  }

  /** Counts one more. Fails as throttled, counting nothing, when a bound is reached. */
  void enter(long function, String account) {
    if (byAccount.merge(account, 1, Integer::sum) > accountMax) {
      add(byAccount, account, -1);
      throw full("account.backlog", "the account has " + accountMax + " unfinished invocations");
    }
    if (byFunction.merge(function, 1, Integer::sum) > functionMax) {
      add(byFunction, function, -1);
      add(byAccount, account, -1);
      throw full("function.backlog", "the function has " + functionMax + " unfinished invocations");
    }
  }

  /** Counts {@code n} more or, when negative, fewer, without looking at the bounds. */
  void add(long function, String account, int n) {
    add(byFunction, function, n);
    add(byAccount, account, n);
  }

  /** Unfinished invocations of all functions. */
  public long total() {
    return byAccount.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Who has nothing is forgotten: functions and accounts come and go. */
  private static <K> void add(ConcurrentMap<K, Integer> counts, K key, int n) {
    counts.merge(key, n, (had, more) -> had + more == 0 ? null : had + more);
  }

  private static FailureException full(String limit, String message) {
    return new FailureException(
        new Failure.Throttled(limit, message + ", the most allowed", 1_000));
  }
}
