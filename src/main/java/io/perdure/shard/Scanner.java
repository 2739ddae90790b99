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
import java.util.Comparator;
import java.util.EnumMap;
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
  private final Map<InvocationId, Invocation> overlay;
  private final int rowsMax;
  private int rows;

  Scanner(StoreReader.View view, Map<InvocationId, Invocation> overlay, int rowsMax) {
    this.view = view;
    this.overlay = overlay;
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

  /** Whether the entry of an index is what the filter wants, as far as the index cannot tell. */
  private boolean matches(Filter filter, InvocationId id) {
    boolean indexed = filter.functionUid() != 0 && filter.labels().isEmpty();
    if (indexed && filter.statuses().isEmpty()) {
      return true;
    }
    Invocation ahead = overlay.get(id);
    if (indexed && ahead == null) {
      return true; // it was found below its status
    }
    Invocation invocation = record(id);
    return invocation != null && matches(filter, invocation);
  }

  private Invocation record(InvocationId id) {
    if (++rows > rowsMax) {
      throw new FailureException(new Failure.ScanLimit(rowsMax));
    }
    Invocation ahead = overlay.get(id);
    if (ahead != null) {
      return ahead;
    }
    byte[] record = view.get(Family.RECORD, Keys.id(id));
    return record == null ? null : RecordCodec.decode(record);
  }

  private static boolean matches(Filter filter, Invocation invocation) {
    return invocation.account().equals(filter.account())
        && (filter.functionUid() == 0 || invocation.functionUid() == filter.functionUid())
        && (filter.statuses().isEmpty() || filter.statuses().contains(invocation.status()))
        && invocation.labels().entrySet().containsAll(filter.labels().entrySet());
  }

  /** Ids in order, each once, from the narrowest index. */
  private Walk walk(Filter filter, boolean descending, InvocationId after) {
    InvocationId low = filter.from() == 0 ? null : InvocationId.floor(filter.from());
    InvocationId high =
        filter.to() == Long.MAX_VALUE ? null : InvocationId.floor(Math.max(0, filter.to()));
    List<Source> sources = new ArrayList<>();
    if (filter.functionUid() == 0) {
      sources.add(source(Family.RECORD, new byte[0], low, high, descending, after));
    } else if (filter.statuses().isEmpty()) {
      byte[] prefix = Keys.function(filter.functionUid());
      sources.add(source(Family.LIST, prefix, low, high, descending, after));
    } else {
      for (Status status : filter.statuses()) {
        byte[] prefix = Keys.status(filter.functionUid(), status);
        sources.add(source(Family.STATUS, prefix, low, high, descending, after));
      }
      sources.add(ahead(filter, low, high, descending, after));
    }
    return new Walk(sources, descending);
  }

  /** What memory knows to have a wanted status now: it stands below another one in the index. */
  private Source ahead(
      Filter filter, InvocationId low, InvocationId high, boolean descending, InvocationId after) {
    Set<Status> statuses = filter.statuses();
    List<InvocationId> ids = new ArrayList<>();
    for (Invocation invocation : overlay.values()) {
      InvocationId id = invocation.id();
      boolean within =
          (low == null || id.compareTo(low) >= 0)
              && (high == null || id.compareTo(high) < 0)
              && (after == null
                  || (descending ? id.compareTo(after) < 0 : id.compareTo(after) > 0));
      if (within
          && invocation.functionUid() == filter.functionUid()
          && statuses.contains(invocation.status())) {
        ids.add(id);
      }
    }
    ids.sort(descending ? Comparator.reverseOrder() : Comparator.naturalOrder());
    return new Source(ids);
  }

  private Source source(
      Family family,
      byte[] prefix,
      InvocationId low,
      InvocationId high,
      boolean descending,
      InvocationId after) {
    byte[] from = low == null ? (prefix.length == 0 ? null : prefix) : join(prefix, low);
    byte[] to =
        high == null ? (prefix.length == 0 ? null : Keys.after(prefix)) : join(prefix, high);
    if (after != null && descending) {
      to = high != null && high.compareTo(after) < 0 ? to : join(prefix, after);
    } else if (after != null && (low == null || low.compareTo(after) <= 0)) {
      byte[] last = join(prefix, after);
      from = java.util.Arrays.copyOf(last, last.length + 1);
    }
    return new Source(view.scan(family, from, to, descending));
  }

  private static byte[] join(byte[] prefix, InvocationId id) {
    byte[] key = java.util.Arrays.copyOf(prefix, prefix.length + InvocationId.BYTES);
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
