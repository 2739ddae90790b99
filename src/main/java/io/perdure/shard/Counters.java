package io.perdure.shard;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How many invocations are written with each status, by function; committed with the batch that
 * changes them. Also which account a function belongs to, so that the records of a deleted one are
 * still counted. Belongs to the shard's thread.
 */
final class Counters {
  private final Map<Long, long[]> byFunction;
  private final Map<Long, String> accounts = new HashMap<>();
  private final Set<Long> touched = new HashSet<>();
  private final Set<Long> unnamed = new HashSet<>();

  Counters(Map<Long, long[]> loaded) {
    byFunction = new HashMap<>(loaded);
  }

  /** Remembers the account of a function, as recovered. */
  void account(long function, String account) {
    accounts.put(function, account);
  }

  /** Counts the change of one record; null for "does not exist". */
  void change(Invocation before, Invocation after) {
    Invocation any = before == null ? after : before;
    if (before != null && after != null && before.status() == after.status()) {
      return;
    }
    long function = any.functionUid();
    long[] counts = byFunction.computeIfAbsent(function, f -> new long[10]);
    if (before != null) {
      counts[before.status().code()]--;
    }
    if (after != null) {
      counts[after.status().code()]++;
    }
    touched.add(function);
    if (accounts.putIfAbsent(function, any.account()) == null) {
      unnamed.add(function);
    }
  }

  /** Puts what has changed since the last call into {@code batch}. */
  void flushTo(Batch batch) {
    for (long function : unnamed) {
      batch.put(
          Family.META,
          accountKey(function),
          accounts.get(function).getBytes(StandardCharsets.UTF_8));
    }
    unnamed.clear();
    for (long function : touched) {
      long[] counts = byFunction.get(function);
      for (Status status : Status.values()) {
        byte[] key = Keys.counter(function, status);
        if (counts[status.code()] == 0) {
          batch.delete(Family.META, key);
        } else {
          batch.put(Family.META, key, Keys.number(counts[status.code()]));
        }
      }
    }
    touched.clear();
  }

  /** Counts of one function, or (0) of all functions of {@code account}. */
  Map<Status, Long> sum(long function, String account) {
    Map<Status, Long> sum = new EnumMap<>(Status.class);
    byFunction.forEach(
        (uid, counts) -> {
          if (uid == function || (function == 0 && account.equals(accounts.get(uid)))) {
            for (Status status : Status.values()) {
              if (counts[status.code()] != 0) {
                sum.merge(status, counts[status.code()], Long::sum);
              }
            }
          }
        });
    return sum;
  }

  /** Unfinished invocations by function. */
  Map<Long, Integer> unfinished() {
    Map<Long, Integer> result = new HashMap<>();
    byFunction.forEach(
        (uid, counts) -> {
          long sum = 0;
          for (Status status : Status.values()) {
            sum += status.terminal() ? 0 : counts[status.code()];
          }
          if (sum > 0) {
            result.put(uid, Math.toIntExact(sum));
          }
        });
    return result;
  }

  /** Invocations written as waiting, of all functions. */
  long waiting() {
    long sum = 0;
    for (long[] counts : byFunction.values()) {
      sum += counts[Status.ENQUEUED.code()] + counts[Status.RETRYING.code()];
    }
    return sum;
  }

  String accountOf(long function) {
    return accounts.getOrDefault(function, "");
  }

  /** First byte of the keys that hold a function's account. */
  static final byte ACCOUNT_PREFIX = 'u';

  private static byte[] accountKey(long function) {
    byte[] uid = Keys.function(function);
    byte[] key = new byte[9];
    key[0] = ACCOUNT_PREFIX;
    System.arraycopy(uid, 0, key, 1, 8);
    return key;
  }
}
