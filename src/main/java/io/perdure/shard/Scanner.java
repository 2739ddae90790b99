package io.perdure.shard;

import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.bus.ShardMessages.Search;
import io.perdure.bus.ShardMessages.SearchFound;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what matches a filter at one moment: walks the narrowest index, puts what memory knows more
 * over it, and reads records only for what the index does not tell. One call, one thread, blocking.
 */
final class Scanner {
  /** How many entries of an index are walked in the time that one record takes to be read. */
  private static final int RECORD_COST = 5;

  private final StoreReader.View view;
  private final Map<InvocationId, Starts.Started> starts;
  private final Set<Long> occupied;
  private final int rowsMax;
  private int rows;

  /**
   * A scanner of one moment.
   *
   * @param starts those the view does not know of
   * @param occupied the lanes of the function that may have anything
   * @param rowsMax most records read for what no index answers, and most hits of a search
   */
  Scanner(
      StoreReader.View view,
      Map<InvocationId, Starts.Started> starts,
      Set<Long> occupied,
      int rowsMax) {
    this.view = view;
    this.starts = starts;
    this.occupied = occupied;
    this.rowsMax = rowsMax;
  }

  PageFound page(Page page, InvocationId frontier) {
    Filter filter = page.filter();
    Indexes indexes =
        new Indexes(view, starts, occupied, rowsMax, filter, page.descending(), page.after());
    boolean byEnd = isByEnd(filter);
    First first = new First(Order.ACCEPTED.comparator(page.descending()), !byEnd, page.limit() + 1);
    try (Rows walk = byEnd ? indexes.byEnd() : indexes.byId()) {
      for (Row row = walk.next(); row != null && !first.isFinal(); row = walk.next()) {
        Row match = match(filter, indexes, row, false, false);
        if (match != null) {
          first.add(match.hit());
        }
      }
    }
    List<Hit> hits = first.inOrder();
    boolean more = hits.size() > page.limit();
    return new PageFound(invocations(more ? hits.subList(0, page.limit()) : hits), frontier, more);
  }

