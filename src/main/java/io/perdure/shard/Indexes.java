package io.perdure.shard;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The ranges of the indexes that a filter is about, at one moment, and what memory knows more. What
 * they give is a superset of what matches, and may tell a status that memory knows better. One
 * call, one thread, blocking.
 */
final class Indexes {
  private final StoreReader.View view;
  private final Map<InvocationId, Starts.Started> starts;
  private final int keysMax;
  private final Filter filter;
  private final Criteria criteria;
  private final Set<Long> occupied;
  private final boolean descending;
  private final InvocationId low;
  private final InvocationId high;
  private final InvocationId after;

  /**
   * The indexes for {@code filter}.
   *
   * @param starts those the view does not know of
   * @param occupied the lanes that may have anything: the others are not looked at
   * @param keysMax so many keys at most are sorted for a prefix of names; beyond, what is walked is
   *     not narrowed by it
   * @param after exclusive position of the first id wanted, or null
   */
  Indexes(
      StoreReader.View view,
      Map<InvocationId, Starts.Started> starts,
      Set<Long> occupied,
      int keysMax,
      Filter filter,
      boolean descending,
      InvocationId after) {
    this.view = view;
    this.starts = starts;
    this.occupied = occupied;
    this.keysMax = keysMax;
    this.filter = filter;
    this.criteria = filter.criteria();
    this.descending = descending;
    this.after = after;
    Criteria.Interval accepted = criteria.accepted();
    low = accepted == null || accepted.from() <= 0 ? null : InvocationId.floor(accepted.from());
    high =
        accepted == null || accepted.to() == Long.MAX_VALUE
            ? null
            : InvocationId.floor(accepted.to());
  }

  /** Whether an id lies in the interval of acceptance and beyond the position. */
  boolean contains(InvocationId id) {
    return (low == null || id.compareTo(low) >= 0)
        && (high == null || id.compareTo(high) < 0)
        && (after == null || (descending ? id.compareTo(after) < 0 : id.compareTo(after) > 0));
  }

  /** By id, from the narrowest index that is in this order. */
  Rows byId() {
    return filled(new Rows(Order.ACCEPTED, descending), this::addById);
  }

  private void addById(Rows rows) {
    if (filter.functionUid() == 0) {
      rows.add(ids(Family.RECORD, new byte[0]), scan -> Row.of(id(scan)));
    } else if (criteria.prefix() != null && addByPrefix(rows)) {
      return;
    } else if (criteria.statuses().isEmpty()) {
      for (long lane : lanes()) {
        rows.add(ids(Family.LIST, Keys.function(lane)), scan -> Row.of(id(scan)));
      }
    } else {
      addByStatus(rows, criteria.statuses());
    }
  }

