package io.perdure.shard;

import io.perdure.bus.ShardMessages.Filter;
import io.perdure.bus.ShardMessages.Page;
import io.perdure.bus.ShardMessages.PageFound;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Walks the narrowest index for a filter, in order of ids, and puts what memory knows more over it.
 * One call, one thread, blocking.
 */
final class Scanner {
  private final StoreReader.View view;
  private final Map<InvocationId, Starts.Started> starts;
  private final int rowsMax;
  private int rows;

  /**
   * A scanner of one moment.
   *
   * @param starts those the view does not know of
   * @param rowsMax most records read for what no index answers
   */
  Scanner(StoreReader.View view, Map<InvocationId, Starts.Started> starts, int rowsMax) {
    this.view = view;
    this.starts = starts;
    this.rowsMax = rowsMax;
  }

  PageFound page(Page page, InvocationId frontier) {
    List<InvocationId> ids = new ArrayList<>(Math.min(page.limit(), 100));
    boolean more = false;
    try (Walk walk = walk(page.filter(), page.descending(), page.after())) {
      for (InvocationId id = walk.next(); id != null; id = walk.next()) {
        if (matches(page.filter(), id)) {
          if (ids.size() == page.limit()) {
            more = true;
            break;
          }
          ids.add(id);
        }
      }
    }
    return new PageFound(ids, frontier, more);
  }

