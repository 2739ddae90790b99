package io.perdure.shard;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * How many match, from the counters of the very moment that a list is made of: those in memory may
 * be of a moment before or after. One call, one thread, blocking.
 */
final class Totals {
  private final StoreReader.View view;
  private final Map<InvocationId, Starts.Started> starts;
  private final Filter filter;
  private final Indexes indexes;
  private long[] stored;

  Totals(
      StoreReader.View view,
      Map<InvocationId, Starts.Started> starts,
      Filter filter,
      Indexes indexes) {
    this.view = view;
    this.starts = starts;
    this.filter = filter;
    this.indexes = indexes;
  }

  /** Whether the counters know how many match. */
  boolean known() {
    return isCounted(filter.criteria());
  }

  /** Whether counters by function, lane and status know how many match. */
  static boolean isCounted(Criteria criteria) {
    return !criteria.needsRecords() && criteria.accepted() == null && criteria.ended() == null;
  }

  /** How many of any status the function, or account, has. */
  long ofAllStatuses() {
    return Arrays.stream(stored()).sum();
  }

  /** How many match, if that is {@link #known}. */
  long total() {
    Criteria criteria = filter.criteria();
    if (criteria.statuses().isEmpty()) {
      return ofAllStatuses();
    }
    long total = 0;
    for (Status status : criteria.statuses()) {
      total += stored()[status.code()];
    }
    for (Invocation started : indexes.started()) {
      total -= criteria.wants(storedStatus(started.id())) ? 1 : 0;
      total += criteria.wants(started.status()) ? 1 : 0;
    }
    return total;
  }

  /**
   * The view may be of a batch that memory has not heard of yet, so what memory says of the disk
   * need not be true of it.
   */
  private Status storedStatus(InvocationId id) {
    Starts.Started started = starts.get(id);
    long lane = Changes.lane(started.invocation());
    if (view.get(Family.STATUS, Keys.status(lane, started.onDisk(), id)) != null) {
      return started.onDisk();
    }
    return RecordCodec.decode(view.get(Family.RECORD, Keys.id(id))).status();
  }

  private long[] stored() {
    if (stored == null) {
      stored = filter.functionUid() == 0 ? ofAccount() : ofFunction();
    }
    return stored;
  }

  private long[] ofFunction() {
    long[] sum = new long[Status.values().length + 1];
    for (long lane : indexes.lanes()) {
      add(sum, Changes.counters(view, lane));
    }
    return sum;
  }

  private long[] ofAccount() {
    long[] sum = new long[Status.values().length + 1];
    Map<Long, long[]> all = Changes.loadCounters(view);
    Criteria criteria = filter.criteria();
    byte[] account = filter.account().getBytes(StandardCharsets.UTF_8);
    all.forEach(
        (lane, counts) -> {
          boolean wanted = Keys.isWithin(lane, criteria.mode(), criteria.tracked());
          if (wanted && Arrays.equals(account, view.get(Family.META, Counters.accountKey(lane)))) {
            add(sum, counts);
          }
        });
    return sum;
  }

  private static void add(long[] sum, long[] counts) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += counts[i];
    }
  }
}