  /** What was added is closed when a later scan cannot be begun. */
  private static Rows filled(Rows rows, Consumer<Rows> adding) {
    try {
      adding.accept(rows);
      return rows;
    } catch (RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  /**
   * By end: from the index of ends, and what has not ended when no time of the end is asked for.
   */
  Rows byEnd() {
    return filled(new Rows(Order.ENDED, descending), this::addByEnd);
  }

  private void addByEnd(Rows rows) {
    if (wantsAny(true)) {
      for (long lane : lanes()) {
        rows.add(ends(lane), Indexes::ended);
      }
    }
    if (criteria.ended() == null && wantsAny(false)) {
      List<Status> unfinished = new ArrayList<>();
      for (Status status : Status.values()) {
        if (!status.terminal() && criteria.wants(status)) {
          unfinished.add(status);
        }
      }
      addByStatus(rows, unfinished);
    }
  }

  /** By id, what has that status in the index: no word of memory. */
  Rows ofStatus(Status status) {
    return filled(new Rows(Order.ACCEPTED, descending), rows -> addIndexed(rows, status));
  }

  /** What memory alone knows to have begun, and that lies within. */
  List<Invocation> started() {
    List<Invocation> within = new ArrayList<>();
    for (Starts.Started started : starts.values()) {
      Invocation invocation = started.invocation();
      if (isOfFilter(invocation) && contains(invocation.id())) {
        within.add(invocation);
      }
    }
    return within;
  }

  /** Whether it belongs to the function, or account, and the lane. */
  boolean isOfFilter(Invocation invocation) {
    return invocation.account().equals(filter.account())
        && (filter.functionUid() == 0 || invocation.functionUid() == filter.functionUid())
        && (criteria.mode() == null || criteria.mode() == invocation.mode())
        && (criteria.tracked() == null || criteria.tracked() == invocation.tracked());
  }

  /** The lanes to look at. */
  long[] lanes() {
    long[] lanes = Keys.lanes(filter.functionUid(), criteria.mode(), criteria.tracked());
    return Arrays.stream(lanes).filter(occupied::contains).toArray();
  }

  /** Whether something that has ended, or that has not, may be wanted for its status. */
  boolean wantsAny(boolean terminal) {
    for (Status status : Status.values()) {
      if (status.terminal() == terminal && criteria.wants(status)) {
        return true;
      }
    }
    return false;
  }

  /** Adds what has such a key, and what has such an id; false if the keys are too many to sort. */
  private boolean addByPrefix(Rows rows) {
    List<Row> keyed = new ArrayList<>();
    byte[] from = Keys.idempotency(filter.functionUid(), criteria.prefix());
    try (StoreReader.Scan scan = view.scan(Family.KEY, from, Keys.after(from), false)) {
      for (; scan.valid(); scan.next()) {
        if (keyed.size() == keysMax) {
          return false;
        }
        InvocationId id = Keys.trailingId(scan.value());
        if (contains(id)) {
          keyed.add(Row.of(id));
        }
      }
    }
    sort(keyed);
    rows.add(keyed);
    IdPrefix named = IdPrefix.of(criteria.prefix());
    if (named != null) {
      for (long lane : lanes()) {
        byte[] list = Keys.function(lane);
        byte[] first = greatest(join(list, named.from()), low == null ? list : join(list, low));
        byte[] behind = Keys.after(list);
        behind = named.to() == null ? behind : least(behind, join(list, named.to()));
        behind = high == null ? behind : least(behind, join(list, high));
        if (Arrays.compareUnsigned(first, behind) < 0) {
          StoreReader.Scan scan = view.scan(Family.LIST, first, behind, descending);
          rows.add(scan, at -> Row.of(id(at)));
        }
      }
    }
    return true;
  }

  private void sort(List<Row> rows) {
    Comparator<Row> byId = Comparator.comparing(Row::id);
    rows.sort(descending ? byId.reversed() : byId);
  }

  private static byte[] greatest(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) < 0 ? b : a;
  }

  private static byte[] least(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) > 0 ? b : a;
  }

  private void addByStatus(Rows rows, Collection<Status> statuses) {
    for (Status status : statuses) {
      addIndexed(rows, status);
    }
    List<Row> begun = new ArrayList<>();
    for (Invocation invocation : started()) {
      if (statuses.contains(invocation.status())) {
        begun.add(Row.of(invocation));
      }
    }
    sort(begun);
    rows.add(begun);
  }

  private void addIndexed(Rows rows, Status status) {
    for (long lane : lanes()) {
      rows.add(ids(Family.STATUS, Keys.status(lane, status)), scan -> Row.of(id(scan), status));
    }
  }

  private static InvocationId id(StoreReader.Scan scan) {
    return Keys.trailingId(scan.key());
  }

  private static Row ended(StoreReader.Scan scan) {
    byte[] key = scan.key();
    return new Row(
        Keys.trailingId(key), Changes.endedStatus(scan.value()), Keys.longAt(key, Long.BYTES));
  }

  private StoreReader.Scan ends(long lane) {
    Criteria.Interval ended = criteria.ended();
    byte[] from = Keys.function(lane);
    byte[] to = Keys.after(from);
    if (ended != null) {
      from = Keys.timed(lane, ended.from());
      to = ended.to() == Long.MAX_VALUE ? to : Keys.timed(lane, Math.max(0, ended.to()));
    }
    return view.scan(Family.ENDED, from, to, descending);
  }

  /** The part of an index of ids below {@code prefix} that lies within. */
  private StoreReader.Scan ids(Family family, byte[] prefix) {
    boolean whole = prefix.length == 0;
    byte[] from = low == null ? (whole ? null : prefix) : join(prefix, low);
    byte[] to = high == null ? (whole ? null : Keys.after(prefix)) : join(prefix, high);
    if (after != null && descending && (high == null || after.compareTo(high) < 0)) {
      to = join(prefix, after);
    } else if (after != null && !descending && (low == null || low.compareTo(after) <= 0)) {
      byte[] last = join(prefix, after);
      from = Arrays.copyOf(last, last.length + 1);
    }
    return view.scan(family, from, to, descending);
  }

  private static byte[] join(byte[] prefix, InvocationId id) {
    byte[] key = Arrays.copyOf(prefix, prefix.length + InvocationId.BYTES);
    id.write(key, prefix.length);
    return key;
  }
}