  Map<Status, Long> count(Filter filter) {
    Map<Status, Long> counts = new EnumMap<>(Status.class);
    if (isIndexed(filter)) {
      countByIndex(filter, counts);
      return counts;
    }
    try (Walk walk = walk(filter, false, null)) {
      for (InvocationId id = walk.next(); id != null; id = walk.next()) {
        Invocation invocation = record(id);
        if (invocation != null && matches(filter, invocation)) {
          counts.merge(invocation.status(), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  /** Status by status, without reading a record. */
  private void countByIndex(Filter filter, Map<Status, Long> counts) {
    Set<Status> wanted =
        filter.statuses().isEmpty() ? EnumSet.allOf(Status.class) : filter.statuses();
    Range range = new Range(filter, false, null);
    for (Status status : wanted) {
      long count = starts.values().stream().filter(s -> isNow(s, status, filter, range)).count();
      byte[] prefix = Keys.status(filter.functionUid(), status);
      try (Source source = range.of(Family.STATUS, prefix)) {
        for (InvocationId id = source.peek(); id != null; id = source.peek()) {
          count += starts.containsKey(id) ? 0 : 1;
          source.advance();
        }
      }
      if (count != 0) {
        counts.put(status, count);
      }
    }
  }

  private static boolean isNow(Starts.Started started, Status status, Filter filter, Range range) {
    Invocation invocation = started.invocation();
    return invocation.status() == status
        && invocation.functionUid() == filter.functionUid()
        && range.contains(invocation.id());
  }

  /** True when ids from the index of the function need no look at their record. */
  private static boolean isIndexed(Filter filter) {
    return filter.functionUid() != 0 && !filter.needsRecords();
  }

  /** Whether the entry of an index is what the filter wants, as far as the index cannot tell. */
  private boolean matches(Filter filter, InvocationId id) {
    if (isIndexed(filter)) {
      Starts.Started started = starts.get(id);
      return filter.statuses().isEmpty()
          || started == null // it was found below its status
          || filter.statuses().contains(started.invocation().status());
    }
    Invocation invocation = record(id);
    return invocation != null && matches(filter, invocation);
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

  private static boolean matches(Filter filter, Invocation invocation) {
    return invocation.account().equals(filter.account())
        && (filter.functionUid() == 0 || invocation.functionUid() == filter.functionUid())
        && filter.wantsQualifier(invocation.qualifier())
        && (filter.statuses().isEmpty() || filter.statuses().contains(invocation.status()))
        && invocation.labels().entrySet().containsAll(filter.labels().entrySet());
  }

  /** Ids in order, each once, from the narrowest index. */
  private Walk walk(Filter filter, boolean descending, InvocationId after) {
    Range range = new Range(filter, descending, after);
    List<Source> sources = new ArrayList<>();
    if (filter.functionUid() == 0) {
      sources.add(range.of(Family.RECORD, new byte[0]));
    } else if (filter.statuses().isEmpty()) {
      sources.add(range.of(Family.LIST, Keys.function(filter.functionUid())));
    } else {
      for (Status status : filter.statuses()) {
        sources.add(range.of(Family.STATUS, Keys.status(filter.functionUid(), status)));
      }
      sources.add(started(filter, range));
    }
    return new Walk(sources, descending);
  }

  /** What memory knows to have a wanted status now: it stands below another one in the index. */
  private Source started(Filter filter, Range range) {
    List<InvocationId> ids = new ArrayList<>();
    for (Starts.Started started : starts.values()) {
      for (Status status : filter.statuses()) {
        if (isNow(started, status, filter, range)) {
          ids.add(started.invocation().id());
        }
      }
    }
    ids.sort(range.descending ? Comparator.reverseOrder() : Comparator.naturalOrder());
    return new Source(ids);
  }

  /** Between which ids to look: the interval of the filter, beyond the position of a page. */
  private final class Range {
    final boolean descending;
    private final InvocationId low;
    private final InvocationId high;
    private final InvocationId after;

    Range(Filter filter, boolean descending, InvocationId after) {
      this.descending = descending;
      this.after = after;
      low = filter.from() <= 0 ? null : InvocationId.floor(filter.from());
      high = filter.to() == Long.MAX_VALUE ? null : InvocationId.floor(filter.to());
    }

    boolean contains(InvocationId id) {
      return (low == null || id.compareTo(low) >= 0)
          && (high == null || id.compareTo(high) < 0)
          && (after == null || (descending ? id.compareTo(after) < 0 : id.compareTo(after) > 0));
    }

    /** The part of an index below {@code prefix} that lies within. */
    Source of(Family family, byte[] prefix) {
      boolean whole = prefix.length == 0;
      byte[] from = low == null ? (whole ? null : prefix) : join(prefix, low);
      byte[] to = high == null ? (whole ? null : Keys.after(prefix)) : join(prefix, high);
      if (after != null && descending && (high == null || after.compareTo(high) < 0)) {
        to = join(prefix, after);
      } else if (after != null && !descending && (low == null || low.compareTo(after) <= 0)) {
        byte[] last = join(prefix, after);
        from = Arrays.copyOf(last, last.length + 1);
      }
      return new Source(view.scan(family, from, to, descending));
    }
  }

  private static byte[] join(byte[] prefix, InvocationId id) {
    byte[] key = Arrays.copyOf(prefix, prefix.length + InvocationId.BYTES);
    id.write(key, prefix.length);
    return key;
  }

  /** One index range, or a sorted list. */
  private static final class Source implements AutoCloseable {
    private final StoreReader.Scan scan;
    private final List<InvocationId> ids;
    private int at;

    Source(StoreReader.Scan scan) {
      this.scan = scan;
      this.ids = List.of();
    }

    Source(List<InvocationId> ids) {
      this.scan = null;
      this.ids = ids;
    }

    InvocationId peek() {
      if (scan == null) {
        return at < ids.size() ? ids.get(at) : null;
      }
      return scan.valid() ? Keys.trailingId(scan.key()) : null;
    }

    void advance() {
      if (scan == null) {
        at++;
      } else {
        scan.next();
      }
    }

    @Override
    public void close() {
      if (scan != null) {
        scan.close();
      }
    }
  }

  /** Merges sources by id; an id in two of them comes once. */
  private static final class Walk implements AutoCloseable {
    private record Head(InvocationId id, Source source) {}

    private final List<Source> sources;
    private final PriorityQueue<Head> heads;
    private InvocationId last;

    Walk(List<Source> sources, boolean descending) {
      this.sources = sources;
      Comparator<Head> ascending = Comparator.comparing(Head::id);
      this.heads = new PriorityQueue<>(descending ? ascending.reversed() : ascending);
      sources.forEach(this::push);
    }

    InvocationId next() {
      while (!heads.isEmpty()) {
        Head head = heads.poll();
        head.source().advance();
        push(head.source());
        if (!head.id().equals(last)) {
          last = head.id();
          return last;
        }
      }
      return null;
    }

    private void push(Source source) {
      InvocationId id = source.peek();
      if (id != null) {
        heads.add(new Head(id, source));
      }
    }

    @Override
    public void close() {
      sources.forEach(Source::close);
    }
  }
}
