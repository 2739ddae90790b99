package io.perdure.shard;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * How many invocations are written with each status, by function and {@link Keys#lane lane};
 * committed with the batch that changes them, and told to nobody before. Also which account a
 * function belongs to, so that the records of a deleted one are still counted. Belongs to the
 * shard's thread.
 */
final class Counters {
  /** First byte of the keys that hold the account of a lane. */
  static final byte ACCOUNT_PREFIX = 'u';

  private static final int CODES = Status.values().length + 1;

  private final Map<Long, Counts> byLane = new HashMap<>();
  private final List<Counts> touched = new ArrayList<>();

  /** What the batches on their way tell, the first of them in front. */
  private final Queue<List<Sent>> flying = new ArrayDeque<>();

  /** The counts of a lane in a batch on its way. */
  private static final class Sent {
    final Counts of;
    final long[] counts;

    Sent(Counts of) {
      this.of = of;
      this.counts = of.sent.clone();
    }
  }

  /** Of one lane, indexed by the code of the status. */
  private static final class Counts {
    final long lane;
    String account = "";

    /** Whether the account is on disk, or in a batch on its way. */
    boolean named;

    /** All that is decided. */
    final long[] decided = new long[CODES];

    /** In the batch that was sent last. */
    final long[] sent = new long[CODES];

    final long[] committed = new long[CODES];

    /** So many batches on their way have it. */
    int flights;

    /** Codes that differ from what was sent last, as bits. */
    int dirty;

    Counts(long lane) {
      this.lane = lane;
    }

    boolean isZero() {
      for (long count : decided) {
        if (count != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Starts with what is on disk. */
  Counters(Map<Long, long[]> loaded) {
    loaded.forEach(
        (lane, counts) -> {
          Counts of = counts(lane);
          System.arraycopy(counts, 0, of.decided, 0, CODES);
          System.arraycopy(counts, 0, of.sent, 0, CODES);
          System.arraycopy(counts, 0, of.committed, 0, CODES);
        });
  }

  /** Remembers the account of a lane, as recovered. */
  void account(long lane, String account) {
    Counts of = counts(lane);
    of.account = account;
    of.named = true;
  }

  /** Counts the change of one record; null for "does not exist". */
  void change(Invocation before, Invocation after) {
    if (before != null && after != null && before.status() == after.status()) {
      return;
    }
    Invocation any = before == null ? after : before;
    Counts of = counts(Changes.lane(any));
    if (!of.named) {
      of.account = any.account();
    }
    if (of.dirty == 0) {
      touched.add(of);
    }
    if (before != null) {
      add(of, before.status(), -1);
    }
    if (after != null) {
      add(of, after.status(), 1);
    }
  }

  private static void add(Counts of, Status status, int n) {
    of.decided[status.code()] += n;
    of.dirty |= 1 << status.code();
  }

  /** Puts what has changed since the last call into {@code batch}. */
  void flushTo(Batch batch) {
    List<Sent> sent = new ArrayList<>(touched.size());
    for (Counts of : touched) {
      for (Status status : Status.values()) {
        int code = status.code();
        if ((of.dirty & 1 << code) == 0 || of.sent[code] == of.decided[code]) {
          continue;
        }
        byte[] key = Keys.counter(of.lane, status);
        if (of.decided[code] == 0) {
          batch.delete(Family.META, key);
        } else {
          batch.put(Family.META, key, Keys.number(of.decided[code]));
        }
        of.sent[code] = of.decided[code];
      }
      name(of, batch);
      of.dirty = 0;
      of.flights++;
      sent.add(new Sent(of));
    }
    flying.add(sent);
    touched.clear();
  }

  /** The account is on disk as long as anything of the function is. */
  private static void name(Counts of, Batch batch) {
    boolean needed = !of.isZero();
    if (needed == of.named) {
      return;
    }
    if (needed) {
      byte[] account = of.account.getBytes(StandardCharsets.UTF_8);
      batch.put(Family.META, accountKey(of.lane), account);
    } else {
      batch.delete(Family.META, accountKey(of.lane));
    }
    of.named = needed;
  }

  /** The first batch of those on their way is committed. */
  void committed() {
    for (Sent sent : flying.remove()) {
      Counts of = sent.of;
      System.arraycopy(sent.counts, 0, of.committed, 0, CODES);
      of.flights--;
      if (of.dirty == 0 && of.flights == 0 && of.isZero()) {
        byLane.remove(of.lane);
      }
    }
  }

  /** The lanes of a function that have anything, on disk or on its way to it. */
  Set<Long> occupied(long function) {
    Set<Long> occupied = new HashSet<>();
    for (long lane : Keys.lanes(function, null, null)) {
      if (byLane.containsKey(lane)) {
        occupied.add(lane);
      }
    }
    return occupied;
  }

  /**
   * Committed counts of one function, or (0) of all functions of {@code account}.
   *
   * @param mode null for both
   * @param tracked null for both; of what is queued only
   */
  Map<Status, Long> sum(long function, String account, Invocation.Mode mode, Boolean tracked) {
    Map<Status, Long> sum = new EnumMap<>(Status.class);
    if (function != 0) {
      for (long lane : Keys.lanes(function, mode, tracked)) {
        Counts of = byLane.get(lane);
        if (of != null) {
          addTo(sum, of);
        }
      }
      return sum;
    }
    for (Counts of : byLane.values()) {
      if (account.equals(of.account) && Keys.isWithin(of.lane, mode, tracked)) {
        addTo(sum, of);
      }
    }
    return sum;
  }

  private static void addTo(Map<Status, Long> sum, Counts of) {
    for (Status status : Status.values()) {
      if (of.committed[status.code()] != 0) {
        sum.merge(status, of.committed[status.code()], Long::sum);
      }
    }
  }

  /** Receives unfinished invocations of a function; more than once of the same, to be added up. */
  interface Unfinished {
    void function(long uid, String account, int n);
  }

  /** Tells of every function that has unfinished invocations, those decided just now included. */
  void unfinished(Unfinished to) {
    for (Counts of : byLane.values()) {
      long sum = 0;
      for (Status status : Status.values()) {
        sum += status.terminal() ? 0 : of.decided[status.code()];
      }
      if (sum != 0) {
        to.function(Keys.functionOf(of.lane), of.account, Math.toIntExact(sum));
      }
    }
  }

  /** Invocations committed as waiting, of all functions. */
  long waiting() {
    long sum = 0;
    for (Counts of : byLane.values()) {
      sum += of.committed[Status.ENQUEUED.code()] + of.committed[Status.RETRYING.code()];
    }
    return sum;
  }

  private Counts counts(long lane) {
    return byLane.computeIfAbsent(lane, Counts::new);
  }

  /** The key below which the account of a lane stands. */
  static byte[] accountKey(long lane) {
    byte[] key = new byte[1 + Long.BYTES];
    key[0] = ACCOUNT_PREFIX;
    System.arraycopy(Keys.function(lane), 0, key, 1, Long.BYTES);
    return key;
  }
}