  /** What the hits name, read at once: they are neighbours, mostly of one block. */
  private List<Invocation> invocations(List<Hit> hits) {
    List<byte[]> keys = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      if (!starts.containsKey(hit.id())) {
        keys.add(Keys.id(hit.id()));
      }
    }
    Iterator<byte[]> records = view.getAll(Family.RECORD, keys).iterator();
    List<Invocation> invocations = new ArrayList<>(hits.size());
    for (Hit hit : hits) {
      Starts.Started started = starts.get(hit.id());
      invocations.add(started == null ? decode(hit.id(), records.next()) : started.invocation());
    }
    return invocations;
  }

  private static Invocation decode(InvocationId id, byte[] record) {
    if (record == null) {
      throw new StoreException("the record of " + id + " is missing, an index has it", null);
    }
    return RecordCodec.decode(record);
  }

  Map<Status, Long> count(Filter filter) {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    Indexes indexes = new Indexes(view, starts, occupied, rowsMax, filter, false, null);
    Criteria criteria = filter.criteria();
    if (filter.functionUid() != 0 && criteria.ended() == null && !criteria.needsRecords()) {
      countByStatus(filter, indexes, counts);
      return counts;
    }
    try (Rows walk = isByEnd(filter) ? indexes.byEnd() : indexes.byId()) {
      for (Row row = walk.next(); row != null; row = walk.next()) {
        Row match = match(filter, indexes, row, true, false);
        if (match != null) {
          counts.merge(match.status(), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  /** Status by status, without reading a record. */
  private void countByStatus(Filter filter, Indexes indexes, Map<Status, Long> counts) {
    for (Invocation started : indexes.started()) {
      if (filter.criteria().wants(started.status())) {
        counts.merge(started.status(), 1L, Long::sum);
      }
    }
    for (Status status : Status.values()) {
      if (filter.criteria().wants(status)) {
        long count = 0;
        try (Rows walk = indexes.ofStatus(status)) {
          for (Row row = walk.next(); row != null; row = walk.next()) {
            count += starts.containsKey(row.id()) ? 0 : 1;
          }
        }
        if (count != 0) {
          counts.merge(status, count, Long::sum);
        }
      }
    }
  }

  /**
   * The beginning of a list and its length. The length comes from the counters where they know it,
   * and only the beginning is walked then; else everything that may match is.
   */
  SearchFound search(Search search) {
    if (search.rows() > rowsMax) {
      throw new FailureException(
          new Failure.Invalid(
              "offset",
              "offset and limit together may reach "
                  + rowsMax
                  + " rows, not "
                  + search.rows()
                  + ": narrow the interval instead"));
    }
    Filter filter = search.filter();
    boolean descending = search.descending();
    Indexes indexes = new Indexes(view, starts, occupied, rowsMax, filter, descending, null);
    Totals totals = new Totals(view, starts, filter, indexes);
    long counted = totals.known() ? totals.total() : -1;
    if (counted >= 0 && search.rows() == 0) {
      return new SearchFound(List.of(), counted);
    }
    long total = 0;
    First first;
    try (Rows walk = rows(search, indexes, totals, counted)) {
      Comparator<Hit> order = search.order().comparator(descending);
      first = new First(order, walk.order() == search.order(), search.rows());
      for (Row row = walk.next(); row != null; row = walk.next()) {
        Row match = match(filter, indexes, row, false, search.order() == Order.ENDED);
        if (match != null) {
          total++;
          first.add(match.hit());
          if (counted >= 0 && (first.isFinal() || total == counted)) {
            break;
          }
        }
      }
    }
    return new SearchFound(first.inOrder(), counted >= 0 ? counted : total);
  }

  private Rows rows(Search search, Indexes indexes, Totals totals, long counted) {
    Filter filter = search.filter();
    boolean byEnd =
        isByEnd(filter)
            || (filter.functionUid() != 0
                && search.order() == Order.ENDED
                && !readsLess(search, indexes, totals, counted));
    return byEnd ? indexes.byEnd() : indexes.byId();
  }

  /** When the time of the end is asked for, its index is the narrowest. */
  private static boolean isByEnd(Filter filter) {
    return filter.functionUid() != 0 && filter.criteria().ended() != null;
  }

  /**
   * Whether, for an order of ends, it is less work to read the records of all that may match than
   * to walk the index of ends past all that does not.
   */
  private boolean readsLess(Search search, Indexes indexes, Totals totals, long counted) {
    Criteria criteria = search.filter().criteria();
    if (criteria.needsRecords()) {
      return true; // the records of all that may match are read in any case
    }
    boolean nothingPassed = criteria.statuses().isEmpty() && criteria.accepted() == null;
    if (nothingPassed || !indexes.wantsAny(true)) {
      return false;
    }
    long all = totals.ofAllStatuses();
    long passed =
        counted < 0 ? all : Math.min(all, (long) search.rows() * all / Math.max(1, counted));
    long readable = Math.min(rowsMax, passed / RECORD_COST);
    return counted >= 0 ? counted <= readable : hasAtMost(readable, indexes);
  }

  private static boolean hasAtMost(long most, Indexes indexes) {
    try (Rows walk = indexes.byId()) {
      for (long n = 0; n <= most; n++) {
        if (walk.next() == null) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The row if it matches, with what is needed of it, else null. Reads the record only when the row
   * does not tell.
   */
  private Row match(
      Filter filter, Indexes indexes, Row row, boolean needsStatus, boolean needsEnd) {
    Starts.Started started = starts.get(row.id());
    if (started != null && row.endedAt() > 0) {
      return null; // not ended as far as may be told; it comes among what runs
    }
    Row known = started == null ? row : Row.of(started.invocation());
    Criteria criteria = filter.criteria();
    if (!indexes.contains(row.id())
        || (known.status() != null && !criteria.wants(known.status()))
        || (known.endedAt() == 0 && criteria.ended() != null)) {
      return null;
    }
    boolean tellsStatus = known.status() != null || (criteria.statuses().isEmpty() && !needsStatus);
    boolean tellsEnd = known.endedAt() != Row.UNKNOWN || (criteria.ended() == null && !needsEnd);
    if (filter.functionUid() != 0 && !criteria.needsRecords() && tellsStatus && tellsEnd) {
      return known;
    }
    Invocation record = record(row.id());
    return record != null && filter.matches(record) ? Row.of(record) : null;
  }

  /** How many records it has read. */
  int recordsRead() {
    return rows;
  }

  private Invocation record(InvocationId id) {
    if (++rows > rowsMax) {
      throw new FailureException(new Failure.ScanLimit(rowsMax));
    }
    Starts.Started started = starts.get(id);
    if (started != null) {
      return started.invocation();
    }
    byte[] record = view.get(Family.RECORD, Keys.id(id));
    return record == null ? null : RecordCodec.decode(record);
  }
}
